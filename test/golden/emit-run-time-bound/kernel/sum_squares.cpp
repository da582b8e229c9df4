// run_time_bound: Sums of squares of rows whose length is known at run time.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "processes.hpp"

// PMA: Sums squares, weighted by a table.
void sum_squares(
    hls::stream<s9x2x3>& input,  // in, s9 x 2 x 3: small matrices
    hls::stream<ap_uint<26>>& output,  // out, u26: a sum a row
    ap_uint<4> rows,  // 0..9: rows
    ap_uint<4> words) {  // 1..12: words a row
  // weight of each word
  static const ap_uint<4> weights[12] = {
    1, 2, 4, 8, 15, 7, 5, 3, 2, 1, 1, 1,
  };
#pragma HLS BIND_STORAGE variable=weights type=rom_1p impl=lutram

  ap_uint<26> running = 0;
  // One flat loop: the inner bounds are known only at run time, and nested loops would drain the pipeline.
  const ap_uint<7> sum_steps = ap_uint<7>(rows) * ap_uint<7>(words);
  int row_step = 0;
  int word = 0;
  Sum:
  for (ap_uint<7> iteration = 0; iteration < sum_steps; ++iteration) {
#pragma HLS PIPELINE II=1 style=flp
    const s9x2x3 x = input.read();
    const bool word_is_0 = word == 0;
    ap_int<32> x_times_x_total_total_sum = 0;
    for (int row = 0; row < 2; ++row) {
#pragma HLS UNROLL
      ap_int<32> x_times_x_total_sum = 0;
      for (int col = 0; col < 3; ++col) {
#pragma HLS UNROLL
        x_times_x_total_sum += x.lane[row][col] * x.lane[row][col];
      }
      const ap_int<19> x_times_x_total = ap_int<19>(x_times_x_total_sum);
      x_times_x_total_total_sum += x_times_x_total;
    }
    const ap_int<20> x_times_x_total_total = ap_int<20>(x_times_x_total_total_sum);
    // exact
    const ap_int<24> weighted = x_times_x_total_total * weights[word];
    const ap_uint<26> sum = (word_is_0 ? ap_uint<26>(0) : running) + weighted;
    if (word == words - 1) output.write(sum);
    running = sum;
    if (++word == words) {
      word = 0;
      ++row_step;
    }
  }
}
