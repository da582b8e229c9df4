// Applies every operator of ap_int / ap_uint to operands read from standard input and prints what came out: one token
// `name:width:sign:limbs` an operation, the limbs as stored, so that a value that is not canonical shows as a difference.
// Input lines: pair x y c hi lo n, all decimal.
#include <cstdio>
#include <iostream>
#include <string>

#include "ap_int.h"

template <int W, bool S> void show(const char* name, const ap_int_base<W, S>& v) {
  std::printf(" %s:%d:%d:", name, ap_int_base<W, S>::width, int(S));
  for (int i = (W + 63) / 64 - 1; i >= 0; --i) std::printf("%016llx", (unsigned long long)v.limb(i));
}
inline void show(const char* name, bool v) { std::printf(" %s:b:%d", name, int(v)); }
inline void show(const char* name, long long v) { std::printf(" %s:i:%lld", name, v); }
inline void show(const char* name, unsigned long long v) { std::printf(" %s:u:%llu", name, v); }

#define SHOW(name, ...) show(name, __VA_ARGS__)

template <class A, class C> void with_c(const char* type, const A& x, C c) {
  std::printf(" @%s", type);
  SHOW("x+c", x + c);
  SHOW("c+x", c + x);
  SHOW("x-c", x - c);
  SHOW("c-x", c - x);
  SHOW("x*c", x * c);
  SHOW("c*x", c * x);
  SHOW("x&c", x & c);
  SHOW("c|x", c | x);
  SHOW("x^c", x ^ c);
  SHOW("x==c", x == c);
  SHOW("x<c", x < c);
  SHOW("c<=x", c <= x);
  if (c != C(0)) SHOW("x/c", x / c);
  if (c != C(0)) SHOW("x%c", x % c);
  SHOW("A(c)", A(c));
  A t = x;
  t += c;
  SHOW("x+=c", t);
  t = c;
  SHOW("x=c", t);
}

template <class A, class B> void run(const std::string& xs, const std::string& ys, long long, int hi, int lo, int n) {
  const A x(xs.c_str());
  const B y(ys.c_str());
  SHOW("x", x);
  SHOW("y", y);
  SHOW("x+y", x + y);
  SHOW("x-y", x - y);
  SHOW("x*y", x * y);
  SHOW("x&y", x & y);
  SHOW("x|y", x | y);
  SHOW("x^y", x ^ y);
  if (y.or_reduce()) SHOW("x/y", x / y);
  if (y.or_reduce()) SHOW("x%y", x % y);
  SHOW("x==y", x == y);
  SHOW("x!=y", x != y);
  SHOW("x<y", x < y);
  SHOW("x<=y", x <= y);
  SHOW("x>y", x > y);
  SHOW("x>=y", x >= y);
  SHOW("x<<n", x << n);
  SHOW("x>>n", x >> n);
  SHOW("x<<ap(n)", x << ap_int<12>(n));
  SHOW("x>>ap(n)", x >> ap_int<12>(n));
  SHOW("x<<u(n)", x << ap_uint<12>(n < 0 ? -n : n));
  SHOW("x>>u(n)", x >> unsigned(n < 0 ? -n : n));
  SHOW("A(y)", A(y));
  A t = x;
  SHOW("x=y", t = y);
  t = x, SHOW("x+=y", t += y);
  t = x, SHOW("x-=y", t -= y);
  t = x, SHOW("x*=y", t *= y);
  t = x, SHOW("x&=y", t &= y);
  t = x, SHOW("x|=y", t |= y);
  t = x, SHOW("x^=y", t ^= y);
  t = x, SHOW("x<<=n", t <<= n);
  t = x, SHOW("x>>=n", t >>= n);
  t = x;
  if (y.or_reduce()) SHOW("x/=y", t /= y);
  t = x;
  if (y.or_reduce()) SHOW("x%=y", t %= y);
  SHOW("-x", -x);
  SHOW("~x", ~x);
  SHOW("+x", +x);
  SHOW("!x", !x);
  t = x, SHOW("++x", ++t);
  t = x, SHOW("--x", --t);
  t = x, SHOW("x++", t++);
  SHOW("x++.", t);
  t = x, SHOW("x--", t--);
  SHOW("x--.", t);
  SHOW("and", x.and_reduce());
  SHOW("or", x.or_reduce());
  SHOW("xor", x.xor_reduce());
  SHOW("clz", (long long)x.countLeadingZeros());
  SHOW("length", (long long)x.length());
  SHOW("sign", x.sign());
  t = x, SHOW("reverse", t.reverse());
  SHOW("to_int", (long long)x.to_int());
  SHOW("to_int64", (long long)x.to_int64());
  SHOW("to_uint64", (unsigned long long)x.to_uint64());
  SHOW("ll", (long long)x);
  SHOW("range", A(x.range(hi, lo)));
  SHOW("(hi,lo)", ap_uint<64>(x(hi, lo)));
  SHOW("mirrored", ap_uint<A::width>(x.range(lo, hi)));
  t = x, t.range(hi, lo) = y;
  SHOW("range=y", t);
  t = x, t.range(lo, hi) = y;
  SHOW("mirrored=y", t);
  t = x, t(hi, lo) = x.range(hi, lo);
  SHOW("range=range", t);
  SHOW("range==", x.range(hi, lo) == x.range(hi, lo) && !(x.range(hi, lo) != x(hi, lo)));
  SHOW("x[hi]", bool(x[hi]));
  SHOW("test", x.test(lo));
  t = x, t[hi] = !x[hi];
  SHOW("x[hi]=!", t);
  t = x, t.set(lo), t.clear(hi);
  SHOW("set,clear", t);
  SHOW("x+x[lo]", t = x + x[lo]);
  B u = y;
  t = x;
  SHOW("(x,y)", (t, u).get());
  (t, u) = (u, t).get();
  SHOW("(x,y)=.x", t);
  SHOW("(x,y)=.y", u);
  SHOW("concat", t.concat(u).get());
  std::printf("\n");
}

/// As `run`, with the integers of C as the second operand.
template <class A>
void run_c(const std::string& xs, const std::string&, long long c, int, int, int) {
  const A x(xs.c_str());
  with_c("bool", x, c % 2 != 0);
  with_c("int8", x, (signed char)c);
  with_c("uint8", x, (unsigned char)c);
  with_c("int16", x, (short)c);
  with_c("int32", x, (int)c);
  with_c("uint32", x, (unsigned)c);
  with_c("int64", x, (long long)c);
  with_c("uint64", x, (unsigned long long)c);
  std::printf("\n");
}

typedef void (*runner)(const std::string&, const std::string&, long long, int, int, int);

inline int drive(const runner* pairs) {
  std::string x, y;
  long long c;
  int pair, hi, lo, n;
  while (std::cin >> pair >> x >> y >> c >> hi >> lo >> n) pairs[pair](x, y, c, hi, lo, n);
  return 0;
}
