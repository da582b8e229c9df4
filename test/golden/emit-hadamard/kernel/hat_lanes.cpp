// hadamard: Blocks of 16 in words of 4 lanes.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "processes.hpp"

// HAT: Butterflies within a word, in blocks of 4 lanes.
void hat_lanes(
    hls::stream<s16x4>& input,  // in, s16.11 x 4: values
    hls::stream<s18x4>& hat_stage_2,  // out, s18 x 4: Sums and differences over 4 neighbours, within a word.
    ap_uint<9> words) {  // 0..400: words of 4 lanes
  Butterflies_Word:
  for (int word = 0; word < words; ++word) {
#pragma HLS PIPELINE II=1 style=flp
    const s16x4 values = input.read();  // s16.11
    ap_int<17> sums_1[2];  // s17.11
#pragma HLS ARRAY_PARTITION variable=sums_1 complete dim=0
    ap_int<17> differences_1[2];  // s17.11
#pragma HLS ARRAY_PARTITION variable=differences_1 complete dim=0
    for (int lane = 0; lane < 2; ++lane) {
#pragma HLS UNROLL
      sums_1[lane] = values.lane[lane * 2] + values.lane[lane * 2 + 1];
      differences_1[lane] = values.lane[lane * 2] - values.lane[lane * 2 + 1];
    }
    ap_int<17> distance_1[4];  // s17.11
#pragma HLS ARRAY_PARTITION variable=distance_1 complete dim=0
    for (int part = 0; part < 2; ++part) {
#pragma HLS UNROLL
      distance_1[part * 2] = sums_1[part];
      distance_1[part * 2 + 1] = differences_1[part];
    }
    s18x4 distance_2;
    for (int lane = 0; lane < 2; ++lane) {
#pragma HLS UNROLL
      const ap_int<18> sums_2 = distance_1[lane] + distance_1[lane + 2];  // s18.11
      const ap_int<18> differences_2 = distance_1[lane] - distance_1[lane + 2];  // s18.11
      distance_2.lane[lane] = sums_2;
      distance_2.lane[lane + 2] = differences_2;
    }
    hat_stage_2.write(distance_2);
  }
}
