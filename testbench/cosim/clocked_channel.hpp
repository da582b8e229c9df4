// A channel of the clocked region: at the boundary it is fed or emptied, inside its FIFO is watched from both ends.
#ifndef FASTMAMBA_TESTBENCH_CLOCKED_CHANNEL_HPP
#define FASTMAMBA_TESTBENCH_CLOCKED_CHANNEL_HPP

#include "bench.hpp"
#include "facts.hpp"
#include "lanes.hpp"
#include "options.hpp"
#include "random.hpp"

class clocked_channel : public watched {
 public:
  clocked_channel(const channel_facts& facts, const lane_codec& codec)
      : watched(facts.name, facts.writer, codec.lanes, codec.lane_bytes, codec.is_signed), facts(facts), codec_(codec), pauses_(false, 0) {}

  const channel_facts facts;
  /// Most words it held; words it holds now. Of inner channels.
  std::size_t highest = 0, fill = 0;

  /// Finds its wires. `region` is the path of the region.
  void attach(dut& d, const std::string& region, const cosim_options& options, std::uint64_t number) {
    const std::string in = region + name + (facts.where == side::inner ? "_in" : ""), out = region + name;
    data_ = d.find(in + "_data");
    valid_ = d.find(in + "_valid");
    ready_ = d.find(in + "_ready");
    out_valid_ = facts.where == side::inner ? d.find(out + "_valid") : valid_;
    out_ready_ = facts.where == side::inner ? d.find(out + "_ready") : ready_;
    pauses_ = random_pauses(options.stalls, options.seed * 4099 + number);
  }
  bool full() const { return !ready_.high(); }
  bool empty() const { return !out_valid_.high(); }

  void begin(std::size_t call, bool) override { call_ = call; }
  /// Before a cycle: what the testbench shows at a boundary.
  void drive() {
    if (facts.where == side::output) ready_.set(!pauses_.now());
    if (facts.where != side::input) return;
    if (at_ + word_bytes() > fed_.size()) return valid_.set(0);
    // A word that was shown stays until it is taken.
    if (!shown_ && pauses_.now()) return valid_.set(0);
    codec_.put(fed_.data() + at_, data_);
    valid_.set(1);
    shown_ = true;
  }
  /// In the settled cycle. True when a word moved. Throws where a FIFO loses count.
  bool sample() {
    const bool push = valid_.high() && ready_.high();
    if (facts.where == side::input) {
      if (push) at_ += word_bytes(), shown_ = false;
      return push;
    }
    if (push && (expecting_ || facts.where == side::output)) {
      codec_.get(data_, buffer());
      compare(buffer());
    }
    if (facts.where == side::output) return push;
    const bool pop = out_valid_.high() && out_ready_.high();
    if (pop && fill == 0) throw std::runtime_error("channel '" + name + "': a word is read that nobody wrote");
    if (push) highest = std::max(highest, fill + 1);
    fill += push;
    fill -= pop;
    return push || pop;
  }
  /// The region has given up what it held.
  void forget() { fill = 0; }
  void end() override {
    const std::size_t left = facts.where == side::input ? (fed_.size() - at_) / word_bytes() : fill;
    fed_.clear();
    at_ = 0;
    shown_ = false;
    finish_compare();
    if (left) throw std::runtime_error("channel '" + name + "': " + std::to_string(left) + " words left over");
  }

 private:
  lane_codec codec_;
  signal data_, valid_, ready_, out_valid_, out_ready_;
  random_pauses pauses_;
  bool shown_ = false;
  std::size_t at_ = 0;
};

#endif
