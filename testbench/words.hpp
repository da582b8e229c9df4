// Stream words as bytes, the form of vector files: every lane in the smallest native integer (1, 2, 4 or 8 bytes, little-endian),
// lane 0 first, rows one after the other.
#ifndef FASTMAMBA_TESTBENCH_WORDS_HPP
#define FASTMAMBA_TESTBENCH_WORDS_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ap_int.h"

template <int bytes> struct native_of;
template <> struct native_of<1> { typedef std::int8_t type; };
template <> struct native_of<2> { typedef std::int16_t type; };
template <> struct native_of<4> { typedef std::int32_t type; };
template <> struct native_of<8> { typedef std::int64_t type; };
constexpr int bytes_for(int bits) { return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8; }

template <class Word> struct codec;

template <int bits> struct codec<ap_int<bits>> {
  typedef typename native_of<bytes_for(bits)>::type native;
  static constexpr std::size_t lanes = 1, lane_bytes = sizeof(native);
  static constexpr bool is_signed = true;
  static void put(const ap_int<bits>& x, unsigned char* to) {
    const native n = native(x.to_int64());
    std::memcpy(to, &n, sizeof n);
  }
  static void get(ap_int<bits>& x, const unsigned char* from) {
    native n;
    std::memcpy(&n, from, sizeof n);
    x = n;
  }
};
template <int bits> struct codec<ap_uint<bits>> {
  typedef typename native_of<bytes_for(bits)>::type native;
  static constexpr std::size_t lanes = 1, lane_bytes = sizeof(native);
  static constexpr bool is_signed = false;
  static void put(const ap_uint<bits>& x, unsigned char* to) {
    const native n = native(x.to_uint64());
    std::memcpy(to, &n, sizeof n);
  }
  static void get(ap_uint<bits>& x, const unsigned char* from) {
    native n;
    std::memcpy(&n, from, sizeof n);
    x = n;
  }
};
template <class Lane, std::size_t count> struct codec<Lane[count]> {
  typedef codec<Lane> inner;
  static constexpr std::size_t lanes = count * inner::lanes, lane_bytes = inner::lane_bytes;
  static constexpr bool is_signed = inner::is_signed;
  static constexpr std::size_t step = inner::lanes * lane_bytes;
  static void put(const Lane (&x)[count], unsigned char* to) {
    for (std::size_t i = 0; i < count; ++i) inner::put(x[i], to + i * step);
  }
  static void get(Lane (&x)[count], const unsigned char* from) {
    for (std::size_t i = 0; i < count; ++i) inner::get(x[i], from + i * step);
  }
};
/// A struct of lanes.
template <class Word> struct codec {
  typedef codec<decltype(Word::lane)> inner;
  static constexpr std::size_t lanes = inner::lanes, lane_bytes = inner::lane_bytes;
  static constexpr bool is_signed = inner::is_signed;
  static void put(const Word& x, unsigned char* to) { inner::put(x.lane, to); }
  static void get(Word& x, const unsigned char* from) { inner::get(x.lane, from); }
};

#endif
