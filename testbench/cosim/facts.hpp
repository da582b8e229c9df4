// What facts.cpp, which is written anew for every network, tells about it, as plain tables.
#ifndef FASTMAMBA_TESTBENCH_FACTS_HPP
#define FASTMAMBA_TESTBENCH_FACTS_HPP

#include <string>
#include <vector>

#include "ddr3.hpp"

enum class side { inner, input, output };

struct channel_facts {
  const char* name;
  side where;
  /// Processes at its ends; empty at a boundary.
  const char *writer, *reader;
  unsigned depth;
  std::size_t lanes;
  unsigned lane_bits;
  bool is_signed;
  /// Words come some cycles after their places were taken, and are taken always.
  bool is_late;
};
struct port_facts {
  const char* name;
  const char* process;
  unsigned bits;
  bool is_read;
};
struct scalar_facts {
  const char* name;
  unsigned bits;
};
struct network_facts {
  /// Path of the region in the simulated design, with a dot at the end; empty where the region is the design.
  std::string region;
  /// 512-bit words of a descriptor.
  unsigned descriptor_words;
  std::vector<const char*> processes;
  std::vector<channel_facts> channels;
  std::vector<port_facts> ports;
  std::vector<scalar_facts> scalars;
  /// Of the board.
  memory_timing memory;
};

/// Of the network that this program was built for.
const network_facts& facts();

#endif
