// multiplier_array: A MAT array of 4 x 8.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "processes.hpp"

// MAT: 4 rows, each an adder tree over 8 products.
void mat(
    hls::stream<s8x16>& weights,  // in, s8 x 16: weight words
    hls::stream<s8x8>& input,  // in, s8 x 8: inputs, for every row of tiles again
    hls::stream<s32x4>& output,  // out, s32 x 4: accumulators
    ap_uint<4> chunks,  // 0..8: chunks of 8 tokens
    ap_uint<7> tokens) {  // 0..64: tokens
  // sums of the rows so far, one word for each token slot (s32 x 4)
  static ap_int<32> partial_sums[8][4];
#pragma HLS BIND_STORAGE variable=partial_sums type=ram_s2p impl=lutram
#pragma HLS ARRAY_RESHAPE variable=partial_sums complete dim=2
  const ap_uint<5> tile_rows = chunks * 3;
  const ap_uint<6> tiles = tile_rows * 2;
  const ap_uint<6> tiles_and_lead = tiles + smaller<ap_uint<1>>(tiles, 1);

  // Multiplies with one tile while the next is loaded.
  ap_int<8> spare_0[32];
#pragma HLS ARRAY_PARTITION variable=spare_0 complete dim=0
  ap_int<8> working_bank[4][8];
#pragma HLS ARRAY_PARTITION variable=working_bank complete dim=0
  ap_uint<1> col_tile = 0;
  ap_uint<2> row_tile = 0;
  ap_uint<3> chunk = 0;
  Mat_Tile:
  for (int tile = 0; tile < tiles_and_lead; ++tile) {
    Mat_Slot:
    for (int slot = 0; slot < 8; ++slot) {
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS DEPENDENCE variable=partial_sums inter RAW distance=8 true
      const bool at_end = slot == 7;
      const bool loading = tile < tiles && slot < 2;
      s8x16 weight_word_0;
      if (loading) weight_word_0 = weights.read();
      else clear(weight_word_0.lane);
      // in step 0 the first tile is loaded, nothing else
      const bool working = tile > 0;
      const bool tile_done = working && at_end;
      const bool last_col_tile = col_tile >= 1;
      const bool col_tile_done = tile_done && last_col_tile;
      const bool last_row_tile = row_tile >= 2;
      const bool row_tile_done = col_tile_done && last_row_tile;
      const bool last_chunk = chunks - 1 <= chunk;
      const ap_int<7> in_chunk = smaller<ap_int<7>>(tokens - chunk * 8, 8);
      const bool present = working && slot < in_chunk;
      s8x8 x;
      if (present) x = input.read();
      else clear(x.lane);
      const bool is_first_tile = col_tile == 0;
      const bool is_last_tile = col_tile == 1;
      const bool sum_done = present && is_last_tile;
      if (tile_done) col_tile = last_col_tile ? ap_uint<2>(0) : ap_uint<2>(col_tile + 1);
      if (col_tile_done) row_tile = last_row_tile ? ap_uint<2>(0) : ap_uint<2>(row_tile + 1);
      if (row_tile_done) chunk = last_chunk ? ap_uint<4>(0) : ap_uint<4>(chunk + 1);
      ap_int<8> shifted_0[32];
#pragma HLS ARRAY_PARTITION variable=shifted_0 complete dim=0
      if (loading) {
        for (int lane = 0; lane < 16; ++lane) {
#pragma HLS UNROLL
          shifted_0[lane] = spare_0[lane + 16];
          shifted_0[lane + 16] = weight_word_0.lane[lane];
        }
        for (int lane = 0; lane < 32; ++lane) {
#pragma HLS UNROLL
          spare_0[lane] = shifted_0[lane];
        }
      }
      ap_int<19> partial[4];
#pragma HLS ARRAY_PARTITION variable=partial complete dim=0
      for (int row = 0; row < 2; ++row) {
#pragma HLS UNROLL
        ap_int<32> partial_low_sum = 0;
        ap_int<32> partial_high_sum = 0;
        for (int col = 0; col < 8; ++col) {
#pragma HLS UNROLL
          const ap_int<24> weights_high_shifted = ap_int<24>(working_bank[row + 2][col]) << 16;  // s24.16
          // two int8 weights in one 25-bit operand
          const ap_int<25> weight_pair = weights_high_shifted + working_bank[row][col];  // s25.16
          const ap_int<32> pair_products = weight_pair * x.lane[col];  // s32.16
          const ap_int<32> biased = pair_products + ap_uint<16>(32768);  // s32.16
          const ap_uint<16> low_half = ap_uint<16>(biased);
          const ap_uint<16> low_half_unbiased = low_half ^ ap_uint<16>(32768);
          const ap_int<16> products_low = ap_int<16>(low_half_unbiased);
          const ap_int<16> products_high = biased >> 16;
          partial_low_sum += products_low;
          partial_high_sum += products_high;
        }
        const ap_int<19> partial_low = ap_int<19>(partial_low_sum);
        const ap_int<19> partial_high = ap_int<19>(partial_high_sum);
        partial[row] = partial_low;
        partial[row + 2] = partial_high;
      }
      s32x4 row_sum;
      for (int lane = 0; lane < 4; ++lane) {
#pragma HLS UNROLL
        const ap_int<32> sum_so_far = partial_sums[slot][lane];
        const ap_int<32> sum_before = is_first_tile ? ap_int<32>(0) : sum_so_far;
        row_sum.lane[lane] = ap_int<20>(sum_before + partial[lane]);
      }
      if (present) {
        for (int lane = 0; lane < 4; ++lane) {
#pragma HLS UNROLL
          partial_sums[slot][lane] = row_sum.lane[lane];
        }
      }
      if (sum_done) output.write(row_sum);
      if (at_end) {
        for (int row = 0; row < 4; ++row) {
#pragma HLS UNROLL
          for (int col = 0; col < 8; ++col) {
#pragma HLS UNROLL
            working_bank[row][col] = spare_0[row * 8 + col];
          }
        }
      }
    }
  }
}
