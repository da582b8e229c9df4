// The result of a run as one JSON object.
#ifndef FASTMAMBA_TESTBENCH_REPORT_HPP
#define FASTMAMBA_TESTBENCH_REPORT_HPP

#include <ostream>

#include "bench.hpp"

/// A range of memory that was compared after a call.
struct checked_range {
  std::string memory;
  std::size_t offset, bytes, wrong, first;
};

inline std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + "\"";
}

inline void write_report(std::ostream& out, const bench& b, const std::vector<checked_range>& ranges, const std::string& mode,
                         double seconds, const std::string& failure) {
  std::size_t words = 0, mismatches = 0;
  out << "{\n  \"mode\": " << quoted(mode) << ",\n  \"channels\": [";
  const char* comma = "";
  for (const auto& c : b.channels) {
    words += c->words;
    mismatches += c->mismatches;
    if (c->words == 0) continue;
    out << comma << "\n    {\"name\": " << quoted(c->name) << ", \"process\": " << quoted(c->process)
        << ", \"words\": " << c->words << ", \"mismatches\": " << c->mismatches << ", \"firstMismatch\": ";
    if (c->first)
      out << "{\"call\": " << c->first->call << ", \"word\": " << c->first->word << ", \"lane\": " << c->first->lane
          << ", \"expected\": " << quoted(c->first->expected) << ", \"found\": " << quoted(c->first->found) << "}}";
    else
      out << "null}";
    comma = ",";
  }
  out << "\n  ],\n  \"memories\": [";
  comma = "";
  for (const checked_range& r : ranges) {
    mismatches += r.wrong != 0;
    out << comma << "\n    {\"memory\": " << quoted(r.memory) << ", \"offset\": " << r.offset << ", \"bytes\": " << r.bytes
        << ", \"wrongBytes\": " << r.wrong << ", \"firstWrong\": ";
    if (r.wrong)
      out << r.first << "}";
    else
      out << "null}";
    comma = ",";
  }
  out << "\n  ],\n  \"depths\": [";
  comma = "";
  for (const auto& use : b.uses) {
    out << comma << "\n    {\"channel\": " << quoted(use.name) << ", \"depth\": " << use.depth << ", \"peak\": " << use.peak << "}";
    comma = ",";
  }
  out << "\n  ],\n";
  if (b.more) b.more(out);
  out << "  \"words\": " << words << ",\n  \"mismatches\": " << mismatches << ",\n  \"seconds\": " << seconds
      << ",\n  \"failure\": " << (failure.empty() ? "null" : quoted(failure)) << "\n}\n";
}

#endif
