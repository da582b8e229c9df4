/** As much of a vendor's hls_stream.h as this project uses, under another include guard. */
export const FOREIGN_STREAM = `#pragma once
#include <deque>
namespace hls {
template <class T> struct stream {
  std::deque<T> words;
  stream(const char* = "") {}
  bool empty() { return words.empty(); }
  void write(const T& x) { words.push_back(x); }
  void read(T& x) { x = words.front(); words.pop_front(); }
  T read() { T x = words.front(); words.pop_front(); return x; }
};
}
`;
