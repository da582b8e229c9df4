// quantizer: Rows of int16 to int8, memory to memory.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
#include "identity.hpp"

const identity kernel_identity = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    {"rows_in", "rows_out"},
    3,
    1,
};
