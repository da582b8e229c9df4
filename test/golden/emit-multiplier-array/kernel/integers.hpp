// multiplier_array: A MAT array of 4 x 8.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// ap_int and ap_uint, for every file of the kernel: the vendor's header takes integers up to 1024 bits.
#ifndef FASTMAMBA_INTEGERS_HPP
#define FASTMAMBA_INTEGERS_HPP

#include "ap_int.h"

#endif
