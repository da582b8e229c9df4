// quantizer: Rows of int16 to int8, memory to memory.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example

#ifndef FASTMAMBA_TOP_HPP
#define FASTMAMBA_TOP_HPP

#include "config.hpp"

// Runs the region once for each of `count` descriptors from `first` on.
extern "C" void fastmamba_quantizer(
    const ap_uint<config::descriptor_word_bits>* descriptors,  // scalars of each call, see config.hpp
    ap_uint<32> first,  // descriptor of the first call
    ap_uint<32> count,  // calls
    const ap_uint<512>* rows_in,  // reads s16 x 32: rows, int16
    ap_uint<256>* rows_out);  // writes s8 x 32: rows, int8

// Descriptor `index`, field by field.
descriptor read_descriptor(const ap_uint<config::descriptor_word_bits>* descriptors, ap_uint<32> index);

#endif
