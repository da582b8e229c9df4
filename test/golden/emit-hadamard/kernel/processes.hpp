// hadamard: Blocks of 16 in words of 4 lanes.
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

// HAT: Butterflies within a word, in blocks of 4 lanes.
void hat_lanes(hls::stream<s16x4>& input, hls::stream<s18x4>& hat_stage_2, ap_uint<9> words);

// HAT: Butterflies of words 1 apart; a delay line holds the earlier one.
void hat_words_1(hls::stream<s18x4>& hat_stage_2, hls::stream<s19x4>& hat_stage_3, ap_uint<9> words);

// HAT: Butterflies of words 2 apart; a delay line holds the earlier one.
void hat_words_2(hls::stream<s19x4>& hat_stage_3, hls::stream<s20x4>& output, ap_uint<9> words);

#endif
