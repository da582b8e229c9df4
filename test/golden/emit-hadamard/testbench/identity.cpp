// hadamard: Blocks of 16 in words of 4 lanes.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
#include "identity.hpp"

const identity kernel_identity = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    {},
    3,
    1,
};
