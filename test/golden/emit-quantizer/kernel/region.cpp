// quantizer: Rows of int16 to int8, memory to memory.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "region.hpp"

#include "processes.hpp"

// All processes run at once; each stream has one writer and one reader, and none leads back.
void quantizer_region(
    const ap_uint<512>* rows_in,  // reads s16 x 32: rows, int16
    ap_uint<256>* rows_out,  // writes s8 x 32: rows, int8
    ap_uint<7> rows,  // 0..100: rows of 4 words
    ap_uint<21> from,  // 0..1048576: first word of the input
    ap_uint<16> multiplier,  // 1..65535: scale of the input
    ap_uint<5> shift) {  // 1..31: shift behind the multiplier
#pragma HLS DATAFLOW
  hls::stream<s16x32> values("values");  // s16.11 x 32: values of a row
#pragma HLS STREAM variable=values depth=8
  hls::stream<s8x32> bytes("bytes");  // s8 x 32: quantized values
#pragma HLS STREAM variable=bytes depth=2

  read_rows(values, rows_in, rows, from);
  quantize_rows(values, bytes, rows, multiplier, shift);
  write_rows(bytes, rows_out, rows);
}
