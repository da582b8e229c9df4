// One DDR3 channel and its controller (docs/memory.md): four bank machines that each hold a burst of eight, rows that stay open as long as a
// waiting burst hits them, refresh first. The plan has the same in TypeScript (src/plan/board/ddr3-channel.ts); a property test holds the two equal.
#ifndef FASTMAMBA_TESTBENCH_DDR3_HPP
#define FASTMAMBA_TESTBENCH_DDR3_HPP

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <vector>

/// Sizes and times of one channel. A cycle is one of the memory controller but where the name says otherwise.
struct memory_timing {
  unsigned channels;
  /// Bytes of a burst of eight, and of an open row.
  std::uint64_t access_bytes, row_bytes;
  unsigned banks;
  /// Kernel cycles from a port to the controller and back.
  unsigned latency_cycles;
  /// Length of a cycle of the kernel, and of one of the memory controller, in one unit.
  std::int64_t kernel_ticks, memory_ticks;
  std::int64_t tRCD, tRP, tRAS, tRC, tRRD, tFAW, tCCD, tRTP, tRTW;
  /// From a write to a read, from a write to the precharge of its bank, from a read to the end of its data.
  std::int64_t write_to_read, write_to_precharge, read_data;
  std::int64_t tRFC, tREFI;
};

/// A request of a port to a channel: bursts of eight that follow each other.
struct channel_request {
  bool is_read = true;
  /// Number of the first one in its channel, and how many.
  std::uint64_t first_access = 0, accesses = 0;
};

/// Gives the channel its requests, and is told when they are done.
class channel_client {
 public:
  virtual ~channel_client() {}
  /// The next request in turn that has come, or null. It lives until its last burst is done.
  virtual channel_request* next() = 0;
  /// One more burst of eight has its data at the controller, or is written. Reads are told in the order in which they came.
  virtual void done(channel_request& request) = 0;
};

class ddr3_channel {
 public:
  ddr3_channel(const memory_timing& timing, channel_client& client)
      : timing_(timing), client_(client), banks_(timing.banks), refresh_at_(timing.tREFI / 2), accesses_of_row_(timing.row_bytes / timing.access_bytes) {}

  /// One cycle of the controller, from 0. Cycles may be left out before `wake_at()` while no request comes.
  void step(std::int64_t cycle) {
    while (cycle >= refresh_at_) refresh(refresh_at_);
    bool moved = give_back(cycle);
    if (take()) moved = true;
    if (column(cycle)) moved = true;
    if (activate(cycle)) moved = true;
    wake_at_ = moved ? cycle + 1 : next_event(cycle);
  }
  /// Nothing happens before this cycle unless a request comes.
  std::int64_t wake_at() const { return wake_at_; }
  /// Whether it can take a request.
  bool wants() const { return !current_ && machines_.size() < bank_machines; }

 private:
  static const std::size_t bank_machines = 4;
  /// Bursts that may overtake the oldest one before it has its turn (STARVE_LIMIT, 2 in the controllers that MIG writes, times the bank machines).
  static const unsigned most_overtaken = 8;

  struct bank {
    /// The open row, or -1; the first cycle for a column command, a precharge, an activate.
    std::int64_t open_row = -1, column_at = 0, precharge_at = 0, activate_at = 0;
  };
  struct access {
    channel_request* request;
    /// Row and bank in one number: the bank is what is left over the banks.
    std::int64_t row;
    std::size_t bank;
    bool is_read;
    /// Which read it is, counted from the first.
    std::uint64_t read_number;
  };
  struct returning {
    channel_request* request;
    std::int64_t done_at;
  };

  /// All rows are closed, then all banks are refreshed.
  void refresh(std::int64_t due) {
    std::int64_t start = due;
    for (const bank& b : banks_) {
      const std::int64_t from = b.open_row >= 0 ? std::max(due, b.precharge_at) : b.precharge_at;
      start = std::max(start, from + timing_.tRP);
    }
    for (bank& b : banks_) {
      b.open_row = -1;
      b.activate_at = start + timing_.tRFC;
    }
    refresh_at_ += timing_.tREFI;
  }
  bool give_back(std::int64_t cycle) {
    bool moved = false;
    while (!returns_.empty() && returns_.front().done_at <= cycle) {
      channel_request& request = *returns_.front().request;
      returns_.pop_front();
      ++first_return_;
      client_.done(request);
      moved = true;
    }
    return moved;
  }
  /// A burst of the present request to a free bank machine.
  bool take() {
    if (machines_.size() == bank_machines) return false;
    if (!current_) current_ = client_.next();
    if (!current_) return false;
    const std::uint64_t row = (current_->first_access + taken_) / accesses_of_row_;
    machines_.push_back({current_, std::int64_t(row), std::size_t(row % timing_.banks), current_->is_read, first_return_ + returns_.size()});
    if (current_->is_read) returns_.push_back({current_, std::numeric_limits<std::int64_t>::max()});
    if (++taken_ == current_->accesses) current_ = nullptr, taken_ = 0;
    return true;
  }
  /// The oldest read or write that can be made: bursts of a bank keep their order, and so do writes.
  bool column(std::int64_t cycle) {
    const std::size_t most = overtaken_ == most_overtaken ? std::min<std::size_t>(1, machines_.size()) : machines_.size();
    for (std::size_t i = 0; i < most; ++i) {
      const access a = machines_[i];
      bank& b = banks_[a.bank];
      if (b.open_row != a.row || cycle < b.column_at || cycle < (a.is_read ? read_at_ : write_at_) || must_follow(i)) continue;
      machines_.erase(machines_.begin() + std::ptrdiff_t(i));
      overtaken_ = i == 0 ? 0 : overtaken_ + 1;
      if (a.is_read) {
        read_at_ = cycle + timing_.tCCD;
        write_at_ = std::max(write_at_, cycle + timing_.tRTW);
        b.precharge_at = std::max(b.precharge_at, cycle + timing_.tRTP);
        returns_[std::size_t(a.read_number - first_return_)].done_at = cycle + timing_.read_data;
      } else {
        write_at_ = cycle + timing_.tCCD;
        read_at_ = std::max(read_at_, cycle + timing_.write_to_read);
        b.precharge_at = std::max(b.precharge_at, cycle + timing_.write_to_precharge);
        client_.done(*a.request);
      }
      close_unless_hit(a);
      return true;
    }
    return false;
  }
  /// Whether an older burst must come before that of machine `i`.
  bool must_follow(std::size_t i) const {
    const access& a = machines_[i];
    for (std::size_t k = 0; k < i; ++k)
      if (machines_[k].bank == a.bank || (!machines_[k].is_read && !a.is_read)) return true;
    return false;
  }
  /// A row stays open if the next burst of its bank hits it.
  void close_unless_hit(const access& last) {
    for (const access& a : machines_)
      if (a.bank == last.bank) {
        if (a.row == last.row) return;
        break;
      }
    bank& b = banks_[last.bank];
    b.open_row = -1;
    b.activate_at = std::max(b.activate_at, b.precharge_at + timing_.tRP);
  }
  /// The row of the oldest burst whose bank has none open.
  bool activate(std::int64_t cycle) {
    if (cycle < any_activate_at_ || cycle < fourth_activate()) return false;
    for (const access& a : machines_) {
      bank& b = banks_[a.bank];
      if (b.open_row >= 0 || cycle < b.activate_at) continue;
      b.open_row = a.row;
      b.column_at = cycle + timing_.tRCD;
      b.precharge_at = cycle + timing_.tRAS;
      b.activate_at = cycle + timing_.tRC;
      any_activate_at_ = cycle + timing_.tRRD;
      activates_.push_back(cycle);
      if (activates_.size() > 4) activates_.pop_front();
      return true;
    }
    return false;
  }
  /// The first cycle for one activate more after the last four.
  std::int64_t fourth_activate() const { return activates_.size() < 4 ? 0 : activates_.front() + timing_.tFAW; }

  /// In a cycle in which nothing happened: the first one in which something can.
  std::int64_t next_event(std::int64_t cycle) const {
    std::int64_t next = refresh_at_;
    const auto at = [&](std::int64_t event) {
      if (event > cycle && event < next) next = event;
    };
    if (!returns_.empty()) at(returns_.front().done_at);
    for (const access& a : machines_) {
      const bank& b = banks_[a.bank];
      if (b.open_row == a.row) at(std::max(b.column_at, a.is_read ? read_at_ : write_at_));
      else if (b.open_row < 0) at(std::max({b.activate_at, any_activate_at_, fourth_activate()}));
    }
    return next;
  }

  const memory_timing timing_;
  channel_client& client_;
  std::vector<bank> banks_;
  /// Bursts in the bank machines, oldest first; reads whose data has not gone back, oldest first, and the number of the first of them.
  std::vector<access> machines_;
  std::deque<returning> returns_;
  std::uint64_t first_return_ = 0;
  channel_request* current_ = nullptr;
  std::uint64_t taken_ = 0;
  unsigned overtaken_ = 0;
  std::int64_t read_at_ = 0, write_at_ = 0, any_activate_at_ = 0;
  std::deque<std::int64_t> activates_;
  std::int64_t refresh_at_, wake_at_ = 0;
  const std::uint64_t accesses_of_row_;
};

#endif
