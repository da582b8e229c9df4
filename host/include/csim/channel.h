// What a stream is to the simulator, whatever its word type: a name, a planned depth, a fill, and who waits on it. Also
// the record of words left over in streams that were destroyed with words in them.
#ifndef FASTMAMBA_CSIM_CHANNEL_H
#define FASTMAMBA_CSIM_CHANNEL_H

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "failure.h"

namespace fastmamba {
namespace csim {

struct process;

/// Base of every stream. Streams are single-producer, single-consumer, as a DATAFLOW region requires.
class channel {
 public:
  explicit channel(const std::string& name, std::size_t depth) : name_(name), depth_(depth) {}
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  const std::string& name() const { return name_; }
  void set_name(const std::string& name) { name_ = name; }
  /// Planned depth in words, 0 when none was given; binding in checking mode only.
  std::size_t depth() const { return depth_; }
  void set_depth(std::size_t words) { depth_ = words; }
  /// Depth that binds in checking mode: the vendor's default of 2 where none was planned.
  std::size_t bound() const { return depth_ ? depth_ : 2; }
  /// Most words held at once, and words that crossed, since `check(true)`; both only in checking mode.
  std::size_t peak() const { return peak_; }
  std::size_t words() const { return words_; }

  virtual std::size_t size() const = 0;
  /// Enters or leaves checking mode: every access goes through the bounded path.
  virtual void check(bool on) = 0;
  /// Forgets all words, after a run that failed.
  virtual void drain() = 0;

  process* reader = nullptr;   ///< the process that reads, once it has
  process* writer = nullptr;   ///< the process that writes, once it has
  process* waiting_reader = nullptr;
  process* waiting_writer = nullptr;

 protected:
  ~channel() = default;
  std::string name_;
  std::size_t depth_;
  std::size_t peak_ = 0, words_ = 0;
};

/// Streams destroyed with words in them. A run or `finish()` turns them into a failure; a program that asks for neither
/// still ends with status 1.
class leftover_record {
 public:
  static leftover_record& get() {
    static leftover_record record;
    return record;
  }
  void add(const std::string& line) { lines_.push_back(line); }
  /// Takes the lines away, joined; empty when there are none.
  std::string take() {
    std::string all;
    for (const std::string& line : lines_) all += (all.empty() ? "" : "; ") + line;
    lines_.clear();
    return all;
  }
  ~leftover_record() {
    if (lines_.empty()) return;
    std::fprintf(stderr, "csim: %s\n", take().c_str());
    std::fflush(nullptr);
    std::_Exit(1);
  }

 private:
  std::vector<std::string> lines_;
};

inline std::string leftover_line(const std::string& name, std::size_t count) {
  return "channel '" + name + "': " + std::to_string(count) + (count == 1 ? " word" : " words") + " left over";
}

}  // namespace csim
}  // namespace fastmamba

#endif
