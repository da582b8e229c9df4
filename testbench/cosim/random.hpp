// Seeded random numbers, the same on every machine: splitmix64 (Steele, Lea and Flood, OOPSLA 2014; constants of Vigna's public-domain code).
// The memory model draws its latencies here, so that another generator would change measured cycles.
#ifndef FASTMAMBA_TESTBENCH_RANDOM_HPP
#define FASTMAMBA_TESTBENCH_RANDOM_HPP

#include <cstdint>

class random_bits {
 public:
  explicit random_bits(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du) {}
  std::uint64_t next() {
    std::uint64_t x = state_ += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }
  /// 0 to `most`, both included.
  unsigned upto(unsigned most) { return unsigned(next() % (std::uint64_t(most) + 1)); }
  /// True once in `times`.
  bool once_in(unsigned times) { return next() % times == 0; }

 private:
  std::uint64_t state_;
};

/// Pauses of random length, about half of the time; none where they are not asked for.
class random_pauses {
 public:
  random_pauses(bool on, std::uint64_t seed) : on_(on), random_(seed) {}
  /// Whether this cycle is one of a pause.
  bool now() {
    if (!on_) return false;
    if (pause_) return --pause_, true;
    if (run_) return --run_, false;
    run_ = random_.upto(random_.once_in(4) ? 40 : 3);
    pause_ = random_.upto(random_.once_in(8) ? 20 : 3);
    return false;
  }

 private:
  bool on_;
  random_bits random_;
  unsigned run_ = 0, pause_ = 0;
};

#endif
