// multiplier_array: A MAT array of 4 x 8.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// Sizes of this design, and the layout of a descriptor: one call's scalars, each a 32-bit little-endian field, in words of
// 512 bits. Everything that counts lanes, words or tokens elsewhere follows from here and from the plan.
#ifndef FASTMAMBA_CONFIG_HPP
#define FASTMAMBA_CONFIG_HPP

#include "integers.hpp"

namespace config {

constexpr int descriptor_fields = 2;
constexpr int descriptor_words = 1;  // of 512 bits

static_assert(descriptor_words * 512 >= descriptor_fields * 32, "a descriptor's words must hold all its fields");

}  // namespace config

// One call of the region, in the order of the fields.
struct descriptor {
  ap_uint<4> chunks;  // field 0, 0..8: chunks of 8 tokens
  ap_uint<7> tokens;  // field 1, 0..64: tokens
};

#endif
