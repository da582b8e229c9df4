// hadamard: Blocks of 16 in words of 4 lanes.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "processes.hpp"

// HAT: Butterflies of words 1 apart; a delay line holds the earlier one.
void hat_words_1(
    hls::stream<s18x4>& hat_stage_2,  // in, s18 x 4: Sums and differences over 4 neighbours, within a word.
    hls::stream<s19x4>& hat_stage_3,  // out, s19 x 4: Sums and differences over 8 neighbours.
    ap_uint<9> words) {  // 0..400: words of 4 lanes
  const ap_uint<9> word_count = words + 1;

  ap_int<19> delayed[4];
#pragma HLS ARRAY_PARTITION variable=delayed complete dim=0
  clear(delayed);
  Butterfly_Word:
  for (int word = 0; word < word_count; ++word) {
#pragma HLS PIPELINE II=1 style=flp
    const ap_uint<1> second_half = ap_uint<1>(word);
    const bool is_input = word < words;
    s18x4 fresh;
    if (is_input) fresh = hat_stage_2.read();
    else clear(fresh.lane);
    const bool is_output = word >= 1;
    s19x4 result;
    for (int lane = 0; lane < 4; ++lane) {
#pragma HLS UNROLL
      const ap_int<19> pair_sum = delayed[lane] + fresh.lane[lane];
      const ap_int<19> pair_difference = delayed[lane] - fresh.lane[lane];
      result.lane[lane] = second_half ? pair_sum : delayed[lane];
      delayed[lane] = second_half ? pair_difference : ap_int<19>(fresh.lane[lane]);
    }
    if (is_output) hat_stage_3.write(result);
  }
}
