// Integer operations that C++ has no operator for. Every one is exact up to the rounding or saturation it is named after; arguments
// may be of any width, results have the width that is asked for. Written with loops and shifts only, so that any HLS tool takes it.
#ifndef FASTMAMBA_FIXED_POINT_HPP
#define FASTMAMBA_FIXED_POINT_HPP

#include "integers.hpp"

// The smaller of two numbers, as a Result.
template <class Result, class A, class B>
inline Result smaller(const A& a, const B& b) {
#pragma HLS INLINE
  return b < a ? Result(b) : Result(a);
}

// The larger of two numbers, as a Result.
template <class Result, class A, class B>
inline Result larger(const A& a, const B& b) {
#pragma HLS INLINE
  return a < b ? Result(b) : Result(a);
}

// floor(value / 2^count + 1/2): rounds half up. The sum is one bit wider than the value, so that it cannot overflow.
template <class Result, int count, class Value>
inline Result round_shift(const Value& value) {
#pragma HLS INLINE
  const ap_uint<count> half = ap_uint<count>(1) << (count - 1);
  return (value + half) >> count;
}

// The same by a count of 0 (the value itself) to `most`, known only at run time.
template <class Result, int most, class Value, class Count>
inline Result round_shift(const Value& value, const Count& count) {
#pragma HLS INLINE
  const ap_uint<most + 1> half = (ap_uint<most + 1>(1) << count) >> 1;
  return (value + half) >> count;
}

// The nearest value that a signed integer of `bits` bits can hold.
template <int bits, class Value>
inline ap_int<bits> saturate_signed(const Value& value) {
#pragma HLS INLINE
  const ap_int<bits> least = ap_int<bits>(1) << (bits - 1);
  const ap_int<bits> most = ~least;
  return value < least ? least : value > most ? most : ap_int<bits>(value);
}

// The nearest value that an unsigned integer of `bits` bits can hold.
template <int bits, class Value>
inline ap_uint<bits> saturate_unsigned(const Value& value) {
#pragma HLS INLINE
  const ap_uint<bits> most = ~ap_uint<bits>(0);
  return value < 0 ? ap_uint<bits>(0) : value > most ? most : ap_uint<bits>(value);
}

// Zeros above the highest one; `bits` when there is none.
template <int bits>
inline ap_uint<7> leading_zeros(const ap_uint<bits>& value) {
#pragma HLS INLINE
  ap_uint<7> zeros = bits;
  Scan_Bit:
  for (int bit = 0; bit < bits; ++bit) {
#pragma HLS UNROLL
    if (value[bit]) zeros = bits - 1 - bit;
  }
  return zeros;
}

// Sets every lane of a vector to `value`.
template <class Lane, int lanes>
inline void fill(Lane (&lane)[lanes], long long value) {
#pragma HLS INLINE
  Fill_Lane:
  for (int i = 0; i < lanes; ++i) {
#pragma HLS UNROLL
    lane[i] = value;
  }
}

// Sets every lane of a matrix to `value`.
template <class Lane, int rows, int cols>
inline void fill(Lane (&lane)[rows][cols], long long value) {
#pragma HLS INLINE
  Fill_Row:
  for (int row = 0; row < rows; ++row) {
#pragma HLS UNROLL
    Fill_Col:
    for (int col = 0; col < cols; ++col) {
#pragma HLS UNROLL
      lane[row][col] = value;
    }
  }
}

// Sets every lane to 0.
template <class Lanes>
inline void clear(Lanes& lanes) {
#pragma HLS INLINE
  fill(lanes, 0);
}

#endif
