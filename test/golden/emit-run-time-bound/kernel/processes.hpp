// run_time_bound: Sums of squares of rows whose length is known at run time.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// The processes, in the order in which data flows. Each is defined in the file of its name.
#ifndef FASTMAMBA_PROCESSES_HPP
#define FASTMAMBA_PROCESSES_HPP

#include "config.hpp"
#include "fixed_point.hpp"
#include "hls_stream.h"
#include "types.hpp"

// PMA: Sums squares, weighted by a table.
void sum_squares(hls::stream<s9x2x3>& input, hls::stream<ap_uint<26>>& output, ap_uint<4> rows,
                 ap_uint<4> words);

#endif
