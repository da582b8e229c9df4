// quantizer: Rows of int16 to int8, memory to memory.
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

// mover: Reads rows_in in bursts.
void read_rows(hls::stream<s16x32>& values, const ap_uint<512>* rows_in, ap_uint<7> rows,
               ap_uint<21> from);

// PMU: Scales to int8: multiplies, shifts with rounding, saturates.
void quantize_rows(hls::stream<s16x32>& values, hls::stream<s8x32>& bytes, ap_uint<7> rows,
                   ap_uint<16> multiplier, ap_uint<5> shift);

// mover: Writes rows_out in bursts.
void write_rows(hls::stream<s8x32>& bytes, ap_uint<256>* rows_out, ap_uint<7> rows);

#endif
