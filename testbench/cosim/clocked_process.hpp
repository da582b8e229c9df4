// What each process does with its cycles: works or waits. When nothing moves any more, a sentence that says why.
#ifndef FASTMAMBA_TESTBENCH_CLOCKED_PROCESS_HPP
#define FASTMAMBA_TESTBENCH_CLOCKED_PROCESS_HPP

#include <set>
#include <string>
#include <vector>

#include "clocked_channel.hpp"

class clocked_process {
 public:
  explicit clocked_process(const char* name) : name(name) {}
  const std::string name;
  std::uint64_t busy = 0, starved = 0, blocked = 0, waiting = 0;
  /// In this call.
  bool started = false;

  void attach(dut& d, const std::string& region) {
    const std::string path = region + "u_" + name + ".";
    running_ = d.find(path + "running");
    moving_ = d.find(path + "en");
    lacks_word_ = d.find(path + "lacks_word");
    lacks_room_ = d.find(path + "lacks_room");
    lacks_memory_ = d.find(path + "lacks_memory");
  }
  bool running() const { return running_.high(); }
  // It waits for the first of these that it lacks.
  bool is_starved() const { return running() && lacks_word_.high(); }
  bool is_blocked() const { return running() && !lacks_word_.high() && lacks_room_.high(); }
  bool is_waiting() const { return running() && !lacks_word_.high() && !lacks_room_.high() && lacks_memory_.high(); }

  /// In the settled cycle. True when its pipeline moves. Throws unless it does exactly one thing.
  bool sample() {
    if (!running()) return false;
    started = true;
    const bool moves = moving_.high();
    if (moves + is_starved() + is_blocked() + is_waiting() != 1)
      throw std::runtime_error("process '" + name + "': not exactly one of moving, starved, blocked and waiting for memory");
    busy += moves;
    starved += is_starved();
    blocked += is_blocked();
    waiting += is_waiting();
    return moves;
  }

 private:
  signal running_, moving_, lacks_word_, lacks_room_, lacks_memory_;
};

/// Why nothing moves: the processes of a cycle of waits where there is one, else all that wait, and those that do not run.
inline std::string explain_deadlock(const std::vector<clocked_process>& processes, const std::vector<clocked_channel*>& channels,
                                    const std::vector<port_facts>& ports) {
  struct wait {
    std::string text, on;
  };
  const auto lost = [](const clocked_channel& c) {
    return c.fill ? ", which lost " + std::to_string(c.fill) + " of the words written" : std::string();
  };
  const auto waits_of = [&](const clocked_process& p) {
    std::vector<wait> waits;
    for (const clocked_channel* c : channels) {
      const std::string place = "channel '" + c->name + "' (depth " + std::to_string(c->facts.depth) + ")";
      if (p.is_starved() && p.name == c->facts.reader && c->empty())
        waits.push_back({"'" + p.name + "' reads empty " + place + lost(*c), c->facts.writer});
      if (p.is_blocked() && p.name == c->facts.writer && c->full())
        waits.push_back({"'" + p.name + "' writes full " + place, c->facts.reader});
    }
    if (p.is_waiting())
      for (const port_facts& port : ports)
        if (p.name == port.process) waits.push_back({"'" + p.name + "' waits for port '" + port.name + "'", ""});
    return waits;
  };
  const auto index_of = [&](const std::string& name) {
    std::size_t i = 0;
    while (i < processes.size() && processes[i].name != name) ++i;
    return i;
  };
  // Depth first along the waits; a process met again on the way closes a cycle.
  std::vector<std::string> way, found;
  std::vector<std::size_t> on_way;
  std::vector<bool> seen(processes.size());
  const std::function<bool(std::size_t)> follow = [&](std::size_t i) {
    for (std::size_t at = 0; at < on_way.size(); ++at)
      if (on_way[at] == i) return found.assign(way.begin() + std::ptrdiff_t(at), way.end()), true;
    if (seen[i]) return false;
    seen[i] = true;
    on_way.push_back(i);
    for (const wait& w : waits_of(processes[i])) {
      const std::size_t next = index_of(w.on);
      if (next == processes.size()) continue;
      way.push_back(w.text);
      if (follow(next)) return true;
      way.pop_back();
    }
    on_way.pop_back();
    return false;
  };
  for (std::size_t i = 0; i < processes.size() && found.empty(); ++i) follow(i);
  std::string text;
  const auto add = [&](const std::string& one) { text += (text.empty() ? "" : ", ") + one; };
  if (!found.empty()) {
    for (const std::string& one : found) add(one);
    return text;
  }
  std::set<std::string> awaited;
  for (const clocked_process& p : processes)
    for (const wait& w : waits_of(p)) add(w.text), awaited.insert(w.on);
  for (const clocked_process& p : processes)
    if (!p.running() && awaited.count(p.name)) add("'" + p.name + (p.started ? "' has ended" : "' has not started"));
  return text;
}

#endif
