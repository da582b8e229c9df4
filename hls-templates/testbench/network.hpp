// What is written anew for every network (network.cpp): its channels, its scalars, and how it is called.
#ifndef FASTMAMBA_TESTBENCH_NETWORK_HPP
#define FASTMAMBA_TESTBENCH_NETWORK_HPP

#include "bench.hpp"
#include "config.hpp"

/// Makes the streams and tells the bench about them.
void declare_channels(bench& b);
/// Sets a scalar by name; false when there is none of that name.
bool set_scalar(descriptor& d, const std::string& name, long long value);
/// Runs the processes once, one after the other or all at once, as the bench's mode says.
void run_processes(bench& b, const descriptor& d);
/// Runs the region's function as the vendor's tool would.
void run_region(bench& b, const descriptor& d);
/// Calls the top function, or returns false for a network without one.
bool run_top(bench& b, unsigned first, unsigned count);
/// Descriptor `index` of the memory mapped to port `descriptors`.
descriptor descriptor_at(bench& b, unsigned index);

#endif
