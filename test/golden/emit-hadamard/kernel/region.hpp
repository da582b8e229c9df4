// hadamard: Blocks of 16 in words of 4 lanes.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#ifndef FASTMAMBA_REGION_HPP
#define FASTMAMBA_REGION_HPP

#include "config.hpp"
#include "hls_stream.h"
#include "types.hpp"

// Blocks of 16 in words of 4 lanes.
extern "C" void fastmamba_hadamard(
    hls::stream<s16x4>& input,  // in, s16.11 x 4: values
    hls::stream<s20x4>& output,  // out, s20.11 x 4: transformed values
    ap_uint<9> words);  // 0..400: words of 4 lanes

#endif
