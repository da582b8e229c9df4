// multiplier_array: A MAT array of 4 x 8.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
#include "identity.hpp"

const identity kernel_identity = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    {},
    1,
    1,
};
