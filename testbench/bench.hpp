// What the testbench knows while it runs a script: memories, what each port is mapped to, and for each channel the words to feed and
// the words to expect. Comparison is word for word; of each channel the first difference is kept with its lane and both values.
#ifndef FASTMAMBA_TESTBENCH_BENCH_HPP
#define FASTMAMBA_TESTBENCH_BENCH_HPP

#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "fastmamba_csim.h"
#include "memory.hpp"
#include "words.hpp"

/// Where the first wrong word of a channel was.
struct mismatch {
  std::size_t call, word, lane;
  std::string expected, found;
};

/// One channel's comparison, whatever its words are.
class watched {
 public:
  watched(const char* name, const char* process, std::size_t lanes, std::size_t lane_bytes, bool is_signed)
      : name(name), process(process), lanes(lanes), lane_bytes(lane_bytes), is_signed(is_signed), buffer_(word_bytes()) {}
  virtual ~watched() {}
  std::size_t word_bytes() const { return lanes * lane_bytes; }

  const std::string name, process;
  const std::size_t lanes, lane_bytes;
  const bool is_signed;
  std::size_t words = 0, mismatches = 0;
  std::unique_ptr<mismatch> first;

  /// Words of the next call, as bytes. An inner channel without expected words is not looked at.
  void expect(std::vector<unsigned char> bytes) {
    expected_.insert(expected_.end(), bytes.begin(), bytes.end());
    expecting_ = true;
  }
  /// Also writes the words of the next call, if they are looked at, to a file: as bytes, one after the other.
  void record(const std::string& path) { record_ = path; }
  void feed(std::vector<unsigned char> bytes) { fed_.insert(fed_.end(), bytes.begin(), bytes.end()); }

  /// Before a call. `inner_streams`: whether the words of inner channels can be seen in it.
  virtual void begin(std::size_t call, bool inner_streams) = 0;
  /// After a call: words that did not come are mismatches too.
  virtual void end() = 0;

 protected:
  void compare(const unsigned char* found) {
    const std::size_t bytes = word_bytes(), at = seen_ * bytes;
    ++seen_;
    ++words;
    if (!record_.empty()) recorded_.insert(recorded_.end(), found, found + bytes);
    if (at + bytes > expected_.size()) return differ(0, "no word", value(found, 0));
    if (std::memcmp(found, expected_.data() + at, bytes) == 0) return;
    std::size_t lane = 0;
    while (std::memcmp(found + lane * lane_bytes, expected_.data() + at + lane * lane_bytes, lane_bytes) == 0) ++lane;
    differ(lane, value(expected_.data() + at, lane), value(found, lane));
  }
  void finish_compare() {
    const std::size_t due = word_bytes() ? expected_.size() / word_bytes() : 0;
    if (expecting_ && seen_ < due) {
      words += due - seen_;
      const unsigned char* next = expected_.data() + seen_ * word_bytes();
      ++seen_;
      differ(0, value(next, 0), "no word");
      mismatches += due - seen_;
    }
    expected_.clear();
    seen_ = 0;
    expecting_ = false;
    write_record();
  }
  unsigned char* buffer() { return buffer_.data(); }

  std::vector<unsigned char> expected_, fed_;
  std::size_t seen_ = 0, call_ = 0;
  bool expecting_ = false;

 private:
  void differ(std::size_t lane, const std::string& expected, const std::string& found) {
    ++mismatches;
    if (!first) first.reset(new mismatch{call_, seen_ - 1, lane, expected, found});
  }
  void write_record() {
    if (record_.empty()) return;
    std::ofstream out(record_, std::ios::binary);
    out.write(reinterpret_cast<const char*>(recorded_.data()), std::streamsize(recorded_.size()));
    if (!out.flush()) throw std::runtime_error("cannot write the words of channel '" + name + "' to '" + record_ + "'");
    record_.clear();
    recorded_.clear();
  }
  std::string value(const unsigned char* word, std::size_t lane) const {
    std::uint64_t x = 0;
    std::memcpy(&x, word + lane * lane_bytes, lane_bytes);
    const unsigned spare = unsigned(64 - 8 * lane_bytes);
    if (is_signed) return std::to_string(std::int64_t(x << spare) >> spare);
    return std::to_string(x);
  }
  std::vector<unsigned char> buffer_, recorded_;
  std::string record_;
};

/// An inner channel: its words are seen as they are written, where the header set can do that.
template <class Word> class inner_stream : public watched {
  typedef codec<Word> form;

 public:
  inner_stream(hls::stream<Word>& s, const char* name, const char* process)
      : watched(name, process, form::lanes, form::lane_bytes, form::is_signed), stream_(s) {}
  void begin(std::size_t call, bool inner_streams) override {
    call_ = call;
    tapped_ = expecting_ && inner_streams && fastmamba::csim::tap(stream_, std::function<void(const Word&)>([this](const Word& word) {
                form::put(word, buffer());
                compare(buffer());
              }));
    if (!tapped_) expecting_ = false, expected_.clear();
  }
  void end() override {
    if (tapped_) fastmamba::csim::tap(stream_, std::function<void(const Word&)>());
    finish_compare();
  }

 private:
  hls::stream<Word>& stream_;
  bool tapped_ = false;
};

/// A stream at the boundary is filled before the call and emptied after it: no depth binds it, and it outlives the region's run.
template <class Word> class boundary_stream : public watched {
 protected:
  typedef codec<Word> form;
  boundary_stream(hls::stream<Word>& s, const char* name, const char* process)
      : watched(name, process, form::lanes, form::lane_bytes, form::is_signed), stream_(s) {
    FASTMAMBA_STREAM_DEPTH(stream_, std::size_t(1) << 40);
  }
  void leave_region() {
#ifdef FASTMAMBA_HLS_STREAM_H
    stream_.check(false);
#endif
  }
  hls::stream<Word>& stream_;
};

template <class Word> class input_stream : public boundary_stream<Word> {
 public:
  input_stream(hls::stream<Word>& s, const char* name, const char* process) : boundary_stream<Word>(s, name, process) {}
  void begin(std::size_t, bool) override {
    for (std::size_t at = 0; at + this->word_bytes() <= this->fed_.size(); at += this->word_bytes()) {
      Word word;
      codec<Word>::get(word, this->fed_.data() + at);
      this->stream_.write(word);
    }
  }
  void end() override {
    this->leave_region();
    this->fed_.clear();
    if (!this->stream_.empty()) throw std::runtime_error("channel '" + this->name + "': words left over");
  }
};

template <class Word> class output_stream : public boundary_stream<Word> {
 public:
  output_stream(hls::stream<Word>& s, const char* name, const char* process) : boundary_stream<Word>(s, name, process) {}
  void begin(std::size_t call, bool) override { this->call_ = call; }
  void end() override {
    this->leave_region();
    while (!this->stream_.empty()) {
      codec<Word>::put(this->stream_.read(), this->buffer());
      this->compare(this->buffer());
    }
    this->finish_compare();
  }
};

class bench {
 public:
  /// A channel of the network, as one of the classes above.
  void channel(watched* c) { channels.emplace_back(c); }
  /// The array that a port of the kernel is given.
  template <int bits> ap_uint<bits>* port(const char* name) {
    const auto at = ports.find(name);
    if (at == ports.end()) throw std::invalid_argument(std::string("port '") + name + "' is not mapped to a memory");
    return memories.at(at->second.first)->words<bits>(at->second.second);
  }

  std::vector<std::unique_ptr<watched>> channels;
  std::map<std::string, std::unique_ptr<memory>> memories;
  /// Where memories lie on the board, as far as the script says it.
  std::map<std::string, std::uint64_t> addresses;
  std::map<std::string, std::pair<std::string, std::size_t>> ports;
  fastmamba::csim::mode mode = fastmamba::csim::mode::sequential;
  /// Most words each inner channel held, of its planned depth; known in checking mode.
  std::vector<fastmamba::csim::channel_use> uses;
  /// Adds fields of its own to the report: whole lines, each value with its comma.
  std::function<void(std::ostream&)> more;
};

#endif
