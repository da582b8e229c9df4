// run_time_bound: Sums of squares of rows whose length is known at run time.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// The network as the testbench sees it: the streams and process calls of the region once more, where they can be watched.
// The kernel's headers come first: they make room for the widest integer before ap_int.h is read.
#include "../kernel/config.hpp"
#include "../kernel/processes.hpp"
#include "../kernel/region.hpp"

#include "network.hpp"

namespace {

struct streams {
  hls::stream<s9x2x3> input{"input"};
  hls::stream<ap_uint<26>> output{"output"};
};
streams& all() {
  static streams s;
  return s;
}

void run(bench& b, const descriptor& d, bool whole) {
  streams& s = all();
  if (whole) {
    fastmamba_run_time_bound(s.input, s.output, d.rows, d.words);
    return;
  }
  fastmamba::csim::region r;
  r.process("sum_squares", [&] {
    sum_squares(s.input, s.output, d.rows, d.words);
  });
  r.run(b.mode);
  b.uses = r.uses();
  static_cast<void>(d);
}

}  // namespace

bool take_option(const std::string&, const std::string&) { return false; }

void declare_channels(bench& b) {
  streams& s = all();
  b.channel(new input_stream<s9x2x3>(s.input, "input", ""));
  b.channel(new output_stream<ap_uint<26>>(s.output, "output", "sum_squares"));
  static_cast<void>(s);
}

void run_calls(bench& b, const std::vector<call_scalars>& all, bool whole) {
  for (const call_scalars& scalars : all) {
    descriptor d = descriptor();
    std::size_t known = 0;
    for (const auto& scalar : scalars) {
      if (scalar.first == "rows") d.rows = scalar.second, ++known;
      if (scalar.first == "words") d.words = scalar.second, ++known;
    }
    if (known != scalars.size()) throw std::invalid_argument("a scalar that this network does not have");
    run(b, d, whole);
  }
}

void run_layers(bench&, unsigned, unsigned, bool) {
  throw std::invalid_argument("this network has boundary channels and no descriptors");
}

void run_top(bench&, unsigned, unsigned) { throw std::invalid_argument("this network has no top function"); }
