// How an ap_int / ap_uint of W bits is kept: up to 64 bits in the smallest native integer, above that in 64-bit limbs,
// least significant first. Invariant: the value is canonical, that is sign-extended (signed) or zero-extended (unsigned)
// to the end of its storage; so an exact result needs no masking and loops over full-width types vectorize.
#ifndef FASTMAMBA_CSIM_AP_STORE_H
#define FASTMAMBA_CSIM_AP_STORE_H

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "failure.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "csim/ap_store.h addresses the bytes of a limb and needs a little-endian host"
#endif

#ifndef FASTMAMBA_AP_INLINE  // a debugging or test build may say plain `inline`: it then compiles faster
#define FASTMAMBA_AP_INLINE inline __attribute__((always_inline))
#endif

namespace fastmamba {
namespace csim {
namespace ap {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

template <int Bytes, bool Signed> struct native_of;
template <> struct native_of<1, true> { typedef std::int8_t type; };
template <> struct native_of<1, false> { typedef std::uint8_t type; };
template <> struct native_of<2, true> { typedef std::int16_t type; };
template <> struct native_of<2, false> { typedef std::uint16_t type; };
template <> struct native_of<4, true> { typedef std::int32_t type; };
template <> struct native_of<4, false> { typedef std::uint32_t type; };
template <> struct native_of<8, true> { typedef std::int64_t type; };
template <> struct native_of<8, false> { typedef std::uint64_t type; };

/// Smallest native integer of at least W bits (W <= 64; wider asks for the 64-bit one, in branches that never run).
template <int W, bool S>
using native = typename native_of<(W <= 8 ? 1 : W <= 16 ? 2 : W <= 32 ? 4 : 8), S>::type;

/// Type in which an exact result of W bits is computed: signed wherever it fits, because the vectorizer knows more
/// patterns of signed arithmetic; never narrower than int, to which C++ would promote anyway.
template <int W, bool S>
using compute = native<(W < 32 ? 32 : W), (S || W < 32 || (W > 32 && W < 64))>;

/// Unsigned type in which a result that is about to be cut to W bits may wrap.
template <int W> using wrapping = native<(W <= 32 ? 32 : 64), false>;

/// Whether every value of W2 bits, signed S2, is a value of W bits, signed S.
constexpr bool contains(int W, bool S, int W2, bool S2) { return S == S2 ? W >= W2 : S && W > W2; }

/// Sign bits that extend x beyond 64 bits; no comparison with zero for the unsigned types, of which compilers complain.
template <class T> constexpr std::uint64_t sign_fill(T x, std::true_type /*signed*/) { return x < 0 ? ~0ull : 0; }
template <class T> constexpr std::uint64_t sign_fill(T, std::false_type) { return 0; }
template <class T> constexpr std::uint64_t sign_fill(T x) { return sign_fill(x, std::is_signed<T>()); }

constexpr std::uint64_t low_mask(int bits) { return bits >= 64 ? ~0ull : (1ull << bits) - 1; }

/// Up to 64 bits.
template <int W, bool S, bool Wide> struct store {
  typedef native<W, S> value_type;
  value_type V;

  /// Cuts an integer to W bits, two's complement.
  template <class T> static FASTMAMBA_AP_INLINE constexpr value_type wrap(T x) {
    typedef typename std::conditional<(W <= 32), std::int32_t, std::int64_t>::type wide_signed;
    typedef wrapping<W> wide_unsigned;
    constexpr int spare = int(sizeof(wide_signed)) * 8 - W;
    return W == int(sizeof(value_type)) * 8 ? value_type(x)
           : S ? value_type(wide_signed(wide_unsigned(x) << spare) >> spare)
               : value_type(wide_unsigned(x) & wide_unsigned(low_mask(W)));
  }

  FASTMAMBA_AP_INLINE constexpr value_type word() const { return V; }
  FASTMAMBA_AP_INLINE constexpr std::uint64_t fill() const { return S && V < 0 ? ~0ull : 0; }
  FASTMAMBA_AP_INLINE constexpr std::uint64_t limb(int i) const { return i == 0 ? std::uint64_t(V) : fill(); }

  template <class T> FASTMAMBA_AP_INLINE constexpr void put_word(T x, std::uint64_t /*fill*/) { V = wrap(x); }
  template <class T> FASTMAMBA_AP_INLINE constexpr void put_exact(T x) { V = value_type(x); }
  template <class X> FASTMAMBA_AP_INLINE constexpr void put_limbs(const X& x, bool exact) {
    V = exact ? value_type(x.word()) : wrap(x.word());
  }
  FASTMAMBA_AP_INLINE constexpr void put_limb(int i, std::uint64_t x) {
    if (i == 0) V = wrap(x);
  }
  FASTMAMBA_AP_INLINE constexpr void settle() {}

  /// `length` bits (at most 64) from bit `lo` up, zero-extended.
  FASTMAMBA_AP_INLINE constexpr std::uint64_t bits(int lo, int length) const {
    return (std::uint64_t(V) >> lo) & low_mask(length);
  }
  FASTMAMBA_AP_INLINE constexpr void put_bits(int lo, int length, std::uint64_t x) {
    const std::uint64_t mask = low_mask(length) << lo;
    V = wrap((std::uint64_t(V) & ~mask) | ((x << lo) & mask));
  }
};

/// Above 64 bits.
template <int W, bool S> struct store<W, S, true> {
  typedef std::uint64_t value_type;
  static constexpr int limbs = (W + 63) / 64;
  std::uint64_t w[limbs];

  FASTMAMBA_AP_INLINE constexpr std::uint64_t word() const { return w[0]; }
  FASTMAMBA_AP_INLINE constexpr std::uint64_t fill() const { return S && (w[limbs - 1] >> 63) ? ~0ull : 0; }
  FASTMAMBA_AP_INLINE constexpr std::uint64_t limb(int i) const { return i < limbs ? w[i] : fill(); }

  FASTMAMBA_AP_INLINE constexpr void settle() {
    constexpr int spare = limbs * 64 - W;
    if (spare == 0) return;
    const std::uint64_t up = w[limbs - 1] << spare;
    w[limbs - 1] = S ? std::uint64_t(std::int64_t(up) >> spare) : up >> spare;
  }
  template <class T> FASTMAMBA_AP_INLINE constexpr void put_word(T x, std::uint64_t fill) {
    w[0] = std::uint64_t(x);
    for (int i = 1; i < limbs; ++i) w[i] = fill;
    settle();
  }
  template <class T> FASTMAMBA_AP_INLINE constexpr void put_exact(T x) {
    put_word(x, sign_fill(x));
  }
  template <class X> FASTMAMBA_AP_INLINE constexpr void put_limbs(const X& x, bool exact) {
    for (int i = 0; i < limbs; ++i) w[i] = x.limb(i);
    if (!exact) settle();
  }
  FASTMAMBA_AP_INLINE constexpr void put_limb(int i, std::uint64_t x) { w[i] = x; }

  // Lanes of 8, 16 and 32 bits at their own alignment are plain memory; with constant bounds in a lane loop the tests
  // below fold away and the loop becomes a copy.
  FASTMAMBA_AP_INLINE std::uint64_t bits(int lo, int length) const {
    const unsigned char* bytes = reinterpret_cast<const unsigned char*>(w);
    if (length == 8 && lo % 8 == 0) return bytes[lo / 8];
    if (length == 16 && lo % 16 == 0) return load<std::uint16_t>(bytes + lo / 8);
    if (length == 32 && lo % 32 == 0) return load<std::uint32_t>(bytes + lo / 8);
    const int first = lo / 64, shift = lo % 64;
    std::uint64_t x = w[first] >> shift;
    if (shift + length > 64) x |= w[first + 1] << (64 - shift);
    return x & low_mask(length);
  }
  FASTMAMBA_AP_INLINE void put_bits(int lo, int length, std::uint64_t x) {
    unsigned char* bytes = reinterpret_cast<unsigned char*>(w);
    if (length == 8 && lo % 8 == 0) {
      bytes[lo / 8] = static_cast<unsigned char>(x);
    } else if (length == 16 && lo % 16 == 0) {
      save(bytes + lo / 8, static_cast<std::uint16_t>(x));
    } else if (length == 32 && lo % 32 == 0) {
      save(bytes + lo / 8, static_cast<std::uint32_t>(x));
    } else {
      const int first = lo / 64, shift = lo % 64;
      const std::uint64_t mask = low_mask(length);
      w[first] = (w[first] & ~(mask << shift)) | ((x & mask) << shift);
      if (shift + length > 64)
        w[first + 1] = (w[first + 1] & ~(mask >> (64 - shift))) | ((x & mask) >> (64 - shift));
    }
    if (S) settle();
  }

 private:
  template <class T> static FASTMAMBA_AP_INLINE std::uint64_t load(const unsigned char* from) {
    T x;
    std::memcpy(&x, from, sizeof x);
    return x;
  }
  template <class T> static FASTMAMBA_AP_INLINE void save(unsigned char* to, T x) { std::memcpy(to, &x, sizeof x); }
};
template <int W, bool S> constexpr int store<W, S, true>::limbs;

}  // namespace ap
}  // namespace csim
}  // namespace fastmamba

#endif
