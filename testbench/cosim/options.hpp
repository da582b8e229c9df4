// What a co-simulation can be asked for beside its script.
#ifndef FASTMAMBA_TESTBENCH_OPTIONS_HPP
#define FASTMAMBA_TESTBENCH_OPTIONS_HPP

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

/// What a port's memory does to one request, counted from 0: answers with an error, so many cycles late, or never.
struct memory_fault {
  std::string port;
  std::uint64_t request;
  enum { error, late, never } kind;
  std::uint64_t cycles;
};

struct cosim_options {
  /// Draws latencies and stalls.
  std::uint64_t seed = 1;
  /// Random pauses at the boundary channels (those inside come with stalling FIFOs in the build).
  bool stalls = false;
  /// A memory that answers as fast as the handshake allows.
  bool ideal = false;
  /// Cycles from a port to the memory controller and back, those of the board where below 0; and random cycles more, up to so many.
  int latency = -1;
  unsigned jitter = 0;
  /// So many times slower.
  unsigned slow = 1;
  /// File for the bursts that the memory sees, or empty.
  std::string trace;
  /// Of one call.
  std::uint64_t cycle_limit = 1000000000;
  /// Cycles in which nothing moves before it counts as a deadlock.
  std::uint64_t deadlock_cycles = 2000;
  /// Faults of the memory, and the time limit that the top's registers are given; 0 for none.
  std::vector<memory_fault> faults;
  std::uint64_t time_limit = 0;
  /// Cycles after which the host ends the top's first call; 0 for never.
  std::uint64_t stop_after = 0;
  /// So many times a call that ended before its end is made again.
  unsigned retries = 0;
  /// Waveform file.
  std::string waveform;

  /// Takes `--name value`; false for a name that is none of these. Throws std::invalid_argument for a bad value.
  bool take(const std::string& name, const std::string& value) {
    if (name == "--seed") seed = std::stoull(value);
    else if (name == "--stalls") stalls = value == "on";
    else if (name == "--memory") ideal = value == "ideal";
    else if (name == "--trace") trace = value;
    else if (name == "--latency") latency = std::stoi(value);
    else if (name == "--jitter") jitter = unsigned(std::stoul(value));
    else if (name == "--slow") slow = positive(name, value);
    else if (name == "--cycle-limit") cycle_limit = std::stoull(value);
    else if (name == "--deadlock-cycles") deadlock_cycles = std::stoull(value);
    else if (name == "--fault") faults.push_back(fault(value));
    else if (name == "--time-limit") time_limit = std::stoull(value);
    else if (name == "--stop-after") stop_after = std::stoull(value);
    else if (name == "--retries") retries = unsigned(std::stoul(value));
    else if (name == "--waveform") waveform = value;
    else return false;
    return true;
  }

 private:
  /// port:request:error, port:request:never or port:request:cycles.
  static memory_fault fault(const std::string& text) {
    const std::size_t first = text.find(':'), second = text.find(':', first + 1);
    if (second == std::string::npos) throw std::invalid_argument("--fault " + text + ": expected port:request:kind");
    const std::string kind = text.substr(second + 1);
    memory_fault f{text.substr(0, first), std::stoull(text.substr(first + 1)), memory_fault::late, 0};
    if (kind == "error") f.kind = memory_fault::error;
    else if (kind == "never") f.kind = memory_fault::never;
    else f.cycles = std::stoull(kind);
    return f;
  }
  static unsigned positive(const std::string& name, const std::string& value) {
    const unsigned long x = std::stoul(value);
    if (x == 0) throw std::invalid_argument(name + " " + value + ": expected a whole number above 0");
    return unsigned(x);
  }
};

#endif
