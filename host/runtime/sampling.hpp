// Choosing the next token from int16 logits: the most likely one, or a seeded draw. The same integers and the same tokens as
// src/cli/support/sample.ts with src/util/random.ts and src/util/exponential.ts, bit for bit: doubles in the same order, no fused operation.
#ifndef FASTMAMBA_HOST_SAMPLING_HPP
#define FASTMAMBA_HOST_SAMPLING_HPP

#include <cstddef>
#include <cstdint>
#include <string>

namespace fastmamba::host {

/// Seeded random numbers: sfc32 (Chris Doty-Humphrey, PractRand), its state from the seed and the hash of a label.
class random_numbers {
 public:
  /// `seed` below 2^53.
  random_numbers(std::uint64_t seed, const std::string& label);
  std::uint32_t bits();
  /// In [0, 1), a multiple of 2^-32.
  double uniform();

 private:
  std::uint32_t a_, b_, c_, counter_ = 1;
};

/// e^x for x of at most 0, the same bits on every machine; 0 below the least normal number.
double exponential(double x);

struct sampling {
  /// Divides the logits; 0 takes the most likely token.
  double temperature = 0;
  /// Draws among so many of the most likely tokens; 0 for all.
  std::size_t top_k = 0;
};

/// The next token's id. `logits` are of the `count` ids that stand for a token, with `frac_bits` fraction bits.
unsigned sample(const std::int16_t* logits, std::size_t count, unsigned frac_bits, const sampling& how, random_numbers& random);

}  // namespace fastmamba::host

#endif
