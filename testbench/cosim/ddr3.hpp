// The board's memory as the ports see it: DDR3 channels that deliver so many bytes a cycle. Every port asks one channel. A channel serves
// one request at a time, whole bursts of reads and what has come of writes, taking turns between the ports that have something waiting;
// a request waits its latency (and a seeded few cycles more) before it can be served, latencies of several requests overlap.
#ifndef FASTMAMBA_TESTBENCH_DDR3_HPP
#define FASTMAMBA_TESTBENCH_DDR3_HPP

#include <algorithm>
#include <deque>
#include <vector>

#include "options.hpp"
#include "random.hpp"

/// One port's requests. Time is in cycles.
class ddr3_client {
 public:
  ddr3_client(unsigned beat_bytes, bool is_read) : beat_bytes(beat_bytes), is_read(is_read) {}

  /// Beats that memory has served and the port has not taken yet.
  std::size_t served = 0;
  /// Whether anything asked for is still to be served.
  bool waiting() const { return !queue_.empty(); }
  /// Beats still to be served.
  std::size_t unserved() const { return unserved_; }

  const unsigned beat_bytes;
  const bool is_read;

 private:
  friend class ddr3;
  struct request {
    double ready;
    std::size_t beats;
  };
  std::deque<request> queue_;
  std::size_t unserved_ = 0;
};

class ddr3 {
 public:
  explicit ddr3(const cosim_options& options)
      : options_(options), channels_(options.channels), random_(options.seed ^ 0x6d656d6f7279u),
        cost_(options.slow / (options.bytes_per_cycle * options.efficiency)) {}

  void add(ddr3_client& client, unsigned channel) { channels_[channel % channels_.size()].clients.push_back(&client); }

  /// A request of `beats` beats accepted in cycle `now`.
  void ask(ddr3_client& client, std::size_t beats, std::uint64_t now) {
    if (options_.ideal) {
      client.served += beats;
      return;
    }
    // A write is stored from the next cycle on; its latency is that of the acknowledgement.
    const double wait = client.is_read ? options_.latency + (options_.jitter ? random_.upto(options_.jitter) : 0) : 1;
    client.queue_.push_back({double(now) + wait, beats});
    client.unserved_ += beats;
  }

  /// Serves what can be had by cycle `now`.
  void advance(std::uint64_t now) {
    if (options_.ideal) return;
    for (channel& c : channels_)
      while (serve(c, double(now))) {
      }
  }

 private:
  struct channel {
    std::vector<ddr3_client*> clients;
    std::size_t turn = 0;
    ddr3_client* current = nullptr;
    double free = 0;
    /// Beats that the present port has written without a pause.
    unsigned run = 0;
  };

  /// One beat; false when none can be served by `now`.
  bool serve(channel& c, double now) {
    if (!c.current && !choose(c, now)) return false;
    ddr3_client& client = *c.current;
    ddr3_client::request& request = client.queue_.front();
    const double at = std::max(c.free + client.beat_bytes * cost_, request.ready);
    if (at > now) return false;
    c.free = at;
    ++client.served;
    --client.unserved_;
    if (--request.beats == 0) {
      client.queue_.pop_front();
      // Beats written one after the other are one request to the memory.
      const bool more = !client.is_read && ++c.run < 64 && !client.queue_.empty() && client.queue_.front().ready <= now;
      if (!more) c.current = nullptr, c.run = 0;
    }
    return true;
  }
  bool choose(channel& c, double now) {
    for (std::size_t i = 0; i < c.clients.size(); ++i) {
      const std::size_t at = (c.turn + i) % c.clients.size();
      ddr3_client& client = *c.clients[at];
      if (client.queue_.empty() || client.queue_.front().ready > now) continue;
      c.current = &client;
      c.turn = at + 1;
      return true;
    }
    return false;
  }

  const cosim_options options_;
  std::vector<channel> channels_;
  random_bits random_;
  const double cost_;
};

#endif
