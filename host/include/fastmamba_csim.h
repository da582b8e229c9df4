// What the emitted project may say to a C simulator, whoever's headers it is compiled with. With this header set: planned
// depths, regions that run sequentially or concurrently, taps. With the vendor's ap_int.h and hls_stream.h (this file
// needs no other of ours then): the same calls, sequential, depths without effect. In synthesis: nothing.
#ifndef FASTMAMBA_CSIM_H
#define FASTMAMBA_CSIM_H

#include "hls_stream.h"

#if defined(FASTMAMBA_HLS_STREAM_H)

#include "csim/region.h"
/// Says in C++ what `#pragma HLS STREAM variable=s depth=n` says to the synthesizer.
#define FASTMAMBA_STREAM_DEPTH(stream, words) (stream).set_depth(words)

#else

#define FASTMAMBA_STREAM_DEPTH(stream, words) static_cast<void>(0)

#ifndef __SYNTHESIS__
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace fastmamba {
namespace csim {

enum class mode { sequential, checking };
struct failure : std::runtime_error {
  explicit failure(const std::string& what) : std::runtime_error(what) {}
};
struct channel_use {
  std::string name;
  std::size_t depth, peak, words;
};

/// Streams with a tap, by their address: what shows the words that a stream holds. The vendor's streams do not tell of a write, but a process
/// that has run has written all of its words and nobody has read them.
inline std::map<const void*, std::function<bool()>>& taps() {
  static std::map<const void*, std::function<bool()>> all;
  return all;
}

/// The region of csim/region.h on the vendor's streams: always sequential; leftovers are failures here too.
class region {
 public:
  void process(const std::string& name, std::function<void()> body) { processes_.emplace_back(name, std::move(body)); }
  template <class Stream> void channel(Stream& s, const std::string& name, std::size_t) {
    channels_.emplace_back(name, [&s] { return !s.empty(); });
  }
  void stack_bytes(std::size_t) {}
  void run(mode) {
    std::map<const void*, std::function<bool()>> waiting = taps();
    for (auto& p : processes_) {
      p.second();
      // Each stream is looked at once, after its writer; its reader comes later.
      for (auto at = waiting.begin(); at != waiting.end();) at = at->second() ? waiting.erase(at) : std::next(at);
    }
    std::string left;
    for (auto& c : channels_)
      if (c.second()) left += (left.empty() ? "channel '" : "; channel '") + c.first + "': words left over";
    if (!left.empty()) throw failure(left);
  }
  const std::vector<channel_use>& uses() const { return uses_; }

 private:
  std::vector<std::pair<std::string, std::function<void()>>> processes_;
  std::vector<std::pair<std::string, std::function<bool()>>> channels_;
  std::vector<channel_use> uses_;
};

/// Shows `seen` every word that crosses the stream in a region's run; an empty function ends that. True: taps work here.
template <class T> bool tap(hls::stream<T>& s, std::function<void(const T&)> seen) {
  if (!seen) {
    taps().erase(&s);
    return true;
  }
  taps()[&s] = [&s, seen] {
    std::vector<T> words;
    while (!s.empty()) words.push_back(s.read());
    for (const T& word : words) {
      seen(word);
      s.write(word);
    }
    return !words.empty();
  };
  return true;
}
inline void finish() {}

}  // namespace csim
}  // namespace fastmamba
#endif

#endif
#endif
