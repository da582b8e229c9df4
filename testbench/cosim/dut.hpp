// The design under test as the testbench sees it, whatever engine simulates it: signals by name, as bits in memory, and a clock.
#ifndef FASTMAMBA_TESTBENCH_DUT_HPP
#define FASTMAMBA_TESTBENCH_DUT_HPP

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

/// A signal: where its bits lie (little-endian, those above `bits` zero), and how many there are.
struct signal {
  unsigned char* at = nullptr;
  unsigned bits = 0;

  std::size_t bytes() const { return (bits + 7) / 8; }
  bool high() const { return *at & 1; }
  /// The value; of a wider signal the lowest 64 bits.
  std::uint64_t get() const {
    std::uint64_t x = 0;
    std::memcpy(&x, at, bytes() < 8 ? bytes() : 8);
    return x;
  }
  /// Sets it to the lowest bits of `x`.
  void set(std::uint64_t x) const {
    if (bits < 64) x &= (std::uint64_t(1) << bits) - 1;
    std::memset(at, 0, bytes());
    std::memcpy(at, &x, bytes() < 8 ? bytes() : 8);
  }
};

class dut {
 public:
  virtual ~dut() {}
  /// A signal of the top module, or of an instance in it: `name` or `instance.name`. Throws std::runtime_error where there is none.
  virtual signal find(const std::string& path) = 0;
  /// Carries changed inputs through the design.
  virtual void evaluate() = 0;
  /// Adds the present values to the waveform file, if one is asked for.
  virtual void sample(std::uint64_t time) = 0;

  /// First half of a cycle: inputs were set, the clock falls, everything settles.
  void settle() {
    clock().set(0);
    evaluate();
    sample(2 * cycle_);
  }
  /// Second half: the rising edge.
  void edge() {
    clock().set(1);
    evaluate();
    sample(2 * cycle_ + 1);
    ++cycle_;
  }
  /// Cycles since the beginning.
  std::uint64_t cycle() const { return cycle_; }

 private:
  signal clock() {
    if (!clock_.at) clock_ = find("clk");
    return clock_;
  }
  signal clock_;
  std::uint64_t cycle_ = 0;
};

/// The design in the engine that this program was built with. `waveform`: file to write, or empty.
std::unique_ptr<dut> make_dut(const std::string& waveform);
/// Name of that engine.
const char* engine_name();

#endif
