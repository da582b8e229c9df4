// What x[i], x.range(hi, lo) and (a, b) return: references that read as unsigned values and can be assigned. A range
// with hi < lo is the bits in reverse order. In an expression a range counts as wide as the value it was taken from, so
// cast it to the type meant: ap_int<16>(p.range(15, 0)).
#ifndef FASTMAMBA_CSIM_AP_REFS_H
#define FASTMAMBA_CSIM_AP_REFS_H

#include "ap_ops.h"

namespace fastmamba {
namespace csim {
namespace ap {

/// One bit of x.
template <int W, bool S> struct bit_ref {
  static constexpr int width = 1;
  ap_int_base<W, S>& x;
  int index;
  FASTMAMBA_AP_INLINE bit_ref(ap_int_base<W, S>& whole, int i) : x(whole), index(i) {}
  bit_ref(const bit_ref&) = default;

  FASTMAMBA_AP_INLINE operator bool() const { return x.test(index); }
  FASTMAMBA_AP_INLINE bool to_bool() const { return x.test(index); }
  FASTMAMBA_AP_INLINE bool get() const { return x.test(index); }
  FASTMAMBA_AP_INLINE ap_int_base<1, false> value() const { return ap_int_base<1, false>(x.test(index)); }
  FASTMAMBA_AP_INLINE bool operator~() const { return !x.test(index); }
  FASTMAMBA_AP_INLINE int length() const { return 1; }
  /// Sets the bit when v is not zero.
  template <class T, typename std::enable_if<(operand<T>::kind > 0), int>::type = 0>
  FASTMAMBA_AP_INLINE bit_ref& operator=(const T& v) {
    x.set_bit(index, ap_of<T>(v).or_reduce());
    return *this;
  }
  FASTMAMBA_AP_INLINE bit_ref& operator=(const bit_ref& v) {
    x.set_bit(index, bool(v));
    return *this;
  }
  template <class T> FASTMAMBA_AP_INLINE void put(const T& v) { x.set_bit(index, v.word() & 1); }
};
template <int W, bool S> constexpr int bit_ref<W, S>::width;

/// Bits hi down to lo of x.
template <int W, bool S> struct range_ref {
  static constexpr int width = W;
  ap_int_base<W, S>& x;
  int hi, lo;
  FASTMAMBA_AP_INLINE range_ref(ap_int_base<W, S>& whole, int high, int low) : x(whole), hi(high), lo(low) {}
  range_ref(const range_ref&) = default;

  FASTMAMBA_AP_INLINE int length() const { return hi >= lo ? hi - lo + 1 : lo - hi + 1; }
  /// The bits, zero-extended: up to 64 of them in one native word, else in W bits.
  FASTMAMBA_AP_INLINE ap_int_base<W, false> value() const {
    ap_int_base<W, false> r = ap_int_base<W, false>(0);
    if (hi >= lo && (W <= 64 || hi - lo < 64))
      r.put_word(x.bits(lo, hi - lo + 1), 0);
    else
      slow_read(r);
    return r;
  }
  FASTMAMBA_AP_INLINE ap_int_base<W, false> get() const { return value(); }
  FASTMAMBA_AP_INLINE operator unsigned long long() const { return value().to_uint64(); }
  FASTMAMBA_AP_INLINE int to_int() const { return value().to_int(); }
  FASTMAMBA_AP_INLINE unsigned to_uint() const { return value().to_uint(); }
  FASTMAMBA_AP_INLINE long to_long() const { return value().to_long(); }
  FASTMAMBA_AP_INLINE unsigned long to_ulong() const { return value().to_ulong(); }
  FASTMAMBA_AP_INLINE long long to_int64() const { return value().to_int64(); }
  FASTMAMBA_AP_INLINE unsigned long long to_uint64() const { return value().to_uint64(); }
  FASTMAMBA_AP_INLINE bool to_bool() const { return value().or_reduce(); }
  FASTMAMBA_AP_INLINE ap_int_base<W, false> operator~() const { return ~value(); }
  FASTMAMBA_AP_INLINE bool operator!() const { return !value().or_reduce(); }
  bool or_reduce() const { return value().or_reduce(); }
  bool xor_reduce() const { return value().xor_reduce(); }
  bool and_reduce() const {
    for (int i = hi < lo ? hi : lo; i <= (hi < lo ? lo : hi); ++i)
      if (!x.test(i)) return false;
    return true;
  }
  std::string to_string(int radix = 2) const { return value().to_string(radix); }

  /// Writes the low `length()` bits of v, sign-extended first where v is shorter.
  template <class T, typename std::enable_if<(operand<T>::kind > 0), int>::type = 0>
  FASTMAMBA_AP_INLINE range_ref& operator=(const T& v) {
    put(ap_of<T>(v));
    return *this;
  }
  FASTMAMBA_AP_INLINE range_ref& operator=(const range_ref& v) {
    put(v.value());
    return *this;
  }
  template <class T> FASTMAMBA_AP_INLINE void put(const T& v) {
    if (hi >= lo && hi - lo < 64)
      x.put_bits(lo, hi - lo + 1, std::uint64_t(v.word()));
    else
      slow_write(v);
  }

 private:
  __attribute__((noinline)) void slow_read(ap_int_base<W, false>& r) const {
    if (hi >= lo) {
      const ap_int_base<W, false> whole(x);
      r = whole << ap_int_base<32, false>(W - 1 - hi) >> ap_int_base<32, false>(W - 1 - hi + lo);
    } else {
      for (int i = 0; i < length(); ++i) r.set_bit(i, x.test(lo - i));
    }
  }
  template <class T> __attribute__((noinline)) void slow_write(const T& v) {
    if (hi >= lo) {
      for (int at = 0; at < length(); at += 64)
        x.put_bits(lo + at, smaller(64, length() - at), v.limb(at / 64));
    } else {
      for (int i = 0; i < length(); ++i) x.set_bit(lo - i, (v.limb(i / 64) >> (i % 64)) & 1);
    }
  }
};
template <int W, bool S> constexpr int range_ref<W, S>::width;

/// How a part of a concatenation is held: integers by reference, references by value.
template <class T> struct part {
  typedef T type;
};
template <int W, bool S> struct part<ap_int_base<W, S>> {
  typedef ap_int_base<W, S>& type;
};
template <int W, bool S> FASTMAMBA_AP_INLINE ap_int_base<W, false> unsigned_of(const ap_int_base<W, S>& x) {
  return ap_int_base<W, false>(x);
}
template <class R, if_ref<R> = 0> FASTMAMBA_AP_INLINE ap_of<R> unsigned_of(const R& x) { return x.value(); }
template <int W, bool S, class T> FASTMAMBA_AP_INLINE void put_in(ap_int_base<W, S>& x, const T& v) {
  x = ap_int_base<W, S>(v);
}
template <class R, class T, if_ref<R> = 0> FASTMAMBA_AP_INLINE void put_in(R& x, const T& v) { x.put(v); }

/// a above b.
template <class A, class B> struct concat_ref {
  static constexpr int width = A::width + B::width;
  typename part<A>::type a;
  typename part<B>::type b;
  typedef ap_int_base<width, false> whole;

  int length() const { return a.length() + b.length(); }
  whole value() const {
    return (whole(unsigned_of(a)) << ap_int_base<32, true>(b.length())) | whole(unsigned_of(b));
  }
  whole get() const { return value(); }
  operator unsigned long long() const { return value().to_uint64(); }
  template <class T, typename std::enable_if<(operand<T>::kind > 0), int>::type = 0>
  concat_ref& operator=(const T& v) {
    put(ap_of<T>(v));
    return *this;
  }
  concat_ref& operator=(const concat_ref& v) {
    put(v.value());
    return *this;
  }
  template <class T> void put(const T& v) {
    const whole all(v);
    put_in(b, all);
    put_in(a, whole(all >> ap_int_base<32, true>(b.length())));
  }
};
template <class A, class B> constexpr int concat_ref<A, B>::width;

template <class T>
using if_ours = typename std::enable_if<(operand<T>::kind > 0 && operand<T>::kind < 3), int>::type;

}  // namespace ap
}  // namespace csim
}  // namespace fastmamba

// (a, b), for integers and references in any mix; an integer of C takes its own width.
template <class A, class B, fastmamba::csim::ap::if_ours<A> = 0, fastmamba::csim::ap::if_ours<B> = 0>
FASTMAMBA_AP_INLINE fastmamba::csim::ap::concat_ref<A, B> operator,(const A& a, const B& b) {
  return {const_cast<A&>(a), const_cast<B&>(b)};
}
template <class A, class C, fastmamba::csim::ap::if_ours<A> = 0, fastmamba::csim::ap::if_c_int<C> = 0>
FASTMAMBA_AP_INLINE ap_int_base<A::width + fastmamba::csim::ap::ap_of<C>::width, false> operator,(const A& a, C c) {
  fastmamba::csim::ap::ap_of<C> low(c);
  return (a, low).value();
}
template <class A, class C, fastmamba::csim::ap::if_ours<A> = 0, fastmamba::csim::ap::if_c_int<C> = 0>
FASTMAMBA_AP_INLINE ap_int_base<A::width + fastmamba::csim::ap::ap_of<C>::width, false> operator,(C c, const A& a) {
  fastmamba::csim::ap::ap_of<C> high(c);
  return (high, a).value();
}

template <class Stream, int W, bool S, class = decltype(std::declval<Stream&>().rdbuf())>
Stream& operator<<(Stream& out, const ap_int_base<W, S>& x) {
  out << x.to_string(10).c_str();
  return out;
}

#endif
