// hadamard: Blocks of 16 in words of 4 lanes.
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
  hls::stream<s16x4> input{"input"};
  hls::stream<s20x4> output{"output"};
  hls::stream<s18x4> hat_stage_2{"hat_stage_2"};
  hls::stream<s19x4> hat_stage_3{"hat_stage_3"};
};
streams& all() {
  static streams s;
  return s;
}

void run(bench& b, const descriptor& d, bool whole) {
  streams& s = all();
  if (whole) {
    fastmamba_hadamard(s.input, s.output, d.words);
    return;
  }
  fastmamba::csim::region r;
  r.channel(s.hat_stage_2, "hat_stage_2", 2);
  r.channel(s.hat_stage_3, "hat_stage_3", 2);
  r.process("hat_lanes", [&] {
    hat_lanes(s.input, s.hat_stage_2, d.words);
  });
  r.process("hat_words_1", [&] {
    hat_words_1(s.hat_stage_2, s.hat_stage_3, d.words);
  });
  r.process("hat_words_2", [&] {
    hat_words_2(s.hat_stage_3, s.output, d.words);
  });
  r.run(b.mode);
  b.uses = r.uses();
  static_cast<void>(d);
}

}  // namespace

bool take_option(const std::string&, const std::string&) { return false; }

void declare_channels(bench& b) {
  streams& s = all();
  b.channel(new input_stream<s16x4>(s.input, "input", ""));
  b.channel(new output_stream<s20x4>(s.output, "output", "hat_words_2"));
  b.channel(new inner_stream<s18x4>(s.hat_stage_2, "hat_stage_2", "hat_lanes"));
  b.channel(new inner_stream<s19x4>(s.hat_stage_3, "hat_stage_3", "hat_words_1"));
  static_cast<void>(s);
}

void run_calls(bench& b, const std::vector<call_scalars>& all, bool whole) {
  for (const call_scalars& scalars : all) {
    descriptor d = descriptor();
    std::size_t known = 0;
    for (const auto& scalar : scalars) {
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
