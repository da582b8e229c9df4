// A dataflow region as the testbench sees it: the processes in the order of the emitted top function, and the channels
// between them with their planned depths. It runs them one after the other with unbounded streams, or concurrently with
// bounded ones; both give the same words, and a word left over is a failure in both.
#ifndef FASTMAMBA_CSIM_REGION_H
#define FASTMAMBA_CSIM_REGION_H

#include "../hls_stream.h"

namespace fastmamba {
namespace csim {

enum class mode { sequential, checking };

/// How a channel was used in checking mode: most words held at once against the planned depth, and words that crossed.
struct channel_use {
  std::string name;
  std::size_t depth, peak, words;
};

class region {
 public:
  /// Adds a process: `r.process("rms_norm", [&] { rms_norm(a, b, c); });`
  void process(const std::string& name, std::function<void()> body) { processes_.emplace_back(name, std::move(body)); }

  /// Adds a channel of the region, under its name in messages and with its planned depth in words.
  template <class T> void channel(hls::stream<T>& s, const std::string& name, std::size_t depth) {
    s.set_name(name);
    s.set_depth(depth);
    channels_.push_back(&s);
  }

  /// Address space for each process's locals in checking mode; 64 MiB unless set.
  void stack_bytes(std::size_t bytes) { stack_bytes_ = (bytes + 4095) / 4096 * 4096; }

  /// Runs every process once. Throws `failure`: a read past the end, a deadlock with who waits on what, or the words
  /// left over, channel by channel. After a failure the channels are empty again.
  void run(mode how) {
    try {
      if (how == mode::sequential)
        run_sequential();
      else
        run_checking();
    } catch (...) {
      for (csim::channel* c : channels_) c->drain();
      throw;
    }
    std::string left = leftover_record::get().take();
    for (csim::channel* c : channels_) {
      if (c->size()) left += (left.empty() ? "" : "; ") + leftover_line(c->name(), c->size());
      c->drain();
    }
    if (!left.empty()) fail(left);
  }

  /// Use of each channel in the last checking run, in the order they were added.
  const std::vector<channel_use>& uses() const { return uses_; }

 private:
  void run_sequential() {
    for (auto& p : processes_) {
      try {
        p.second();
      } catch (const failure& f) {
        fail("process '" + p.first + "': " + f.what());
      }
    }
  }
  void run_checking() {
    scheduler s(stack_bytes_);
    for (auto& p : processes_) s.add(p.first, p.second);
    for (csim::channel* c : channels_) c->check(true);
    try {
      s.run();
    } catch (...) {
      end_checking();
      throw;
    }
    end_checking();
  }
  void end_checking() {
    uses_.clear();
    for (csim::channel* c : channels_) {
      uses_.push_back({c->name(), c->bound(), c->peak(), c->words()});
      c->check(false);
    }
  }

  std::vector<std::pair<std::string, std::function<void()>>> processes_;
  std::vector<csim::channel*> channels_;
  std::vector<channel_use> uses_;
  std::size_t stack_bytes_ = std::size_t(64) << 20;
};

/// `tap<T>(s, [&](const T& word) {...})` sees every word written to `s`, in order. Returns whether these headers can.
template <class T> bool tap(hls::stream<T>& s, std::function<void(const T&)> seen) {
  s.tap(std::move(seen));
  return true;
}

/// To be called at the end of a testbench that runs the top function directly: fails if a stream inside was destroyed
/// with words in it.
inline void finish() {
  const std::string left = leftover_record::get().take();
  if (!left.empty()) fail(left);
}

}  // namespace csim
}  // namespace fastmamba

#endif
