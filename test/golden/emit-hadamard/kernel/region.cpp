// hadamard: Blocks of 16 in words of 4 lanes.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "region.hpp"

#include "processes.hpp"

// All processes run at once; each stream has one writer and one reader, and none leads back.
extern "C" void fastmamba_hadamard(
    hls::stream<s16x4>& input,  // in, s16.11 x 4: values
    hls::stream<s20x4>& output,  // out, s20.11 x 4: transformed values
    ap_uint<9> words) {  // 0..400: words of 4 lanes
#pragma HLS INTERFACE s_axilite port=words bundle=control
#pragma HLS INTERFACE s_axilite port=return bundle=control
#pragma HLS DATAFLOW
  hls::stream<s18x4> hat_stage_2("hat_stage_2");  // s18 x 4: Sums and differences over 4 neighbours, within a word.
#pragma HLS STREAM variable=hat_stage_2 depth=2
  hls::stream<s19x4> hat_stage_3("hat_stage_3");  // s19 x 4: Sums and differences over 8 neighbours.
#pragma HLS STREAM variable=hat_stage_3 depth=2

  hat_lanes(input, hat_stage_2, words);
  hat_words_1(hat_stage_2, hat_stage_3, words);
  hat_words_2(hat_stage_3, output, words);
}
