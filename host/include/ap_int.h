// ap_int<W> and ap_uint<W> for C simulation of the emitted kernels without a vendor tool: the same values as the vendor's
// header of this name (UG1399: result widths, wrap on assignment, exact comparison, arithmetic right shift), on native
// integers that a compiler vectorizes. C++14, g++ 9 or clang++ 14 or later, little-endian hosts. Fails, naming the bits, on an index out
// of range and on division by zero, where the vendor's header warns or is undefined.
#ifndef FASTMAMBA_AP_INT_H
#define FASTMAMBA_AP_INT_H

#ifdef __SYNTHESIS__
#error "this ap_int.h is for C simulation on the host; synthesis must use the vendor's own header"
#endif

#include "csim/ap_refs.h"

#endif
