// quantizer: Rows of int16 to int8, memory to memory.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#ifndef FASTMAMBA_REGION_HPP
#define FASTMAMBA_REGION_HPP

#include "config.hpp"
#include "hls_stream.h"
#include "types.hpp"

// Rows of int16 to int8, memory to memory.
void quantizer_region(
    const ap_uint<512>* rows_in,  // reads s16 x 32: rows, int16
    ap_uint<256>* rows_out,  // writes s8 x 32: rows, int8
    ap_uint<7> rows,  // 0..100: rows of 4 words
    ap_uint<21> from,  // 0..1048576: first word of the input
    ap_uint<16> multiplier,  // 1..65535: scale of the input
    ap_uint<5> shift);  // 1..31: shift behind the multiplier

#endif
