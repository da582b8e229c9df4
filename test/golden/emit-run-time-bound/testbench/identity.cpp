// run_time_bound: Sums of squares of rows whose length is known at run time.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
#include "identity.hpp"

const identity kernel_identity = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    {},
    1,
    1,
};
