// multiplier_array: A MAT array of 4 x 8.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// The processes, in the order in which data flows. Each is defined in the file of its name.
#ifndef FASTMAMBA_PROCESSES_HPP
#define FASTMAMBA_PROCESSES_HPP

#include "config.hpp"
#include "fixed_point.hpp"
#include "hls_stream.h"
#include "types.hpp"

// MAT: 4 rows, each an adder tree over 8 products.
void mat(hls::stream<s8x16>& weights, hls::stream<s8x8>& input, hls::stream<s32x4>& output,
         ap_uint<4> chunks, ap_uint<4> last_tokens);

#endif
