// run_time_bound: Sums of squares of rows whose length is known at run time.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#ifndef FASTMAMBA_REGION_HPP
#define FASTMAMBA_REGION_HPP

#include "config.hpp"
#include "hls_stream.h"
#include "types.hpp"

// Sums of squares of rows whose length is known at run time.
extern "C" void fastmamba_run_time_bound(
    hls::stream<s9x2x3>& input,  // in, s9 x 2 x 3: small matrices
    hls::stream<ap_uint<26>>& output,  // out, u26: a sum a row
    ap_uint<4> rows,  // 0..9: rows
    ap_uint<4> words);  // 1..12: words a row

#endif
