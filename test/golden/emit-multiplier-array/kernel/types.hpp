// multiplier_array: A MAT array of 4 x 8.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// Words of the streams: plain structs of lanes, so that a word is read and written whole. s8x64 is 64 lanes of signed 8 bits;
// with two axes rows come first. Where a stream is declared, a comment gives its binary point (s16.11: 11 fraction bits).
#ifndef FASTMAMBA_TYPES_HPP
#define FASTMAMBA_TYPES_HPP

#include "integers.hpp"

// output
struct s32x4 {
  ap_int<32> lane[4];
};

// weights
struct s8x16 {
  ap_int<8> lane[16];
};

// input
struct s8x8 {
  ap_int<8> lane[8];
};

#endif
