// Arithmetic on values of more than 64 bits, limb by limb. Sums, differences and products are taken modulo 2^(64 n) of a
// result type that holds the exact value, so two's complement needs no case for the sign; only division looks at it.
#ifndef FASTMAMBA_CSIM_AP_WIDE_H
#define FASTMAMBA_CSIM_AP_WIDE_H

#include "ap_store.h"

namespace fastmamba {
namespace csim {
namespace ap {

constexpr int limbs_of(int W) { return (W + 63) / 64; }

/// r = a + b, or a - b when `negate` (one's complement plus carry in).
template <class R, class A, class B> inline constexpr void wide_add(R& r, const A& a, const B& b, bool negate) {
  std::uint64_t carry = negate ? 1 : 0;
  for (int i = 0; i < limbs_of(R::width); ++i) {
    const uint128 sum = uint128(a.limb(i)) + (negate ? ~b.limb(i) : b.limb(i)) + carry;
    r.put_limb(i, std::uint64_t(sum));
    carry = std::uint64_t(sum >> 64);
  }
  r.settle();
}

/// r = a * b, schoolbook.
template <class R, class A, class B> inline constexpr void wide_mul(R& r, const A& a, const B& b) {
  constexpr int n = limbs_of(R::width);
  std::uint64_t out[n] = {};
  for (int i = 0; i < n; ++i) {
    const std::uint64_t x = a.limb(i);
    std::uint64_t carry = 0;
    for (int j = 0; x != 0 && i + j < n; ++j) {
      const uint128 t = uint128(x) * b.limb(j) + out[i + j] + carry;
      out[i + j] = std::uint64_t(t);
      carry = std::uint64_t(t >> 64);
    }
  }
  for (int i = 0; i < n; ++i) r.put_limb(i, out[i]);
  r.settle();
}

/// r = a << n for 0 <= n < width of a.
template <class R> inline constexpr void wide_shl(R& r, const R& a, int n) {
  const int skip = n / 64, shift = n % 64;
  for (int i = limbs_of(R::width) - 1; i >= 0; --i) {
    const std::uint64_t high = i - skip >= 0 ? a.limb(i - skip) : 0;
    const std::uint64_t low = i - skip - 1 >= 0 ? a.limb(i - skip - 1) : 0;
    r.put_limb(i, shift == 0 ? high : (high << shift) | (low >> (64 - shift)));
  }
  r.settle();
}

/// r = a >> n, arithmetic when a is signed, for 0 <= n < width of a.
template <class R> inline constexpr void wide_shr(R& r, const R& a, int n) {
  const int skip = n / 64, shift = n % 64;
  for (int i = 0; i < limbs_of(R::width); ++i) {
    const std::uint64_t low = a.limb(i + skip), high = a.limb(i + skip + 1);
    r.put_limb(i, shift == 0 ? low : (low >> shift) | (high << (64 - shift)));
  }
  r.settle();
}

/// -1, 0 or 1 as a is less than, equal to or greater than b, whatever their signs.
template <class A, class B> inline constexpr int wide_compare(const A& a, const B& b) {
  const bool a_negative = a.fill() != 0, b_negative = b.fill() != 0;
  if (a_negative != b_negative) return a_negative ? -1 : 1;
  constexpr int n = limbs_of(A::width) > limbs_of(B::width) ? limbs_of(A::width) : limbs_of(B::width);
  for (int i = n - 1; i >= 0; --i)
    if (a.limb(i) != b.limb(i)) return a.limb(i) < b.limb(i) ? -1 : 1;
  return 0;
}

/// |x| in n limbs.
template <class X> inline constexpr void magnitude(std::uint64_t* out, int n, const X& x) {
  const bool negative = x.fill() != 0;
  std::uint64_t carry = negative ? 1 : 0;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t part = (negative ? ~x.limb(i) : x.limb(i)) + carry;
    carry = carry && part == 0 ? 1 : 0;
    out[i] = part;
  }
}

/// Quotient truncated toward zero, or the remainder with the sign of a: shift and subtract on magnitudes.
template <class R, class A, class B> inline constexpr void wide_div(R& r, const A& a, const B& b, bool remainder) {
  constexpr int n = limbs_of((A::width > B::width ? A::width : B::width) + 1);
  std::uint64_t rest[n] = {}, quotient[n] = {}, divisor[n] = {};
  magnitude(quotient, n, a);
  magnitude(divisor, n, b);
  for (int step = 0; step < 64 * n; ++step) {
    std::uint64_t in = quotient[n - 1] >> 63;
    for (int i = n - 1; i > 0; --i) quotient[i] = (quotient[i] << 1) | (quotient[i - 1] >> 63);
    quotient[0] <<= 1;
    for (int i = 0; i < n; ++i) {
      const std::uint64_t out = rest[i] >> 63;
      rest[i] = (rest[i] << 1) | in;
      in = out;
    }
    bool at_least = true;
    for (int i = n - 1; i >= 0; --i)
      if (rest[i] != divisor[i]) {
        at_least = rest[i] > divisor[i];
        break;
      }
    if (!at_least) continue;
    std::uint64_t borrow = 0;
    for (int i = 0; i < n; ++i) {
      const uint128 difference = uint128(rest[i]) - divisor[i] - borrow;
      rest[i] = std::uint64_t(difference);
      borrow = std::uint64_t(difference >> 64) & 1;
    }
    quotient[0] |= 1;
  }
  const bool negative = remainder ? a.fill() != 0 : (a.fill() != 0) != (b.fill() != 0);
  const std::uint64_t* source = remainder ? rest : quotient;
  std::uint64_t carry = negative ? 1 : 0;
  for (int i = 0; i < limbs_of(R::width); ++i) {
    const std::uint64_t limb = i < n ? source[i] : 0;
    const std::uint64_t part = (negative ? ~limb : limb) + carry;
    carry = carry && part == 0 ? 1 : 0;
    r.put_limb(i, part);
  }
  r.settle();
}

}  // namespace ap
}  // namespace csim
}  // namespace fastmamba

#endif
