// hadamard: Blocks of 16 in words of 4 lanes.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "processes.hpp"

// HAT: Butterflies of words 2 apart; a delay line holds the earlier one.
void hat_words_2(
    hls::stream<s19x4>& hat_stage_3,  // in, s19 x 4: Sums and differences over 8 neighbours.
    hls::stream<s20x4>& output,  // out, s20.11 x 4: transformed values
    ap_uint<9> words) {  // 0..400: words of 4 lanes
  const ap_uint<9> word_count = words + 2;

  ap_int<20> delayed[8];  // s20.11
#pragma HLS ARRAY_PARTITION variable=delayed complete dim=0
  clear(delayed);
  Butterfly_Word:
  for (int word = 0; word < word_count; ++word) {
#pragma HLS PIPELINE II=1 style=flp
    const ap_uint<1> second_half = word >> 1;
    const bool is_input = word < words;
    s19x4 fresh;
    if (is_input) fresh = hat_stage_3.read();
    else clear(fresh.lane);
    const bool is_output = word >= 2;
    s20x4 result;  // s20.11
    ap_int<20> next_delayed[8];  // s20.11
#pragma HLS ARRAY_PARTITION variable=next_delayed complete dim=0
    for (int lane = 0; lane < 4; ++lane) {
#pragma HLS UNROLL
      const ap_int<20> pair_sum = delayed[lane] + fresh.lane[lane];  // s20.11
      const ap_int<20> pair_difference = delayed[lane] - fresh.lane[lane];  // s20.11
      result.lane[lane] = second_half ? pair_sum : delayed[lane];
      const ap_int<20> kept = second_half ? pair_difference : ap_int<20>(fresh.lane[lane]);  // s20.11
      next_delayed[lane] = delayed[lane + 4];
      next_delayed[lane + 4] = kept;
    }
    if (is_output) output.write(result);
    for (int lane = 0; lane < 8; ++lane) {
#pragma HLS UNROLL
      delayed[lane] = next_delayed[lane];
    }
  }
}
