// quantizer: Rows of int16 to int8, memory to memory.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// Sizes of this design, and the layout of a descriptor: one call's scalars, each a 32-bit little-endian field, in words of
// 512 bits.
#ifndef FASTMAMBA_CONFIG_HPP
#define FASTMAMBA_CONFIG_HPP

#include "integers.hpp"

namespace config {


constexpr int descriptor_fields = 4;
constexpr int descriptor_words = 1;
constexpr int descriptor_word_bits = 512;
constexpr int fields_per_word = 16;

static_assert(descriptor_words * fields_per_word >= descriptor_fields, "a descriptor's words must hold all its fields");

}  // namespace config

// One call of the region, in the order of the fields.
struct descriptor {
  ap_uint<7> rows;  // field 0, 0..100: rows of 4 words
  ap_uint<21> from;  // field 1, 0..1048576: first word of the input
  ap_uint<16> multiplier;  // field 2, 1..65535: scale of the input
  ap_uint<5> shift;  // field 3, 1..31: shift behind the multiplier
};

#endif
