// quantizer: Rows of int16 to int8, memory to memory.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "processes.hpp"

// mover: Reads rows_in in bursts.
void read_rows(
    hls::stream<s16x32>& values,  // out, s16.11 x 32: values of a row
    const ap_uint<512>* rows_in,  // reads s16 x 32: rows, int16
    ap_uint<7> rows,  // 0..100: rows of 4 words
    ap_uint<21> from) {  // 0..1048576: first word of the input
  Move_Pass:
  for (int pass = 0; pass < rows; ++pass) {
    const ap_uint<21> burst_start = from + pass * 4;
    Move_Word:
    for (int word = 0; word < 4; ++word) {
#pragma HLS PIPELINE II=1 style=flp
      const ap_uint<512> moved = rows_in[burst_start + word];
      s16x32 values_word;
      for (int lane = 0; lane < 32; ++lane) {
#pragma HLS UNROLL
        values_word.lane[lane] = ap_int<16>(moved.range(lane * 16 + 15, lane * 16));
      }
      values.write(values_word);
    }
  }
}
