// multiplier_array: A MAT array of 4 x 8.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "region.hpp"

#include "processes.hpp"

// All processes run at once; each stream has one writer and one reader, and none leads back.
extern "C" void fastmamba_multiplier_array(
    hls::stream<s8x16>& weights,  // in, s8 x 16: weight words
    hls::stream<s8x8>& input,  // in, s8 x 8: inputs, for every row of tiles again
    hls::stream<s32x4>& output,  // out, s32 x 4: accumulators
    ap_uint<4> chunks,  // 0..8: chunks of 8 tokens
    ap_uint<4> last_tokens) {  // 0..8: tokens of the last chunk
#pragma HLS INTERFACE s_axilite port=chunks bundle=control
#pragma HLS INTERFACE s_axilite port=last_tokens bundle=control
#pragma HLS INTERFACE s_axilite port=return bundle=control
#pragma HLS DATAFLOW

  mat(weights, input, output, chunks, last_tokens);
}
