// quantizer: Rows of int16 to int8, memory to memory.
// Written by fastmamba for model example, plan 0123abcd.
// Command: fastmamba emit example
//
// The network as the testbench sees it: the streams and process calls of the region once more, where they can be watched.
// The kernel's headers come first: they make room for the widest integer before ap_int.h is read.
#include "../kernel/config.hpp"
#include "../kernel/processes.hpp"
#include "../kernel/region.hpp"
#include "../kernel/top.hpp"

#include "network.hpp"

namespace {

struct streams {
  hls::stream<s16x32> values{"values"};
  hls::stream<s8x32> bytes{"bytes"};
};
streams& all() {
  static streams s;
  return s;
}

void run(bench& b, const descriptor& d, bool whole) {
  streams& s = all();
  if (whole) {
    quantizer_region(b.port<512>("rows_in"), b.port<256>("rows_out"), d.rows, d.from, d.multiplier,
                     d.shift);
    return;
  }
  fastmamba::csim::region r;
  r.channel(s.values, "values", 8);
  r.channel(s.bytes, "bytes", 2);
  r.process("read_rows", [&] {
    read_rows(s.values, b.port<512>("rows_in"), d.rows, d.from);
  });
  r.process("quantize_rows", [&] {
    quantize_rows(s.values, s.bytes, d.rows, d.multiplier, d.shift);
  });
  r.process("write_rows", [&] {
    write_rows(s.bytes, b.port<256>("rows_out"), d.rows);
  });
  r.run(b.mode);
  b.uses = r.uses();
  static_cast<void>(d);
}

}  // namespace

bool take_option(const std::string&, const std::string&) { return false; }

void declare_channels(bench& b) {
  streams& s = all();
  b.channel(new inner_stream<s16x32>(s.values, "values", "read_rows"));
  b.channel(new inner_stream<s8x32>(s.bytes, "bytes", "quantize_rows"));
  static_cast<void>(s);
}

void run_calls(bench& b, const std::vector<call_scalars>& all, bool whole) {
  for (const call_scalars& scalars : all) {
    descriptor d = descriptor();
    std::size_t known = 0;
    for (const auto& scalar : scalars) {
      if (scalar.first == "rows") d.rows = scalar.second, ++known;
      if (scalar.first == "from") d.from = scalar.second, ++known;
      if (scalar.first == "multiplier") d.multiplier = scalar.second, ++known;
      if (scalar.first == "shift") d.shift = scalar.second, ++known;
    }
    if (known != scalars.size()) throw std::invalid_argument("a scalar that this network does not have");
    run(b, d, whole);
  }
}

void run_layers(bench& b, unsigned first, unsigned count, bool whole) {
  const ap_uint<config::descriptor_word_bits>* descriptors = b.port<config::descriptor_word_bits>("descriptors");
  for (unsigned i = first; i < first + count; ++i) run(b, read_descriptor(descriptors, i), whole);
}

void run_top(bench& b, unsigned first, unsigned count) {
  fastmamba_quantizer(b.port<config::descriptor_word_bits>("descriptors"), first, count,
                      b.port<512>("rows_in"), b.port<256>("rows_out"));
}
