// hadamard: Blocks of 16 in words of 4 lanes.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// Words of the streams: plain structs of lanes, so that a word is read and written whole. s8x64 is 64 lanes of signed 8 bits;
// with two axes rows come first. Where a stream is declared, a comment gives its binary point (s16.11: 11 fraction bits).
#ifndef FASTMAMBA_TYPES_HPP
#define FASTMAMBA_TYPES_HPP

#include "integers.hpp"

// input
struct s16x4 {
  ap_int<16> lane[4];
};

// hat_stage_2
struct s18x4 {
  ap_int<18> lane[4];
};

// hat_stage_3
struct s19x4 {
  ap_int<19> lane[4];
};

// output
struct s20x4 {
  ap_int<20> lane[4];
};

#endif
