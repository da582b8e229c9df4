// quantizer: Rows of int16 to int8, memory to memory.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "processes.hpp"

// mover: Writes rows_out in bursts.
void write_rows(
    hls::stream<s8x32>& bytes,  // in, s8 x 32: quantized values
    ap_uint<256>* rows_out,  // writes s8 x 32: rows, int8
    ap_uint<7> rows) {  // 0..100: rows of 4 words
  Move_Pass:
  for (int pass = 0; pass < rows; ++pass) {
    const int burst_start = pass * 4;
    Move_Word:
    for (int word = 0; word < 4; ++word) {
#pragma HLS PIPELINE II=1 style=flp
      const s8x32 moved = bytes.read();
      ap_uint<256> rows_out_word = 0;
      for (int lane = 0; lane < 32; ++lane) {
#pragma HLS UNROLL
        rows_out_word.range(lane * 8 + 7, lane * 8) = moved.lane[lane];
      }
      rows_out[burst_start + word] = rows_out_word;
    }
  }
}
