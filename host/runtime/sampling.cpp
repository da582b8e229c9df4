#include "sampling.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace fastmamba::host {

random_numbers::random_numbers(std::uint64_t seed, const std::string& label) {
  std::uint32_t hash = 0x811c9dc5;
  for (const char letter : label) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x01000193u;
  a_ = hash;
  b_ = 0x9e3779b9u ^ std::uint32_t(seed);
  c_ = 0x243f6a88u ^ std::uint32_t(seed >> 32);
  for (int i = 0; i < 16; ++i) bits();
}

std::uint32_t random_numbers::bits() {
  const std::uint32_t sum = a_ + b_ + counter_++;
  a_ = b_ ^ b_ >> 9;
  b_ = c_ + (c_ << 3);
  c_ = (c_ << 21 | c_ >> 11) + sum;
  return sum;
}

double random_numbers::uniform() { return double(bits()) / 4294967296.0; }

double exponential(double x) {
  // x = k ln 2 + r, |r| <= (ln 2) / 2; e^r by its series, far enough for a double.
  const double k = std::floor(x * 1.4426950408889634 + 0.5);
  if (k < -1022) return 0;
  const double r = x - k * 0.6931471803691238 - k * 1.9082149292705877e-10;
  double sum = 1;
  for (int n = 14; n > 0; --n) sum = 1 + r * sum / n;
  return std::ldexp(sum, int(k));
}

unsigned sample(const std::int16_t* logits, std::size_t count, unsigned frac_bits, const sampling& how, random_numbers& random) {
  if (how.temperature == 0) return unsigned(std::max_element(logits, logits + count) - logits);
  std::vector<unsigned> ids(count);
  std::iota(ids.begin(), ids.end(), 0u);
  std::sort(ids.begin(), ids.end(), [&](unsigned a, unsigned b) { return logits[a] != logits[b] ? logits[a] > logits[b] : a < b; });
  if (how.top_k > 0 && how.top_k < count) ids.resize(how.top_k);
  const auto value = [&](unsigned id) { return std::ldexp(double(logits[id]), -int(frac_bits)); };
  std::vector<double> weights;
  double sum = 0;
  for (const unsigned id : ids) {
    weights.push_back(exponential((value(id) - value(ids[0])) / how.temperature));
    sum += weights.back();
  }
  double rest = random.uniform() * sum;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    rest -= weights[i];
    if (rest < 0) return ids[i];
  }
  return ids.back();
}

}  // namespace fastmamba::host
