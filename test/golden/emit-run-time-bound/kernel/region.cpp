// run_time_bound: Sums of squares of rows whose length is known at run time.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "region.hpp"

#include "processes.hpp"

// All processes run at once; each stream has one writer and one reader, and none leads back.
extern "C" void fastmamba_run_time_bound(
    hls::stream<s9x2x3>& input,  // in, s9 x 2 x 3: small matrices
    hls::stream<ap_uint<26>>& output,  // out, u26: a sum a row
    ap_uint<4> rows,  // 0..9: rows
    ap_uint<4> words) {  // 1..12: words a row
#pragma HLS INTERFACE s_axilite port=rows bundle=control
#pragma HLS INTERFACE s_axilite port=words bundle=control
#pragma HLS INTERFACE s_axilite port=return bundle=control
#pragma HLS DATAFLOW

  sum_squares(input, output, rows, words);
}
