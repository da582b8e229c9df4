// What network.cpp knows of a network: its channels, its scalars, and how it is called. C simulation has it written anew for every network,
// co-simulation makes it of tables (facts.hpp).
#ifndef FASTMAMBA_TESTBENCH_NETWORK_HPP
#define FASTMAMBA_TESTBENCH_NETWORK_HPP

#include "bench.hpp"

/// Takes an option of the command line, `--name value`, before anything else; false for one that it does not know.
bool take_option(const std::string& name, const std::string& value);
/// Makes the streams and tells the bench about them.
void declare_channels(bench& b);
using call_scalars = std::map<std::string, long long>;
/// Runs the network for calls that follow each other: its processes one by one, where their streams can be watched, or the whole region's
/// function. RTL overlaps them. Throws std::invalid_argument for a scalar that the network does not have.
void run_calls(bench& b, const std::vector<call_scalars>& all, bool whole);
/// The same for `count` descriptors of the memory mapped to port `descriptors`.
void run_layers(bench& b, unsigned first, unsigned count, bool whole);
/// Calls the top function for them.
void run_top(bench& b, unsigned first, unsigned count);

#endif
