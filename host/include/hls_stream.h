// hls::stream for C simulation without a vendor tool. Sequential use is unbounded, as in the vendor's simulation, and as
// fast as an array: words lie in chunks, and read and write touch nothing but a pointer and its limit. In checking mode
// (csim/region.h) the same object is bounded to its planned depth. Where the vendor's header warns and goes on, this one
// fails, naming the stream: a read past the end, a word left over, a deadlock.
#ifndef FASTMAMBA_HLS_STREAM_H
#define FASTMAMBA_HLS_STREAM_H

#ifdef __SYNTHESIS__
#error "this hls_stream.h is for C simulation on the host; synthesis must use the vendor's own header"
#endif

#include <cstdint>
#include <type_traits>

#include "csim/chunk_pool.h"
#include "csim/scheduler.h"

namespace hls {

template <class T, int Depth = 0> class stream;

/// A FIFO of words of type T. The limits of the spans are set so that whatever needs care (empty, chunk used up, bounded,
/// tapped) finds its span used up and takes the slow path: the fast path has one test.
template <class T> class stream<T, 0> : public fastmamba::csim::channel {
  static_assert(std::is_trivially_copyable<T>::value, "hls::stream: a word must be plain data");
  typedef fastmamba::csim::scheduler scheduler;
  typedef fastmamba::csim::wait_kind wait_kind;

 public:
  typedef T value_type;

  stream() : stream("unnamed") {}
  stream(const char* name) : channel(name, 0) { begin(); }
  stream(const std::string& name) : channel(name, 0) { begin(); }
  ~stream() {
    const std::size_t left = size();
    scheduler* s = scheduler::active();
    if (left && !unwinding() && !(s && s->cancelling()))
      fastmamba::csim::leftover_record::get().add(fastmamba::csim::leftover_line(name_, left));
    while (first_) release(std::exchange(first_, first_->next));
  }

  inline __attribute__((always_inline)) T read() {
    if (__builtin_expect(read_at_ == read_end_, 0)) refill();
    return *read_at_++;
  }
  inline __attribute__((always_inline)) void read(T& x) {
    if (__builtin_expect(read_at_ == read_end_, 0)) refill();
    x = *read_at_++;
  }
  inline __attribute__((always_inline)) void write(const T& x) {
    if (__builtin_expect(write_at_ == write_end_, 0)) {
      write_slow(x);
    } else {
      *write_at_++ = x;
    }
  }
  inline __attribute__((always_inline)) void operator>>(T& x) { read(x); }
  inline __attribute__((always_inline)) void operator<<(const T& x) { write(x); }

  bool empty() {
    if (size() == 0 && scheduler::active()) scheduler::active()->poll(*this);
    return size() == 0;
  }
  /// Never, in sequential use.
  bool full() {
    if (!scheduler::active()) return false;
    if (size() >= bound()) scheduler::active()->poll(*this);
    return size() >= bound();
  }
  bool read_nb(T& x) {
    if (empty()) return false;
    read(x);
    return true;
  }
  bool write_nb(const T& x) {
    if (full()) return false;
    write(x);
    return true;
  }
  std::size_t size() const override {
    if (!first_) return 0;
    std::size_t n = std::size_t((first_ == last_ ? write_at_ : first_->end()) - read_at_);
    for (chunk* c = first_; c != last_; c = c->next)
      n += std::size_t((c->next == last_ ? write_at_ : c->next->end()) - c->next->begin());
    return n;
  }
  std::size_t capacity() const { return bound(); }

  /// Calls `seen` with every word as it is written; an empty function ends that. Costs nothing while unset.
  void tap(std::function<void(const T&)> seen) {
    tap_ = std::move(seen);
    set_slow();
  }
  void check(bool on) override {
    checking_ = on;
    if (on) peak_ = words_ = 0;
    reader = writer = waiting_reader = waiting_writer = nullptr;
    set_slow();
  }
  void drain() override {
    while (size()) {
      if (read_at_ == read_end_) advance();
      read_at_ = read_end_;
    }
    set_slow();
  }

 private:
  struct chunk {
    chunk* next;
    // Words begin at a cache line, so that a struct of lanes is as aligned as it would be as a local.
    T* begin() { return reinterpret_cast<T*>(reinterpret_cast<char*>(this) + 64); }
    T* end() { return begin() + chunk_words; }
  };
  static_assert(alignof(T) <= 64, "hls::stream: alignment above a cache line");
  static constexpr std::size_t chunk_words =
      sizeof(T) >= 4096 ? 8 : (fastmamba::csim::chunk_pool::usual_bytes - 64) / sizeof(T);
  static constexpr std::size_t chunk_bytes =
      sizeof(T) >= 4096 ? 64 + 8 * sizeof(T) : fastmamba::csim::chunk_pool::usual_bytes;
  static void release(chunk* c) { fastmamba::csim::chunk_pool::give(c, chunk_bytes); }

  static bool unwinding() {
#if __cplusplus >= 201703L
    return std::uncaught_exceptions() > 0;
#else
    return std::uncaught_exception();
#endif
  }
  void begin() {
    if (scheduler::active()) check(true);
  }
  /// Recomputes both spans: closed when every access must be seen, else as far as the chunk goes.
  void set_slow() {
    slow_ = checking_ || static_cast<bool>(tap_);
    read_end_ = read_at_;
    write_end_ = slow_ || !last_ ? write_at_ : last_->end();
    count_ = size();
  }

  /// Makes at least one word readable, or waits, or fails.
  __attribute__((noinline)) void refill() {
    scheduler* s = scheduler::active();
    if (s && !checking_) check(true);
    if (s) s->claim(*this, reader, "read");
    while (size() == 0) {
      if (!s) fastmamba::csim::fail("channel '" + name_ + "': read past the end");
      s->block(*this, wait_kind::empty);
    }
    advance();
    if (!slow_) return;
    read_end_ = read_at_ + 1;
    --count_;
    if (s) s->moved(waiting_writer);
  }
  /// Opens the next span of readable words; there is at least one.
  void advance() {
    if (first_ != last_ && read_at_ == first_->end()) {
      release(std::exchange(first_, first_->next));
      read_at_ = first_->begin();
    }
    read_end_ = first_ == last_ ? write_at_ : first_->end();
  }

  __attribute__((noinline)) void write_slow(const T& x) {
    scheduler* s = scheduler::active();
    if (s && !checking_) check(true);
    if (s) {
      s->claim(*this, writer, "write");
      while (count_ >= bound()) s->block(*this, wait_kind::full);
    }
    if (!last_ || write_at_ == last_->end()) make_room();
    *write_at_++ = x;
    write_end_ = slow_ ? write_at_ : last_->end();
    if (!slow_) return;
    ++words_;
    if (++count_ > peak_) peak_ = count_;
    if (tap_) tap_(x);
    if (s) s->moved(waiting_reader);
  }
  void make_room() {
    if (last_ && first_ == last_ && read_at_ == write_at_) {  // all read: begin the chunk again
      read_at_ = read_end_ = write_at_ = first_->begin();
      return;
    }
    chunk* c = static_cast<chunk*>(fastmamba::csim::chunk_pool::take(chunk_bytes));
    if (!c) fastmamba::csim::fail("channel '" + name_ + "': out of memory with " + std::to_string(size()) + " words held");
    c->next = nullptr;
    if (last_)
      last_->next = c;
    else
      first_ = c, read_at_ = read_end_ = c->begin();
    last_ = c;
    write_at_ = c->begin();
  }

  T* read_at_ = nullptr;
  T* read_end_ = nullptr;
  T* write_at_ = nullptr;
  T* write_end_ = nullptr;
  chunk* first_ = nullptr;  ///< being read
  chunk* last_ = nullptr;   ///< being written
  bool slow_ = false, checking_ = false;
  std::size_t count_ = 0;  ///< words held, kept while slow_
  std::function<void(const T&)> tap_;
};

/// A stream that states its depth in its type.
template <class T, int Depth> class stream : public stream<T, 0> {
 public:
  stream() : stream("unnamed") {}
  stream(const char* name) : stream<T, 0>(name) { this->set_depth(Depth); }
  stream(const std::string& name) : stream<T, 0>(name) { this->set_depth(Depth); }
};

}  // namespace hls

#endif
