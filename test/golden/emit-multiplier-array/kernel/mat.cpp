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
    ap_uint<4> last_tokens) {  // 0..8: tokens of the last chunk
  static const ap_int<19> start[4] = {
    -262140, -262140, 0, 0,
  };
#pragma HLS ARRAY_PARTITION variable=start complete dim=0
  // sums of the rows so far, one word for each token slot (s32 x 4)
  static ap_int<32> partial_sums[8][4];
#pragma HLS BIND_STORAGE variable=partial_sums type=ram_s2p impl=lutram
#pragma HLS ARRAY_RESHAPE variable=partial_sums complete dim=2
  const ap_uint<3> last_chunk = larger<ap_uint<4>>(chunks, 1) - 1;
  const ap_uint<5> tile_rows = chunks * 3;
  const ap_uint<6> tiles = tile_rows * 2;
  const ap_uint<6> tiles_and_lead = tiles + smaller<ap_uint<1>>(tiles, 1);

  // Multiplies with one tile while the next is loaded.
  ap_uint<8> spare_0[32];
#pragma HLS ARRAY_PARTITION variable=spare_0 complete dim=0
  ap_uint<8> working_bank[4][8];
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
      const bool last_chunk_2 = chunks - 1 <= chunk;
      const ap_uint<4> in_chunk = chunk == last_chunk ? last_tokens : ap_uint<4>(8);
      const bool present = working && slot < in_chunk;
      s8x8 x;
      if (present) x = input.read();
      else clear(x.lane);
      const bool is_first_tile = col_tile == 0;
      const bool is_last_tile = col_tile == 1;
      const bool sum_done = present && is_last_tile;
      if (tile_done) col_tile = last_col_tile ? ap_uint<2>(0) : ap_uint<2>(col_tile + 1);
      if (col_tile_done) row_tile = last_row_tile ? ap_uint<2>(0) : ap_uint<2>(row_tile + 1);
      if (row_tile_done) chunk = last_chunk_2 ? ap_uint<4>(0) : ap_uint<4>(chunk + 1);
      ap_uint<8> filled_0_joined[32];
#pragma HLS ARRAY_PARTITION variable=filled_0_joined complete dim=0
      if (loading) {
        for (int lane = 0; lane < 16; ++lane) {
#pragma HLS UNROLL
          const ap_uint<8> weight_word_0_2 = weight_word_0.lane[lane];
          filled_0_joined[lane] = spare_0[lane + 16] ^ ap_uint<8>(128);
          filled_0_joined[lane + 16] = weight_word_0_2;
        }
        for (int lane = 0; lane < 32; ++lane) {
#pragma HLS UNROLL
          spare_0[lane] = filled_0_joined[lane];
        }
      }
      ap_uint<17> added_to_chain[2];
#pragma HLS ARRAY_PARTITION variable=added_to_chain complete dim=0
      ap_int<25> weight_pair[2][8];  // s25.17
#pragma HLS ARRAY_PARTITION variable=weight_pair complete dim=0
      for (int row = 0; row < 2; ++row) {
#pragma HLS UNROLL
        for (int col = 0; col < 8; ++col) {
#pragma HLS UNROLL
          const ap_int<8> weights_high = working_bank[row + 2][col];
          const ap_int<25> weight_pair_shifted = ap_int<25>(weights_high) << 17;
          // two weights in one 25-bit operand
          weight_pair[row][col] = weight_pair_shifted + working_bank[row][col];
        }
        ap_int<32> sums_of_x_sum = 0;
        for (int col = 0; col < 4; ++col) {
#pragma HLS UNROLL
          sums_of_x_sum += x.lane[row * 4 + col];
        }
        const ap_int<10> sums_of_x = ap_int<10>(sums_of_x_sum);
        // takes out the 128 in each lower weight; made before the chain, whose first block adds it
        added_to_chain[row] = sums_of_x * ap_int<8>(-128) + ap_uint<16>(65535);
      }
      ap_uint<17> sums_low[4];
#pragma HLS ARRAY_PARTITION variable=sums_low complete dim=0
      ap_int<18> sums_high[4];
#pragma HLS ARRAY_PARTITION variable=sums_high complete dim=0
      for (int row = 0; row < 4; ++row) {
#pragma HLS UNROLL
        ap_int<64> pair_sums_sum = 0;  // s35.17
        for (int col = 0; col < 4; ++col) {
#pragma HLS UNROLL
          const ap_int<33> pair_products = weight_pair[(row * 4 + col) / 8][(row * 4 + col) % 8] * x.lane[(row * 4 + col) % 8];
          pair_sums_sum += pair_products;
        }
        const ap_int<35> pair_sums = ap_int<35>(pair_sums_sum);
        const ap_int<35> both_sums = pair_sums + added_to_chain[row % 2];  // s35.17
        sums_low[row] = ap_uint<17>(both_sums);
        sums_high[row] = both_sums >> 17;
      }
      ap_int<19> partial[4];
#pragma HLS ARRAY_PARTITION variable=partial complete dim=0
      for (int row = 0; row < 2; ++row) {
#pragma HLS UNROLL
        ap_uint<32> partial_low_sum = 0;
        ap_int<32> partial_high_sum = 0;
        for (int col = 0; col < 2; ++col) {
#pragma HLS UNROLL
          partial_low_sum += sums_low[row * 2 + col];
          partial_high_sum += sums_high[row * 2 + col];
        }
        const ap_uint<18> partial_low = ap_uint<18>(partial_low_sum);
        const ap_int<19> partial_high = ap_int<19>(partial_high_sum);
        partial[row] = partial_low;
        partial[row + 2] = partial_high;
      }
      s32x4 row_sum;
      for (int lane = 0; lane < 4; ++lane) {
#pragma HLS UNROLL
        const ap_int<32> sum_so_far = partial_sums[slot][lane];
        // the offsets of all tiles are taken out before the first
        const ap_int<32> sum_before = is_first_tile ? ap_int<32>(start[lane]) : sum_so_far;
        // wraps only before the last tile
        row_sum.lane[lane] = sum_before + partial[lane];
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
