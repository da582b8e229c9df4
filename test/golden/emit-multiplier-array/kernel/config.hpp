// multiplier_array: A MAT array of 4 x 8.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// Sizes of this design, and the layout of a descriptor: one call's scalars, each a 32-bit little-endian field, in words of
// 512 bits.
#ifndef FASTMAMBA_CONFIG_HPP
#define FASTMAMBA_CONFIG_HPP

#include "integers.hpp"

namespace config {


constexpr int descriptor_fields = 2;
constexpr int descriptor_words = 1;
constexpr int descriptor_word_bits = 512;
constexpr int fields_per_word = 16;

static_assert(descriptor_words * fields_per_word >= descriptor_fields, "a descriptor's words must hold all its fields");

}  // namespace config

// One call of the region, in the order of the fields.
struct descriptor {
  ap_uint<4> chunks;  // field 0, 0..8: chunks of 8 tokens
  ap_uint<4> last_tokens;  // field 1, 0..8: tokens of the last chunk
};

#endif
