// quantizer: Rows of int16 to int8, memory to memory.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#include "top.hpp"

#include "region.hpp"

descriptor read_descriptor(const ap_uint<config::descriptor_word_bits>* descriptors, ap_uint<32> index) {
#pragma HLS INLINE
  ap_uint<32> field[config::descriptor_words * config::fields_per_word];
#pragma HLS ARRAY_PARTITION variable=field complete dim=0
  const ap_uint<32> begin = index * config::descriptor_words;
  Read_Word:
  for (int word = 0; word < config::descriptor_words; ++word) {
#pragma HLS PIPELINE II=1 style=flp
    const ap_uint<config::descriptor_word_bits> fields = descriptors[begin + word];
    Unroll_Field:
    for (int i = 0; i < config::fields_per_word; ++i) {
#pragma HLS UNROLL
      field[word * config::fields_per_word + i] = fields.range(32 * i + 31, 32 * i);
    }
  }
  descriptor d;
  d.rows = field[0];
  d.from = field[1];
  d.multiplier = field[2];
  d.shift = field[3];
  return d;
}

extern "C" void fastmamba_quantizer(
    const ap_uint<config::descriptor_word_bits>* descriptors,  // scalars of each call, see config.hpp
    ap_uint<32> first,  // descriptor of the first call
    ap_uint<32> count,  // calls
    const ap_uint<512>* rows_in,  // reads s16 x 32: rows, int16
    ap_uint<256>* rows_out) {  // writes s8 x 32: rows, int8
#pragma HLS INTERFACE m_axi port=descriptors offset=slave bundle=descriptors depth=65536 max_read_burst_length=8 num_read_outstanding=2
#pragma HLS INTERFACE m_axi port=rows_in offset=slave bundle=rows_in depth=65536 max_read_burst_length=64 num_read_outstanding=4
#pragma HLS INTERFACE m_axi port=rows_out offset=slave bundle=rows_out depth=65536 max_write_burst_length=128 num_write_outstanding=16
#pragma HLS INTERFACE s_axilite port=descriptors bundle=control
#pragma HLS INTERFACE s_axilite port=rows_in bundle=control
#pragma HLS INTERFACE s_axilite port=rows_out bundle=control
#pragma HLS INTERFACE s_axilite port=first bundle=control
#pragma HLS INTERFACE s_axilite port=count bundle=control
#pragma HLS INTERFACE s_axilite port=return bundle=control
  Run_Descriptor:
  for (ap_uint<32> i = 0; i < count; ++i) {
    const descriptor d = read_descriptor(descriptors, first + i);
    quantizer_region(rows_in, rows_out, d.rows, d.from, d.multiplier, d.shift);
  }
}
