// quantizer: Rows of int16 to int8, memory to memory.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "processes.hpp"

// PMU: Scales to int8: multiplies, shifts with rounding, saturates.
void quantize_rows(
    hls::stream<s16x32>& values,  // in, s16.11 x 32: values of a row
    hls::stream<s8x32>& bytes,  // out, s8 x 32: quantized values
    ap_uint<7> rows,  // 0..100: rows of 4 words
    ap_uint<16> multiplier,  // 1..65535: scale of the input
    ap_uint<5> shift) {  // 1..31: shift behind the multiplier
  const ap_uint<9> word_count = rows * 4;

  Quantize_Word:
  for (int word = 0; word < word_count; ++word) {
#pragma HLS PIPELINE II=1 style=flp
    const s16x32 unscaled = values.read();  // s16.11
    s8x32 quantized;
    for (int lane = 0; lane < 32; ++lane) {
#pragma HLS UNROLL
      const ap_int<32> product = unscaled.lane[lane] * multiplier;  // s32.11
      const ap_int<31> rounded_product = round_shift<ap_int<31>, 31>(product, shift);  // s31.11
      quantized.lane[lane] = saturate_signed<8>(rounded_product);
    }
    bytes.write(quantized);
  }
}
