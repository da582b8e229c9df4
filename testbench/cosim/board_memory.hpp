// The board's memory as the ports see it: one flat address space whose 4 KiB pages alternate between the DDR3 channels (docs/memory.md). Bursts of
// a port are answered in the order in which they were asked for. The plan has the same in TypeScript (src/plan/board/paged-memory.ts).
#ifndef FASTMAMBA_TESTBENCH_BOARD_MEMORY_HPP
#define FASTMAMBA_TESTBENCH_BOARD_MEMORY_HPP

#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <ostream>
#include <vector>

#include "ddr3.hpp"

class board_memory;

/// One port's requests. Cycles are those of the kernel.
class memory_client {
 public:
  memory_client(unsigned beat_bytes, bool is_read) : beat_bytes(beat_bytes), is_read(is_read) {}
  memory_client(const memory_client&) = delete;
  memory_client& operator=(const memory_client&) = delete;

  /// Beats that memory has read or stored since the port looked last; the port takes them off.
  std::size_t served = 0;
  /// Whether anything asked for is still to be served.
  bool waiting() const { return !bursts_.empty(); }

  const unsigned beat_bytes;
  const bool is_read;

 private:
  friend class board_memory;
  /// Within one page, and so in one channel.
  struct burst : channel_request {
    memory_client* client;
    std::uint64_t beats, skipped, ready, done = 0, served = 0;
  };
  /// All whose beats are not all served, in order; by channel, those that wait for it.
  std::deque<std::unique_ptr<burst>> bursts_;
  std::vector<std::deque<burst*>> queues_;
};

class board_memory {
 public:
  static const std::uint64_t page_bytes = 4096;

  /// `slow`: so many times slower, a whole number above 0.
  explicit board_memory(const memory_timing& timing, unsigned slow = 1)
      : timing_(timing), memory_ticks_(timing.memory_ticks * slow), due_(timing.kernel_ticks) {
    for (unsigned i = 0; i < timing.channels; ++i) seats_.emplace_back(new seat(i, timing_, clients_));
  }
  board_memory(const board_memory&) = delete;
  board_memory& operator=(const board_memory&) = delete;

  /// From now on every burst is written to `out` when the memory sees it, a line each: kernel cycle, R or W, address, bytes.
  void trace(std::ostream& out) { trace_ = &out; }

  /// Before the first cycle, in the order in which the ports take turns. The client must live as long as it has requests.
  void add(memory_client& client) {
    client.queues_.resize(timing_.channels);
    clients_.push_back(&client);
  }

  /// A burst of `beats` words from byte `address` on, within a page. The memory sees it in cycle `ready`.
  void ask(memory_client& client, std::uint64_t address, std::uint64_t beats, std::uint64_t ready) {
    const std::uint64_t page = address / page_bytes, local = page / timing_.channels * page_bytes + address % page_bytes;
    const std::size_t channel = std::size_t(page % timing_.channels);
    std::unique_ptr<memory_client::burst> b(new memory_client::burst);
    b->is_read = client.is_read;
    b->first_access = local / timing_.access_bytes;
    b->accesses = (local + beats * client.beat_bytes + timing_.access_bytes - 1) / timing_.access_bytes - b->first_access;
    b->client = &client;
    b->beats = beats;
    b->skipped = local % timing_.access_bytes;
    b->ready = ready;
    if (trace_) coming_.insert({ready, {client.is_read, address, beats * client.beat_bytes}});
    client.queues_[channel].push_back(b.get());
    client.bursts_.push_back(std::move(b));
    seats_[channel]->comes(ready);
  }

  /// Works through all cycles up to `now`.
  void advance(std::uint64_t now) {
    for (; next_ <= now; ++next_) {
      due_ -= timing_.kernel_ticks;
      for (; due_ <= 0; due_ += memory_ticks_) {
        for (auto& s : seats_) s->step(memory_cycle_, next_);
        ++memory_cycle_;
      }
    }
    for (; !coming_.empty() && coming_.begin()->first <= now; coming_.erase(coming_.begin())) {
      const traced& t = coming_.begin()->second;
      *trace_ << std::dec << coming_.begin()->first << (t.is_read ? " R 0x" : " W 0x") << std::hex << t.address << std::dec << ' ' << t.bytes << '\n';
    }
  }

 private:
  /// A channel and the ports before it, which take turns by bursts.
  class seat : public channel_client {
   public:
    seat(std::size_t index, const memory_timing& timing, const std::vector<memory_client*>& clients)
        : index_(index), access_bytes_(timing.access_bytes), clients_(clients), channel_(timing, *this) {}

    void comes(std::uint64_t ready) { comes_at_ = std::min(comes_at_, ready); }
    void step(std::int64_t memory_cycle, std::uint64_t now) {
      if (memory_cycle < channel_.wake_at() && !(comes_at_ <= now && channel_.wants())) return;
      now_ = now;
      channel_.step(memory_cycle);
    }

    channel_request* next() override {
      if (now_ < comes_at_) return nullptr;
      std::uint64_t soonest = std::numeric_limits<std::uint64_t>::max();
      for (std::size_t i = 0; i < clients_.size(); ++i) {
        const std::size_t at = (turn_ + i) % clients_.size();
        auto& queue = clients_[at]->queues_[index_];
        if (queue.empty()) continue;
        if (queue.front()->ready <= now_) {
          channel_request* const found = queue.front();
          queue.pop_front();
          turn_ = at + 1;
          return found;
        }
        soonest = std::min(soonest, queue.front()->ready);
      }
      // Nobody waits: the first port is the first one again.
      if (soonest == std::numeric_limits<std::uint64_t>::max()) turn_ = 0;
      comes_at_ = soonest;
      return nullptr;
    }
    void done(channel_request& request) override {
      auto& b = static_cast<memory_client::burst&>(request);
      ++b.done;
      memory_client& client = *b.client;
      if (client.bursts_.front().get() != &b) return;
      while (!client.bursts_.empty()) {
        memory_client::burst& first = *client.bursts_.front();
        const std::uint64_t bytes = first.done * access_bytes_;
        const std::uint64_t beats = bytes < first.skipped ? 0 : std::min(first.beats, (bytes - first.skipped) / client.beat_bytes);
        client.served += std::size_t(beats - first.served);
        first.served = beats;
        if (beats < first.beats) return;
        client.bursts_.pop_front();
      }
    }

   private:
    const std::size_t index_;
    const std::uint64_t access_bytes_;
    const std::vector<memory_client*>& clients_;
    ddr3_channel channel_;
    std::size_t turn_ = 0;
    /// No port has a burst that can be seen before this cycle of the kernel.
    std::uint64_t comes_at_ = std::numeric_limits<std::uint64_t>::max(), now_ = 0;
  };

  const memory_timing timing_;
  const std::int64_t memory_ticks_;
  std::vector<memory_client*> clients_;
  std::vector<std::unique_ptr<seat>> seats_;
  /// The next cycle of the kernel; the controllers' next one, and how long after the present cycle of the kernel it comes.
  std::uint64_t next_ = 0;
  std::int64_t memory_cycle_ = 0, due_;
  struct traced {
    bool is_read;
    std::uint64_t address, bytes;
  };
  /// Bursts to be written, by the cycle in which the memory sees them.
  std::multimap<std::uint64_t, traced> coming_;
  std::ostream* trace_ = nullptr;
};

#endif
