// quantizer: Rows of int16 to int8, memory to memory.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// ap_int and ap_uint, for every file of the kernel. The vendor's header must know the widest integer before it is read.
#ifndef FASTMAMBA_INTEGERS_HPP
#define FASTMAMBA_INTEGERS_HPP

#ifndef AP_INT_MAX_W
#define AP_INT_MAX_W 1024
#endif
#include "ap_int.h"

#endif
