// run_time_bound: Sums of squares of rows whose length is known at run time.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// Words of the streams: plain structs of lanes, so that a word is read and written whole. s8x64 is 64 lanes of signed 8 bits;
// with two axes rows come first. Where a stream is declared, a comment gives its binary point (s16.11: 11 fraction bits).
#ifndef FASTMAMBA_TYPES_HPP
#define FASTMAMBA_TYPES_HPP

#include "integers.hpp"

// input
struct s9x2x3 {
  ap_int<9> lane[2][3];
};

#endif
