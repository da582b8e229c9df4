// multiplier_array: A MAT array of 4 x 8.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "processes.hpp"

// MAT: 4 adder trees of 8 products.
void mat(
    hls::stream<s8x16>& weights,  // in, s8 x 16: weight words
    hls::stream<s8x8>& input,  // in, s8 x 8: inputs, for every row of tiles again
    hls::stream<s32x4>& output,  // out, s32 x 4: accumulators
    ap_uint<4> chunks,  // 0..8: chunks of 8 tokens
    ap_uint<7> tokens) {  // 0..64: tokens
  // row sums so far, one word a slot (s32 x 4)
  static ap_int<32> partial_sums[8][4];
#pragma HLS BIND_STORAGE variable=partial_sums type=ram_s2p impl=lutram
#pragma HLS ARRAY_RESHAPE variable=partial_sums complete dim=2
  const ap_uint<6> tiles = chunks * 3 * ap_uint<2>(2);
  const ap_uint<6> tiles_and_lead = tiles + smaller<ap_uint<1>>(tiles, 1);

  // Works on one tile and loads the next.
  ap_int<8> spare_0[32];
#pragma HLS ARRAY_PARTITION variable=spare_0 complete dim=0
  clear(spare_0);
  ap_int<8> working_bank[4][8];
#pragma HLS ARRAY_PARTITION variable=working_bank complete dim=0
  clear(working_bank);
  ap_uint<1> k = 0;
  ap_uint<2> o = 0;
  ap_uint<3> chunk = 0;
  Mat_Tile:
  for (int tile = 0; tile < tiles_and_lead; ++tile) {
    Mat_Slot:
    for (int slot = 0; slot < 8; ++slot) {
#pragma HLS PIPELINE II=1
#pragma HLS DEPENDENCE variable=partial_sums inter RAW distance=8 true
      const bool at_end = slot == 7;
      const bool loading = tile < tiles && slot < 2;
      s8x16 weight_word_0;
      if (loading) weight_word_0 = weights.read();
      else clear(weight_word_0.lane);
      // tile 0 only loads
      const bool working = tile > 0;
      const bool both = working && at_end;
      const bool last_k = k >= 1;
      const bool k_done = both && last_k;
      const bool last_o = o >= 2;
      const bool o_done = k_done && last_o;
      const bool last_chunk = chunks - 1 <= chunk;
      const ap_int<7> in_chunk = smaller<ap_int<7>>(tokens - chunk * 8, 8);
      const bool present = working && slot < in_chunk;
      s8x8 x;
      if (present) x = input.read();
      else clear(x.lane);
      if (k_done) o = last_o ? ap_uint<2>(0) : ap_uint<2>(o + 1);
      if (o_done) chunk = last_chunk ? ap_uint<4>(0) : ap_uint<4>(chunk + 1);
      ap_int<8> joined[32];
#pragma HLS ARRAY_PARTITION variable=joined complete dim=0
      if (loading) {
        Unroll_Lane:
        for (int lane = 0; lane < 16; ++lane) {
#pragma HLS UNROLL
          joined[lane] = spare_0[lane + 16];
          joined[lane + 16] = weight_word_0.lane[lane];
        }
        Unroll_Lane_2:
        for (int lane = 0; lane < 32; ++lane) {
#pragma HLS UNROLL
          spare_0[lane] = joined[lane];
        }
      }
      ap_int<19> partial[4];
#pragma HLS ARRAY_PARTITION variable=partial complete dim=0
      Unroll_Row:
      for (int row = 0; row < 2; ++row) {
#pragma HLS UNROLL
        ap_int<32> partial_low_sum = 0;
        ap_int<32> partial_high_sum = 0;
        Unroll_Col:
        for (int col = 0; col < 8; ++col) {
#pragma HLS UNROLL
          const ap_int<24> shifted = ap_int<24>(working_bank[row + 2][col]) << 16;
          // two int8 weights in one 25-bit operand
          const ap_int<25> weight_pair = shifted + working_bank[row][col];  // s25.16
          const ap_int<32> pair_products = weight_pair * x.lane[col];  // s32.16
          const ap_int<32> biased = pair_products + ap_uint<16>(32768);  // s32.16
          const ap_uint<16> field = ap_uint<16>(biased);
          const ap_int<16> products_low = field ^ ap_uint<16>(32768);
          const ap_int<16> products_high = biased >> 16;
          partial_low_sum += products_low;
          partial_high_sum += products_high;
        }
        const ap_int<19> partial_low = ap_int<19>(partial_low_sum);
        const ap_int<19> partial_high = ap_int<19>(partial_high_sum);
        partial[row] = partial_low;
        partial[row + 2] = partial_high;
      }
      s32x4 sum;
      Unroll_Lane_3:
      for (int lane = 0; lane < 4; ++lane) {
#pragma HLS UNROLL
        const ap_int<32> partial_sums_word = partial_sums[slot][lane];
        const ap_int<32> before = k == 0 ? ap_int<32>(0) : partial_sums_word;
        sum.lane[lane] = ap_int<20>(before + partial[lane]);
      }
      if (present) {
        Unroll_Lane_4:
        for (int lane = 0; lane < 4; ++lane) {
#pragma HLS UNROLL
          partial_sums[slot][lane] = sum.lane[lane];
        }
      }
      if (present && k == 1) output.write(sum);
      if (both) k = last_k ? ap_uint<2>(0) : ap_uint<2>(k + 1);
      if (at_end) {
        Unroll_Row_2:
        for (int row = 0; row < 4; ++row) {
#pragma HLS UNROLL
          Unroll_Col_2:
          for (int col = 0; col < 8; ++col) {
#pragma HLS UNROLL
            working_bank[row][col] = spare_0[row * 8 + col];
          }
        }
      }
    }
  }
}
