// multiplier_array: A MAT array of 4 x 8.
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
  hls::stream<s8x16> weights{"weights"};
  hls::stream<s8x8> input{"input"};
  hls::stream<s32x4> output{"output"};
};
streams& all() {
  static streams s;
  return s;
}

void run(bench& b, const descriptor& d, bool whole) {
  streams& s = all();
  if (whole) {
    fastmamba_multiplier_array(s.weights, s.input, s.output, d.chunks, d.last_tokens);
    return;
  }
  fastmamba::csim::region r;
  r.process("mat", [&] {
    mat(s.weights, s.input, s.output, d.chunks, d.last_tokens);
  });
  r.run(b.mode);
  b.uses = r.uses();
  static_cast<void>(d);
}

}  // namespace

bool take_option(const std::string&, const std::string&) { return false; }

void declare_channels(bench& b) {
  streams& s = all();
  b.channel(new input_stream<s8x16>(s.weights, "weights", ""));
  b.channel(new input_stream<s8x8>(s.input, "input", ""));
  b.channel(new output_stream<s32x4>(s.output, "output", "mat"));
  static_cast<void>(s);
}

void run_calls(bench& b, const std::vector<call_scalars>& all, bool whole) {
  for (const call_scalars& scalars : all) {
    descriptor d = descriptor();
    std::size_t known = 0;
    for (const auto& scalar : scalars) {
      if (scalar.first == "chunks") d.chunks = scalar.second, ++known;
      if (scalar.first == "last_tokens") d.last_tokens = scalar.second, ++known;
    }
    if (known != scalars.size()) throw std::invalid_argument("a scalar that this network does not have");
    run(b, d, whole);
  }
}

void run_layers(bench&, unsigned, unsigned, bool) {
  throw std::invalid_argument("this network has boundary channels and no descriptors");
}

void run_top(bench&, unsigned, unsigned) { throw std::invalid_argument("this network has no top function"); }
