// AXI4 slaves of the testbench, one an external port: they hold the master to the protocol and answer from the memory that the port is
// mapped to, as fast as the memory model says. What they drive depends on past cycles only.
#ifndef FASTMAMBA_TESTBENCH_AXI_HPP
#define FASTMAMBA_TESTBENCH_AXI_HPP

#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

#include "board_memory.hpp"
#include "dut.hpp"
#include "memory.hpp"
#include "options.hpp"
#include "random.hpp"

/// Where the memory of a port lies.
struct axi_place {
  memory* bytes = nullptr;
  std::uint64_t base = 0;
};

/// What lies behind all ports: the board's memory, or one that answers at once.
struct axi_memory {
  axi_memory(const memory_timing& timing, const cosim_options& options)
      : memory(timing, options.slow), ideal(options.ideal), latency(options.latency < 0 ? timing.latency_cycles : unsigned(options.latency)),
        jitter(options.jitter), random(options.seed ^ 0x6d656d6f7279u) {}
  board_memory memory;
  const bool ideal;
  /// Of the way from a port to the memory controller and back; random cycles more in it.
  const std::uint64_t latency;
  const unsigned jitter;
  random_bits random;
};

/// The signals that wait for a ready of one channel must not change meanwhile.
class axi_held {
 public:
  axi_held(dut& d, const std::string& valid, const std::string& ready, const std::vector<std::string>& payload)
      : valid_(d.find(valid)), ready_(d.find(ready)), name_(valid) {
    for (const std::string& one : payload) payload_.push_back(d.find(one));
  }
  /// In a settled cycle: true when a transfer happens. Throws where a waiting valid fell or its payload changed.
  bool sample() {
    std::vector<unsigned char>& now = value_[turn_ ^= 1];
    now.clear();
    const bool valid = valid_.high(), transfer = valid && ready_.high();
    if (valid)
      for (const signal& one : payload_) now.insert(now.end(), one.at, one.at + one.bytes());
    if (waiting_ && !valid) throw std::runtime_error(name_ + " fell before it was accepted");
    if (waiting_ && now != value_[turn_ ^ 1]) throw std::runtime_error(name_ + ": what it announces changed before it was accepted");
    waiting_ = valid && !transfer;
    return transfer;
  }
  bool waiting() const { return waiting_; }

 private:
  signal valid_, ready_;
  std::vector<signal> payload_;
  std::vector<unsigned char> value_[2];
  unsigned turn_ = 0;
  bool waiting_ = false;
  std::string name_;
};

/// What both directions share: a burst asked for, checked against the rules.
class axi_slave {
 public:
  virtual ~axi_slave() {}
  /// Before a cycle: what the slave shows in it.
  virtual void drive(std::uint64_t now) = 0;
  /// In the settled cycle. True when anything moved. Throws std::runtime_error that names the port where the master breaks a rule.
  virtual bool sample(std::uint64_t now) = 0;
  /// A request that is not answered to its end.
  virtual bool pending() const = 0;

  axi_place place;
  memory_client client;
  const std::string name;

 protected:
  struct burst {
    std::uint64_t address, offset;
    unsigned beats, done;
    const memory_fault* fault;
    /// First cycle in which it is answered.
    std::uint64_t due;
    bool due_by(std::uint64_t now) const { return now >= due && !(fault && fault->kind == memory_fault::never); }
    bool wrong() const { return fault && fault->kind == memory_fault::error; }
  };
  axi_slave(dut& d, axi_memory& model, const std::string& name, unsigned data_bits, bool is_read, char letter, const cosim_options& options)
      : client(data_bits / 8, is_read), name(name), model_(model), prefix_("m_axi_" + name + "_"),
        pauses_(options.stalls, options.seed * 8209 + number_of(name)), address_(named(d, letter, "addr")),
        length_(named(d, letter, "len")), size_(named(d, letter, "size")), kind_(named(d, letter, "burst")) {
    for (const memory_fault& f : options.faults)
      if (f.port == name) faults_.push_back(f);
    model.memory.add(client);
  }

  /// Of a name, the same everywhere.
  static std::uint64_t number_of(const std::string& name) {
    std::uint64_t x = 0;
    for (const char c : name) x = 31 * x + static_cast<unsigned char>(c);
    return x;
  }
  /// The burst on the address channel.
  burst accept(std::uint64_t now) {
    const std::uint64_t first = address_.get(), bytes = (length_.get() + 1) * client.beat_bytes;
    char text[32];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(first));
    const std::string where = std::string(client.is_read ? "read" : "write") + " burst of " + std::to_string(bytes) + " bytes at " + text;
    if (std::uint64_t(1) << size_.get() != client.beat_bytes) fail(where + ": size is not that of the port's word");
    if (kind_.get() != 1) fail(where + ": not an incrementing burst");
    if (first % client.beat_bytes) fail(where + ": between two words");
    if (first / 4096 != (first + bytes - 1) / 4096) fail(where + ": crosses a 4 KiB border");
    if (!place.bytes) fail(where + ": port is not mapped to a memory");
    if (first < place.base || first + bytes > place.base + place.bytes->size()) fail(where + ": outside the mapped memory");
    burst b{first, first - place.base, unsigned(length_.get()) + 1, 0, nullptr, 0};
    for (const memory_fault& f : faults_)
      if (f.request == accepted_) b.fault = &f, b.due = now + f.cycles;
    ++accepted_;
    return b;
  }
  [[noreturn]] void fail(const std::string& what) const { throw std::runtime_error("port '" + name + "': " + what); }
  template <class Run> auto guarded(Run run) const -> decltype(run()) {
    try {
      return run();
    } catch (const std::runtime_error& e) {
      fail(e.what());
    }
  }

  axi_memory& model_;
  const std::string prefix_;
  std::deque<burst> bursts_;
  random_pauses pauses_;

 private:
  std::vector<memory_fault> faults_;
  std::uint64_t accepted_ = 0;
  signal named(dut& d, char letter, const char* what) const { return d.find(prefix_ + "a" + letter + what); }
  signal address_, length_, size_, kind_;
};

class axi_read_slave : public axi_slave {
 public:
  axi_read_slave(dut& d, axi_memory& model, const std::string& name, unsigned data_bits, const cosim_options& options)
      : axi_slave(d, model, name, data_bits, true, 'r', options), arready_(d.find(prefix_ + "arready")), rdata_(d.find(prefix_ + "rdata")),
        rresp_(d.find(prefix_ + "rresp")), rlast_(d.find(prefix_ + "rlast")), rvalid_(d.find(prefix_ + "rvalid")),
        rready_(d.find(prefix_ + "rready")),
        held_(d, prefix_ + "arvalid", prefix_ + "arready", {prefix_ + "araddr", prefix_ + "arlen"}) {}

  void drive(std::uint64_t now) override {
    arready_.set(!pauses_.now());
    shown_ = client.served > 0 && bursts_.front().due_by(now);
    rvalid_.set(shown_);
    if (!shown_) return rlast_.set(0);
    const burst& b = bursts_.front();
    rresp_.set(b.wrong() ? 2 : 0);
    std::memcpy(rdata_.at, place.bytes->data() + b.offset + std::size_t(b.done) * client.beat_bytes, client.beat_bytes);
    rlast_.set(b.done + 1 == b.beats);
  }
  bool sample(std::uint64_t now) override {
    bool moved = false;
    if (guarded([&] { return held_.sample(); })) {
      bursts_.push_back(accept(now));
      const burst& b = bursts_.back();
      if (model_.ideal) client.served += b.beats;
      else model_.memory.ask(client, b.address, b.beats, now + model_.latency + (model_.jitter ? model_.random.upto(model_.jitter) : 0));
      moved = true;
    }
    if (rvalid_.high() && rready_.high()) {
      --client.served;
      if (++bursts_.front().done == bursts_.front().beats) bursts_.pop_front();
      moved = true;
    }
    return moved;
  }
  /// Words that wait for the master do not count: it is its turn.
  bool pending() const override { return client.waiting() || (client.served > 0 && !shown_); }

 private:
  bool shown_ = false;
  signal arready_, rdata_, rresp_, rlast_, rvalid_, rready_;
  axi_held held_;
};

class axi_write_slave : public axi_slave {
 public:
  axi_write_slave(dut& d, axi_memory& model, const std::string& name, unsigned data_bits, const cosim_options& options)
      : axi_slave(d, model, name, data_bits, false, 'w', options), awready_(d.find(prefix_ + "awready")), wdata_(d.find(prefix_ + "wdata")),
        wstrb_(d.find(prefix_ + "wstrb")), wlast_(d.find(prefix_ + "wlast")), wready_(d.find(prefix_ + "wready")),
        bresp_(d.find(prefix_ + "bresp")), bvalid_(d.find(prefix_ + "bvalid")), bready_(d.find(prefix_ + "bready")),
        address_held_(d, prefix_ + "awvalid", prefix_ + "awready", {prefix_ + "awaddr", prefix_ + "awlen"}),
        data_held_(d, prefix_ + "wvalid", prefix_ + "wready", {prefix_ + "wdata", prefix_ + "wlast"}) {}

  void drive(std::uint64_t now) override {
    awready_.set(!pauses_.now());
    wready_.set(!bursts_.empty() && unstored_beats_ < most_unstored_bytes / client.beat_bytes && !pauses_.now());
    for (; client.served > 0; --client.served) {
      --unstored_beats_;
      if (--unstored_.front().beats == 0) {
        answers_.push_back(unstored_.front());
        answers_.back().due = std::max(answers_.back().due, now + (model_.ideal ? 0 : model_.latency));
        unstored_.pop_front();
      }
    }
    bvalid_.set(!answers_.empty() && answers_.front().due_by(now));
    bresp_.set(!answers_.empty() && answers_.front().wrong() ? 2 : 0);
  }
  bool sample(std::uint64_t now) override {
    bool moved = false;
    // A burst can take its data from the next cycle on.
    if (guarded([&] { return data_held_.sample(); })) {
      burst& b = bursts_.front();
      const bool last = ++b.done == b.beats;
      if (wlast_.high() != last)
        fail("word " + std::to_string(b.done) + " of a burst of " + std::to_string(b.beats) + (last ? ": wlast is missing" : ": has wlast"));
      unsigned char* to = place.bytes->data() + b.offset + std::size_t(b.done - 1) * client.beat_bytes;
      for (unsigned i = 0; i < client.beat_bytes; ++i)
        if (wstrb_.at[i / 8] >> (i % 8) & 1) to[i] = wdata_.at[i];
      ++unstored_beats_;
      // The memory sees a burst from the cycle on after all of it has come.
      if (last) {
        if (model_.ideal) client.served += b.beats;
        else model_.memory.ask(client, b.address, b.beats, now + 1);
        bursts_.pop_front();
      }
      moved = true;
    }
    if (guarded([&] { return address_held_.sample(); })) {
      bursts_.push_back(accept(now));
      unstored_.push_back(bursts_.back());
      moved = true;
    }
    if (bvalid_.high() && bready_.high()) {
      answers_.pop_front();
      moved = true;
    }
    return moved;
  }
  bool pending() const override { return client.waiting() || !answers_.empty(); }
  /// Bursts announced and not acknowledged.
  bool open() const { return !bursts_.empty() || !unstored_.empty() || !answers_.empty(); }

 private:
  /// Of announced bursts on their way to the memory: two pages.
  static const std::uint64_t most_unstored_bytes = 2 * board_memory::page_bytes;
  signal awready_, wdata_, wstrb_, wlast_, wready_, bresp_, bvalid_, bready_;
  axi_held address_held_, data_held_;
  /// Beats of each burst that are not stored yet, and when the acknowledgements of stored ones come.
  std::deque<burst> unstored_, answers_;
  std::uint64_t unstored_beats_ = 0;
};

#endif
