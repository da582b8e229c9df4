// The network of facts.cpp as the testbench clocks it: its region alone, or the top around it.
#include "network.hpp"

#include "clocked.hpp"

namespace {

cosim_options options;
std::vector<clocked_channel*> channels;

bool has_top() { return !facts().region.empty(); }

}  // namespace

clocked_network& clocked(bench& b) {
  static clocked_network* network = nullptr;
  if (!network) {
    const std::shared_ptr<clocked_network> made(new clocked_network(b, facts(), channels, options));
    network = made.get();
    b.more = [made](std::ostream& out) { made->report(out); };
  }
  return *network;
}

bool take_option(const std::string& name, const std::string& value) { return options.take(name, value); }

void declare_channels(bench& b) {
  for (const channel_facts& c : facts().channels) {
    channels.push_back(new clocked_channel(c, lane_codec(c.lanes, c.lane_bits, c.is_signed)));
    b.channel(channels.back());
  }
}

void run_calls(bench& b, const std::vector<call_scalars>& all, bool) {
  if (has_top()) throw std::invalid_argument("the top takes descriptors, no scalars");
  std::vector<std::vector<long long>> calls;
  for (const call_scalars& scalars : all) {
    std::vector<long long> values(facts().scalars.size());
    std::size_t known = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto at = scalars.find(facts().scalars[i].name);
      if (at != scalars.end()) values[i] = at->second, ++known;
    }
    if (known != scalars.size()) throw std::invalid_argument("a scalar that this network does not have");
    calls.push_back(values);
  }
  clocked(b).calls(calls);
}

void run_layers(bench& b, unsigned first, unsigned count, bool) {
  if (has_top()) {
    clocked(b).top(first, count);
    return;
  }
  // Scalar k is the 32-bit field k of a descriptor.
  const auto at = b.ports.find("descriptors");
  if (at == b.ports.end()) throw std::invalid_argument("port 'descriptors' is not mapped to a memory");
  memory& m = *b.memories.at(at->second.first);
  std::vector<std::vector<long long>> calls;
  for (unsigned i = first; i < first + count; ++i) {
    const std::size_t from = at->second.second + std::size_t(i) * facts().descriptor_words * 64;
    if (from + facts().descriptor_words * 64 > m.size()) throw std::runtime_error("descriptor " + std::to_string(i) + ": outside its memory");
    std::vector<long long> values;
    for (std::size_t k = 0; k < facts().scalars.size(); ++k) {
      std::uint32_t field;
      std::memcpy(&field, m.data() + from + 4 * k, 4);
      values.push_back(field);
    }
    calls.push_back(values);
  }
  clocked(b).calls(calls);
}

void run_top(bench& b, unsigned first, unsigned count) {
  if (!has_top()) throw std::invalid_argument("this program was built without the top");
  clocked(b).top(first, count);
}
