// Speed of int8 multiply-accumulate written the way the kernels write it, on one core: a tile of O x I weights held for T
// tokens, plain and with two products in one multiplier.
//
//   g++ -std=c++14 -O3 -march=native -I../include ap_int_mac.cpp -o ap_int_mac && ./ap_int_mac
//
// Two int8 products in one DSP48E1 (25 x 18 signed). packed = w1 2^16 + w0 needs 25 bits only when w1 can be -128, and
// p = packed x = (w1 x) 2^16 + (w0 x) always fits 32: |p| <= 128 (128 2^16 + 128) < 2^31. w0 x is negative when bit 15 of
// p is set, and has then borrowed one from the high half.
//
// Spelling to use, `biased`: add 2^15 in the same expression as the product.
//     const ap_int<32> r = packed * x + ap_uint<16>(1 << 15);                  // P = A B + C, the constant on C
//     const ap_int<16> low = ap_int<16>(r.range(15, 0)) ^ ap_int<16>(-32768);  // one inverter
//     const ap_int<16> high = r >> 16;                                         // already right
// 2^15 makes the low half unsigned, so nothing is borrowed and nothing is left to correct behind the multiplier; |w1 x| is
// at most 2^14, so high fits. `rounded` is the same sum, but reads the low half before it, which needs a second adder.
//
// g++ 12, -O3 -march=native, AVX2, one core of a shared server, million MAC a second: plain 9,000, rounded 5,050, biased
// 4,900, with_sign 4,050, with_bit 3,100; at -O2 7,400, 3,900, 3,900, 3,250, 2,700. What makes the difference:
//   - declare the product ap_int<32>: the full 33 bits would be kept in 64;
//   - take the high half with >> 16 rather than range(31, 16), the low half with range(15, 0) and a cast to ap_int<16>;
//   - name both halves ap_int<16> and add them with += to a sum of 32 bits: 8, 16, 32 and 64 bits are plain conversions in
//     these headers, any other width costs two shifts an assignment;
//   - correct with numbers, never with if/else or p[15], which is a select of one bit;
//   - keep the sums of a row in locals round the loop over its inputs, with fixed bounds.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <random>

#include "ap_int.h"

namespace {

constexpr int O = 64, I = 64, T = 64;

struct row_t {
  ap_int<8> lane[I];
};
struct sums_t {
  ap_int<32> lane[O];
};

row_t weight[O];
row_t x[T];
sums_t acc[T];

/// acc[t][o] += w[o][i] x[t][i], as one multiply and one add.
void plain() {
  for (int t = 0; t < T; ++t)
    for (int o = 0; o < O; ++o) {
      ap_int<32> sum = acc[t].lane[o];
      for (int i = 0; i < I; ++i) sum += weight[o].lane[i] * x[t].lane[i];
      acc[t].lane[o] = sum;
    }
}

/// Low half by range, borrow corrected with bit 15.
struct with_bit {
  static void split(ap_int<25> packed, ap_int<8> in, ap_int<16>& low, ap_int<16>& high) {
    const ap_int<32> p = packed * in;
    low = p.range(15, 0);
    high = (p >> 16) + p[15];
  }
};
/// Borrow corrected with the sign of the low half.
struct with_sign {
  static void split(ap_int<25> packed, ap_int<8> in, ap_int<16>& low, ap_int<16>& high) {
    const ap_int<32> p = packed * in;
    low = p.range(15, 0);
    high = p.range(31, 16);
    high += ap_uint<1>(low < 0);
  }
};
/// High half rounded: the same 2^15, but on a second adder, since the low half is read before it.
struct rounded {
  static void split(ap_int<25> packed, ap_int<8> in, ap_int<16>& low, ap_int<16>& high) {
    const ap_int<32> p = packed * in;
    low = p.range(15, 0);
    high = (p + ap_uint<16>(1 << 15)) >> 16;
  }
};
/// 2^15 added with the product.
struct biased {
  static void split(ap_int<25> packed, ap_int<8> in, ap_int<16>& low, ap_int<16>& high) {
    const ap_int<32> r = packed * in + ap_uint<16>(1 << 15);
    low = ap_int<16>(r.range(15, 0)) ^ ap_int<16>(-32768);
    high = r >> 16;
  }
};

/// Two rows a multiplier.
template <class Form> void packed() {
  for (int t = 0; t < T; ++t)
    for (int o = 0; o < O; o += 2) {
      ap_int<32> sum0 = acc[t].lane[o], sum1 = acc[t].lane[o + 1];
      for (int i = 0; i < I; ++i) {
        const ap_int<25> both = (ap_int<25>(weight[o + 1].lane[i]) << 16) + weight[o].lane[i];
        ap_int<16> low, high;
        Form::split(both, x[t].lane[i], low, high);
        sum0 += low;
        sum1 += high;
      }
      acc[t].lane[o] = sum0;
      acc[t].lane[o + 1] = sum1;
    }
}

/// Every w1, w0 and x: 2^24 products, against C's own.
template <class Form> bool exact() {
  for (int w1 = -128; w1 < 128; ++w1)
    for (int w0 = -128; w0 < 128; ++w0)
      for (int in = -128; in < 128; ++in) {
        ap_int<16> low, high;
        Form::split((ap_int<25>(w1) << 16) + ap_int<8>(w0), in, low, high);
        if (low.to_int() != w0 * in || high.to_int() != w1 * in) return false;
      }
  return true;
}

std::uint64_t checksum() {
  std::uint64_t sum = 0;
  for (const sums_t& s : acc)
    for (const ap_int<32>& v : s.lane) sum = sum * 31 + v.to_uint64();
  return sum;
}

/// Best of seven, in million multiply-accumulates a second; the checksum of one run shows that the forms agree.
template <class Tile> void measure(const char* name, Tile tile, bool ok) {
  for (sums_t& s : acc)
    for (ap_int<32>& v : s.lane) v = 0;
  tile();
  const std::uint64_t sum = checksum();
  constexpr int repeats = 200;
  double best = 0;
  for (int k = 0; k < 7; ++k) {
    const auto start = std::chrono::steady_clock::now();
    for (int r = 0; r < repeats; ++r) {
      tile();
      asm volatile("" ::: "memory");
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double rate = double(O) * I * T * repeats / seconds / 1e6;
    if (rate > best) best = rate;
  }
  std::printf("%-10s %7.0f MMAC/s  %016llx%s\n", name, best, (unsigned long long)sum, ok ? "" : "  WRONG PRODUCTS");
}

}  // namespace

int main() {
  std::mt19937 random(1);
  const auto next = [&random] { return int(random() >> 24); };
  for (row_t& r : weight)
    for (ap_int<8>& v : r.lane) v = next();
  for (row_t& r : x)
    for (ap_int<8>& v : r.lane) v = next();
  measure("plain", plain, true);
  measure("with_bit", packed<with_bit>, exact<with_bit>());
  measure("with_sign", packed<with_sign>, exact<with_sign>());
  measure("rounded", packed<rounded>, exact<rounded>());
  measure("biased", packed<biased>, exact<biased>());
}
