// Clocks the emitted region, or the top around it: feeds and empties its boundary, answers its memory ports, watches what crosses its FIFOs
// and counts cycles. The cycles of calls that follow each other go from the first in which a process runs to the last in which one of them
// runs or a write is not acknowledged.
#ifndef FASTMAMBA_TESTBENCH_CLOCKED_HPP
#define FASTMAMBA_TESTBENCH_CLOCKED_HPP

#include <fstream>
#include <functional>
#include <map>
#include <ostream>

#include "axi.hpp"
#include "clocked_process.hpp"

class clocked_network {
 public:
  clocked_network(bench& b, const network_facts& facts, const std::vector<clocked_channel*>& channels, const cosim_options& options)
      : bench_(b), facts_(facts), channels_(channels), options_(options), dut_(make_dut(options.waveform)), memory_(facts.memory, options) {
    if (!options.trace.empty()) {
      trace_.open(options.trace);
      if (!trace_) throw std::runtime_error("cannot write trace '" + options.trace + "'");
      memory_.memory.trace(trace_);
    }
    const std::string& region = facts.region;
    for (const char* name : facts.processes) {
      processes_.emplace_back(name);
      processes_.back().attach(*dut_, region);
    }
    std::uint64_t number = 0;
    for (clocked_channel* c : channels_) c->attach(*dut_, region, options_, ++number);
    for (const port_facts& port : facts.ports) add_port(port.name, port.bits, port.is_read);
    for (const port_facts& port : facts.ports)
      if (!port.is_read) idle_.push_back(dut_->find(region + "axi_" + port.name + ".idle"));
    reset_ = dut_->find("rst");
    taken_ = dut_->find(region + "taken");
  }

  /// Calls of the region, each with its scalars (as network_facts has them): the next one is offered as soon as all processes have taken
  /// the one before.
  void calls(const std::vector<std::vector<long long>>& all) {
    place_ports();
    const signal offered = dut_->find("offered"), taken = dut_->find("taken"), done = dut_->find("done");
    if (!was_reset_) offered.set(0);
    reset();
    for (const port_facts& port : facts_.ports) dut_->find("m_axi_" + std::string(port.name) + "_base").set(base_of(port.name));
    begin();
    for (const std::vector<long long>& scalars : all) {
      for (std::size_t i = 0; i < scalars.size(); ++i)
        dut_->find(facts_.scalars[i].name).set(static_cast<std::uint64_t>(scalars[i]));
      offered.set(1);
      cycle_until([&] { return taken.high(); });
      offered.set(0);
      cycle_until([&] { return !taken.high(); });
    }
    cycle_until([&] { return done.high(); });
    finish();
  }

  /// For a host program that drives the top's registers itself: every port sees this memory, whose byte 0 has address 0.
  void serve_host(memory& all) {
    add_top();
    for (auto& slave : slaves_) slave->place = {&all, 0};
    reset();
  }
  void host_writes(unsigned address, std::uint64_t x) {
    begin();
    write_register(address, x);
  }
  std::uint64_t host_reads(unsigned address) {
    begin();
    return read_register(address);
  }
  /// Runs until the interrupt comes, or for so many cycles; true when it has come. Throws std::runtime_error that says who waits for whom
  /// where nothing moves.
  bool host_waits(std::uint64_t cycles) {
    begin();
    const signal interrupt = dut_->find("interrupt");
    bool come = false;
    for (std::uint64_t i = 0; i < cycles && !come; ++i) cycle([&] { come = interrupt.high(); });
    return come;
  }

  /// The top function for descriptors `first` to `first + count - 1`, through its control registers.
  void top(unsigned first, unsigned count) {
    if (!was_reset_) add_top();
    place_ports();
    reset();
    begin();
    unsigned at = 0x10;
    const auto word = [&](std::uint64_t x) {
      write_register(at, x & 0xffffffffu);
      at += 4;
    };
    const auto pointer = [&](const char* port) {
      word(base_of(port));
      word(base_of(port) >> 32);
      at += 4;
    };
    pointer("descriptors");
    for (const unsigned x : {first, count}) word(x), at += 4;
    for (const port_facts& port : facts_.ports) pointer(port.name);
    status_ = at;
    write_register(time_limit_register(), options_.time_limit);
    // Of the interrupts, the one that tells of an end before the end.
    write_register(8, 4);
    write_register(4, 1);
    for (unsigned left = options_.retries; !run_to_end();) {
      const std::string why = why_it_ended();
      if (left-- == 0) throw std::runtime_error("the call has ended before its end: " + why);
      stops_.push_back(why);
      write_register(12, 4);
      for (clocked_channel* c : channels_) c->forget();
      close_call();
    }
    finish();
  }

  /// Further fields of the report.
  void report(std::ostream& out) const {
    std::uint64_t all = 0;
    out << "  \"engine\": \"" << engine_name() << "\",\n  \"calls\": [";
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      out << (i ? ", " : "") << calls_[i];
      all += calls_[i];
    }
    out << "],\n  \"ends\": [";
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      out << (i ? ", [" : "[");
      for (std::size_t k = 0; k < ends_[i].size(); ++k) out << (k ? ", " : "") << ends_[i][k];
      out << "]";
    }
    out << "],\n  \"stops\": [";
    for (std::size_t i = 0; i < stops_.size(); ++i) out << (i ? ", " : "") << '"' << stops_[i] << '"';
    out << "],\n  \"cycles\": " << all << ",\n  \"clockedCycles\": " << dut_->cycle() << ",\n  \"processes\": [";
    const char* comma = "";
    for (const clocked_process& p : processes_) {
      out << comma << "\n    {\"name\": \"" << p.name << "\", \"busy\": " << p.busy << ", \"starved\": " << p.starved
          << ", \"blocked\": " << p.blocked << ", \"waiting\": " << p.waiting << "}";
      comma = ",";
    }
    out << "\n  ],\n";
  }

 private:
  struct nothing {
    void operator()() const {}
  };

  void add_port(const std::string& name, unsigned bits, bool is_read) {
    if (is_read) slaves_.emplace_back(new axi_read_slave(*dut_, memory_, name, bits, options_));
    else slaves_.emplace_back(new axi_write_slave(*dut_, memory_, name, bits, options_));
  }
  /// What the top has in addition to the region.
  void add_top() {
    add_port("descriptors", 512, true);
    for (const char* name : {"awvalid", "wvalid", "bready", "arvalid", "rready"}) control(name).set(0);
  }
  /// Memories that nobody has placed lie far apart, so that an address that runs out of one is in none.
  std::uint64_t base_of(const std::string& port) const {
    const auto at = bench_.ports.find(port);
    if (at == bench_.ports.end()) throw std::invalid_argument("port '" + port + "' is not mapped to a memory");
    const auto placed = bench_.addresses.find(at->second.first);
    if (placed != bench_.addresses.end()) return placed->second + at->second.second;
    std::uint64_t base = 0;
    for (const auto& m : bench_.memories) {
      base += std::uint64_t(1) << 36;
      if (m.first == at->second.first) break;
    }
    return base + at->second.second;
  }
  void place_ports() {
    for (auto& slave : slaves_) {
      const std::uint64_t base = base_of(slave->name);
      const auto& place = bench_.ports.at(slave->name);
      if (place.second % slave->client.beat_bytes) throw std::invalid_argument("port '" + slave->name + "' is mapped between two of its words");
      slave->place = {bench_.memories.at(place.first).get(), base - place.second};
    }
  }

  /// Once, before the first call: as many cycles as the seed says, since stalling FIFOs draw from what they have counted in them.
  void reset() {
    if (was_reset_) return;
    was_reset_ = true;
    reset_.set(1);
    for (std::uint64_t i = 0; i < 4 + options_.seed % 1000; ++i) {
      drive();
      dut_->settle();
      dut_->edge();
    }
    reset_.set(0);
  }
  void begin() {
    for (clocked_process& p : processes_) p.started = false;
    begun_ = quiet_since_ = dut_->cycle();
    started_ = false;
  }
  void drive() {
    memory_.memory.advance(dut_->cycle());
    for (auto& slave : slaves_) slave->drive(dut_->cycle());
    for (clocked_channel* c : channels_) c->drive();
  }
  void cycle() { cycle(nothing()); }
  /// One cycle; `look` sees it settled.
  template <class Look> void cycle(Look look) {
    drive();
    dut_->settle();
    sample();
    look();
    dut_->edge();
  }
  template <class Seen> void cycle_until(Seen seen) {
    for (bool is_seen = false; !is_seen;) cycle([&] { is_seen = seen(); });
  }
  void sample() {
    const std::uint64_t now = dut_->cycle();
    bool active = false, moved = false;
    for (clocked_process& p : processes_) {
      moved |= p.sample();
      active |= p.running();
    }
    for (clocked_channel* c : channels_) moved |= c->sample();
    for (auto& slave : slaves_) {
      moved |= slave->sample(now);
      moved |= slave->pending();
    }
    for (const signal& idle : idle_) active |= !idle.high();
    if (active && !started_) {
      started_ = true;
      from_ = now - 1;
      ends_.emplace_back();
    }
    if (active) last_ = now;
    // All processes take a call when they have ended the one before.
    if (taken_.high() && !was_taken_ && started_ && is_later_) ends_.back().push_back(now - from_);
    is_later_ |= taken_.high();
    was_taken_ = taken_.high();
    if (moved) quiet_since_ = now;
    if (now - begun_ > options_.cycle_limit)
      throw std::runtime_error("cycle limit of " + std::to_string(options_.cycle_limit) + " reached: " + who_runs());
    if (now - quiet_since_ > options_.deadlock_cycles) throw std::runtime_error("deadlock: " + why());
  }
  void close_call() {
    // Where no process had anything to do, none has run.
    if (!started_) ends_.emplace_back();
    calls_.push_back(started_ ? last_ - from_ : 0);
    ends_.back().push_back(calls_.back());
    started_ = is_later_ = false;
  }
  void finish() {
    close_call();
    bench_.uses.clear();
    for (const clocked_channel* c : channels_)
      if (c->facts.where == side::inner) bench_.uses.push_back({c->name, c->facts.depth, c->highest});
  }
  std::string why() const {
    const std::string text = explain_deadlock(processes_, channels_, facts_.ports);
    return text.empty() ? "nothing moves, and the region is not done" : text;
  }
  std::string who_runs() const {
    std::string text;
    for (const clocked_process& p : processes_)
      if (p.running()) text += (text.empty() ? "'" : ", '") + p.name + "'";
    return text.empty() ? "no process runs" : "still running " + text;
  }

  unsigned time_limit_register() const { return status_ + 4; }
  unsigned stop_register() const { return status_ + 8; }
  /// Starts the call and waits for its end; true when it is the proper one.
  bool run_to_end() {
    begin();
    write_register(0, 1);
    if (options_.stop_after && stops_.empty()) {
      for (std::uint64_t i = 0; i < options_.stop_after; ++i) cycle();
      write_register(stop_register(), 1);
    }
    // Done is cleared by reading it.
    while (!(read_register(0) & 2)) {
    }
    const bool proper = read_register(status_) == 0;
    if (dut_->find("interrupt").high() == proper) throw std::runtime_error("the interrupt does not tell how the call has ended");
    return proper;
  }
  /// What the registers say of a call that has ended before its end.
  std::string why_it_ended() {
    std::vector<std::string> ports{"descriptors"}, processes;
    for (const port_facts& port : facts_.ports) ports.push_back(port.name);
    for (const char* name : facts_.processes) processes.push_back(name);
    const std::uint64_t reasons = read_register(status_);
    std::string text = reasons & 1 ? "a memory has answered with an error" : reasons & 2 ? "time limit" : "asked for";
    unsigned at = status_ + 24;
    const auto add = [&](const char* what, const std::vector<std::string>& names) {
      std::string list;
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (i % 32 == 0) word_ = read_register(at), at += 4;
        if (word_ >> (i % 32) & 1) list += " " + names[i];
      }
      if (!list.empty()) text += std::string("; ") + what + list;
    };
    add("error from port", ports);
    add("no answer yet to port", ports);
    add("not done", processes);
    return text + "; descriptors left " + std::to_string(read_register(status_ + 12));
  }

  signal control(const std::string& name) { return dut_->find("s_axi_control_" + name); }
  /// Sets valid until the slave has taken it.
  void hand_over(const std::vector<std::string>& channels) {
    std::vector<std::pair<signal, signal>> left;
    for (const std::string& c : channels) left.push_back({control(c + "valid"), control(c + "ready")});
    for (auto& one : left) one.first.set(1);
    while (!left.empty()) {
      std::vector<std::pair<signal, signal>> next, taken;
      cycle([&] {
        for (auto& one : left) (one.second.high() ? taken : next).push_back(one);
      });
      for (auto& one : taken) one.first.set(0);
      left = next;
    }
  }
  void await(const std::string& channel, const std::function<void()>& take) {
    const signal valid = control(channel + "valid"), ready = control(channel + "ready");
    ready.set(1);
    bool come = false;
    while (!come)
      cycle([&] {
        if (valid.high()) come = true, take();
      });
    ready.set(0);
  }
  void write_register(unsigned address, std::uint64_t x) {
    control("awaddr").set(address);
    control("wdata").set(x);
    control("wstrb").set(15);
    hand_over({"aw", "w"});
    await("b", [] {});
  }
  std::uint64_t read_register(unsigned address) {
    std::uint64_t x = 0;
    control("araddr").set(address);
    hand_over({"ar"});
    await("r", [&] { x = control("rdata").get(); });
    return x;
  }

  bench& bench_;
  const network_facts facts_;
  const std::vector<clocked_channel*> channels_;
  const cosim_options options_;
  std::unique_ptr<dut> dut_;
  axi_memory memory_;
  std::ofstream trace_;
  std::vector<clocked_process> processes_;
  std::vector<std::unique_ptr<axi_slave>> slaves_;
  std::vector<signal> idle_;
  signal reset_, taken_;
  bool was_reset_ = false, started_ = false;
  std::uint64_t begun_ = 0, quiet_since_ = 0, from_ = 0, last_ = 0;
  /// Of starts: their cycles, and for each call of a start where it has ended.
  std::vector<std::uint64_t> calls_;
  std::vector<std::vector<std::uint64_t>> ends_;
  bool was_taken_ = false, is_later_ = false;
  /// Address of the register that says how a call has ended, its last read word of bits, and what was read of calls that were made again.
  unsigned status_ = 0;
  std::uint64_t word_ = 0;
  std::vector<std::string> stops_;
};

/// The design of facts.cpp, running from the first call on; the bench keeps it.
clocked_network& clocked(bench& b);

#endif
