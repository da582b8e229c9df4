// One situation of the streams a run, named by the argument; prints what a test looks at.
#include <cstring>
#include <iostream>
#include <random>

#include "ap_int.h"
#include "fastmamba_csim.h"

using fastmamba::csim::failure;
using fastmamba::csim::mode;
using fastmamba::csim::region;

typedef ap_int<16> word_t;
struct lanes_t {
  ap_int<32> lane[70];
};

static void source(hls::stream<word_t>& out, int n) {
  for (int i = 0; i < n; ++i) out.write(i);
}
static void forward(hls::stream<word_t>& in, hls::stream<word_t>& out, int n) {
  for (int i = 0; i < n; ++i) out << word_t(in.read() + 1);
}
static long long total(hls::stream<word_t>& in, int n) {
  long long sum = 0;
  for (int i = 0; i < n; ++i) {
    word_t x;
    in >> x;
    sum = sum * 31 % 1000003 + x;
  }
  return sum;
}

static void pipeline(mode how, int n, std::size_t depth, const char* watch) {
  hls::stream<word_t> a("a"), b;
  region r;
  r.channel(a, "a", depth);
  r.channel(b, "b", depth);
  long long sum = 0, tapped = 0;
  int seen = 0;
  if (std::strcmp(watch, "tap") == 0)
    fastmamba::csim::tap<word_t>(b, [&](const word_t& x) { tapped = tapped * 31 % 1000003 + x, ++seen; });
  r.process("source", [&] { source(a, n); });
  r.process("forward", [&] { forward(a, b, n); });
  r.process("sink", [&] { sum = total(b, n); });
  for (int call = 0; call < 2; ++call) r.run(how);
  std::cout << sum;
  if (seen) std::cout << " tap " << seen;
  for (const auto& u : r.uses()) std::cout << " " << u.name << ":" << u.depth << ":" << u.peak << ":" << u.words;
  std::cout << "\n";
  if (seen) {
    hls::stream<word_t> again("again");
    source(again, n);
    (void)total(again, n);
  }
}

/// Two words in flight on one path while the other path needs `n` words of slack: deadlocks when `depth` is under n.
static void reconverge(mode how, std::size_t depth) {
  hls::stream<word_t> direct("direct"), round("round");
  region r;
  r.channel(direct, "direct", depth);
  r.channel(round, "round", 2);
  r.process("split", [&] {
    source(direct, 8);
    source(round, 8);
  });
  r.process("join", [&] {
    std::cout << total(round, 8);
    std::cout << " " << total(direct, 8) << "\n";
  });
  r.run(how);
}

static void words_of_struct(mode how) {
  hls::stream<lanes_t, 3> s("s");
  region r;
  r.channel(s, "s", s.depth());
  r.process("write", [&] {
    for (int i = 0; i < 1000; ++i) {
      lanes_t w;
      for (int l = 0; l < 70; ++l) w.lane[l] = i * 100 + l;
      s.write(w);
    }
  });
  long long sum = 0;
  r.process("read", [&] {
    for (int i = 0; i < 1000; ++i) {
      const lanes_t w = s.read();
      for (int l = 0; l < 70; ++l) sum += (l + 1) * w.lane[l];
    }
  });
  r.run(how);
  std::cout << sum << "\n";
}

/// Interleaved use from one thread, over many chunk ends, against a plain queue.
static void interleave() {
  hls::stream<word_t> s("s");
  std::deque<int> model;
  std::mt19937 random(1);
  for (int step = 0; step < 200000; ++step) {
    const bool writes = random() >> 31;
    const int burst = int(random() >> 8) % (step % 50 == 0 ? 40000 : 60);
    for (int i = 0; i < burst; ++i) {
      if (writes) {
        s.write(step + i);
        model.push_back(word_t(step + i));
      } else if (!model.empty()) {
        if (s.read() != model.front()) throw failure("wrong word");
        model.pop_front();
      }
    }
    if (s.size() != model.size()) throw failure("wrong size");
    if (step % 50 == 0)
      while (model.size() > 100) {
        if (s.read() != model.front()) throw failure("wrong word");
        model.pop_front();
      }
  }
  while (!s.empty()) (void)s.read();
  std::cout << "same\n";
}

static void polls(mode how, bool idle) {
  hls::stream<word_t> s("s"), never("never");
  region r;
  r.channel(s, "s", 1);
  r.channel(never, "never", 1);
  int got = 0;
  r.process("poller", [&] {
    word_t x;
    while (got < 5)
      if ((idle ? never : s).read_nb(x)) ++got;
  });
  r.process("source", [&] { source(s, idle ? 1 : 5); });
  r.run(how);
  std::cout << got << "\n";
}

int main(int, char** argv) {
  const std::string what = argv[1];
  const mode how = what.find("checking") == std::string::npos ? mode::sequential : mode::checking;
  const auto is = [&](const char* name) { return what.compare(0, std::strlen(name), name) == 0; };
  try {
    if (is("pipeline")) pipeline(how, 20000, 3, "");
    if (is("tap")) pipeline(how, 500, 3, "tap");
    if (is("deep")) reconverge(how, 8);
    if (is("shallow")) reconverge(how, 7);
    if (is("struct")) words_of_struct(how);
    if (is("interleave")) interleave();
    if (is("polls")) polls(mode::checking, false);
    if (is("idle")) polls(mode::checking, true);
    if (is("leftover")) {
      hls::stream<word_t> a("a"), b("b");
      region r;
      r.channel(a, "a", 20);
      r.channel(b, "b", 20);
      r.process("source", [&] { source(a, 10), source(b, 1); });
      r.process("sink", [&] { total(a, 7); });
      r.run(how);
    }
    if (is("local")) {
      {
        hls::stream<word_t> inside("inside");
        source(inside, 2);
      }
      if (is("local caught")) fastmamba::csim::finish();
    }
    if (is("past")) {
      hls::stream<word_t> a("a");
      region r;
      r.channel(a, "a", 2);
      r.process("source", [&] { source(a, 2); });
      r.process("sink", [&] { total(a, 3); });
      r.run(how);
    }
    if (is("two readers")) {
      hls::stream<word_t> a("a");
      region r;
      r.channel(a, "a", 2);
      r.process("source", [&] { source(a, 4); });
      r.process("one", [&] { total(a, 2); });
      r.process("two", [&] { total(a, 2); });
      r.run(mode::checking);
    }
    if (is("throws")) {
      hls::stream<word_t> a("a");
      region r;
      r.channel(a, "a", 2);
      struct unwound {
        ~unwound() { std::cout << "unwound\n"; }
      };
      r.process("source", [&] {
        unwound u;
        source(a, 4);
      });
      r.process("divide", [&] { total(a, 1), ap_int<4>(1) / ap_int<4>(a.read()) / ap_int<4>(0); });
      r.run(how);
    }
    if (is("uncaught")) {
      hls::stream<word_t> a("a");
      a.read();
    }
  } catch (const failure& f) {
    if (is("uncaught")) throw;
    std::cout << "failure: " << f.what() << "\n";
    return 1;
  }
  return 0;
}
