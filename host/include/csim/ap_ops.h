// Binary operators of ap_int and ap_uint. Result types are those of `results`; values are exact, division truncates toward
// zero, a shift keeps the type of its left operand, and comparison is of the numbers whatever their signs.
#ifndef FASTMAMBA_CSIM_AP_OPS_H
#define FASTMAMBA_CSIM_AP_OPS_H

#include "ap_base.h"

namespace fastmamba {
namespace csim {
namespace ap {

/// Native integer that holds both operands and is used for comparison and division: 32, 64 or 128 bits.
template <int W, bool S, int W2, bool S2> struct common_native {
  static constexpr int bits = larger(W + !S, W2 + !S2);
  typedef typename std::conditional<(bits <= 32), std::int32_t,
                                    typename std::conditional<(bits <= 64), std::int64_t, int128>::type>::type type;
};
template <class R, class T> FASTMAMBA_AP_INLINE constexpr R from_native(T x) {
  R r = R(0);
  r.put_word(std::uint64_t(x), x < T(0) ? ~0ull : 0);
  return r;
}
[[noreturn]] __attribute__((noinline, cold)) inline void divided_by_zero() { fail("ap_int: division by zero"); }

/// x shifted by n places, to the left when `left`; all bits out gives 0, or the sign.
template <int W, bool S> FASTMAMBA_AP_INLINE constexpr ap_int_base<W, S> shifted(const ap_int_base<W, S>& x, bool left,
                                                                               std::uint64_t n) {
  ap_int_base<W, S> r = ap_int_base<W, S>(0);
  if (W <= 64) {
    typedef wrapping<W> U;
    typedef compute<W, S> C;
    if (left)
      r.put_word(n >= W ? U(0) : U(U(x.word()) << n), 0);
    else
      r.put_exact(C(x.word()) >> (n >= W ? W - 1 : n) >> (!S && n >= W ? 1 : 0));
    return r;
  }
  if (n >= W) {
    for (int i = 0; i < limbs_of(W); ++i) r.put_limb(i, left ? 0 : x.fill());
    r.settle();
  } else if (left) {
    wide_shl(r, x, int(n));
  } else {
    wide_shr(r, x, int(n));
  }
  return r;
}
/// A negative distance shifts the other way.
template <int W, bool S, int W2, bool S2>
FASTMAMBA_AP_INLINE constexpr ap_int_base<W, S> shift_by(const ap_int_base<W, S>& x, bool left,
                                                       const ap_int_base<W2, S2>& n) {
  if (!S2) return shifted(x, left, std::uint64_t(std::uint32_t(n.word())));
  const std::int64_t distance = std::int64_t(n.word());
  return distance >= 0 ? shifted(x, left, std::uint64_t(distance)) : shifted(x, !left, 0 - std::uint64_t(distance));
}

}  // namespace ap
}  // namespace csim
}  // namespace fastmamba

#define FASTMAMBA_AP_BINARY template <int W, bool S, int W2, bool S2> FASTMAMBA_AP_INLINE constexpr
#define FASTMAMBA_AP_RESULT(kind) typename fastmamba::csim::ap::results<W, S, W2, S2>::kind

#define FASTMAMBA_AP_ARITHMETIC(op, kind, wide)                                                              \
  FASTMAMBA_AP_BINARY FASTMAMBA_AP_RESULT(kind) operator op(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) { \
    namespace ap = fastmamba::csim::ap;                                                                      \
    typedef FASTMAMBA_AP_RESULT(kind) R;                                                                     \
    R r = R(0);                                                                                              \
    if (R::width <= 64) {                                                                                    \
      typedef ap::compute<R::width, R::is_signed_type> C;                                                    \
      r.put_exact(C(C(a.word()) op C(b.word())));                                                            \
    } else {                                                                                                 \
      wide;                                                                                                  \
    }                                                                                                        \
    return r;                                                                                                \
  }
FASTMAMBA_AP_ARITHMETIC(+, plus, ap::wide_add(r, a, b, false))
FASTMAMBA_AP_ARITHMETIC(-, minus, ap::wide_add(r, a, b, true))
FASTMAMBA_AP_ARITHMETIC(*, mult, ap::wide_mul(r, a, b))
#undef FASTMAMBA_AP_ARITHMETIC

#define FASTMAMBA_AP_LOGIC(op)                                                                               \
  FASTMAMBA_AP_BINARY FASTMAMBA_AP_RESULT(logic) operator op(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) { \
    namespace ap = fastmamba::csim::ap;                                                                      \
    typedef FASTMAMBA_AP_RESULT(logic) R;                                                                    \
    R r = R(0);                                                                                              \
    if (R::width <= 64) {                                                                                    \
      typedef ap::compute<R::width, R::is_signed_type> C;                                                    \
      r.put_exact(C(C(a.word()) op C(b.word())));                                                            \
    } else {                                                                                                 \
      for (int i = 0; i < ap::limbs_of(R::width); ++i) r.put_limb(i, a.limb(i) op b.limb(i));                \
    }                                                                                                        \
    return r;                                                                                                \
  }
FASTMAMBA_AP_LOGIC(&)
FASTMAMBA_AP_LOGIC(|)
FASTMAMBA_AP_LOGIC(^)
#undef FASTMAMBA_AP_LOGIC

#define FASTMAMBA_AP_DIVISION(op, kind, remainder)                                                           \
  FASTMAMBA_AP_BINARY FASTMAMBA_AP_RESULT(kind) operator op(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) { \
    namespace ap = fastmamba::csim::ap;                                                                      \
    typedef FASTMAMBA_AP_RESULT(kind) R;                                                                     \
    if (!b) ap::divided_by_zero();                                                                           \
    if (W <= 64 && W2 <= 64) {                                                                               \
      typedef typename ap::common_native<W + 1, S, W2, S2>::type C;                                          \
      return ap::from_native<R>(C(C(a.word()) op C(b.word())));                                              \
    }                                                                                                        \
    R r = R(0);                                                                                              \
    ap::wide_div(r, a, b, remainder);                                                                        \
    return r;                                                                                                \
  }
FASTMAMBA_AP_DIVISION(/, div, false)
FASTMAMBA_AP_DIVISION(%, mod, true)
#undef FASTMAMBA_AP_DIVISION

#define FASTMAMBA_AP_COMPARE(op)                                                                             \
  FASTMAMBA_AP_BINARY bool operator op(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) {           \
    namespace ap = fastmamba::csim::ap;                                                                      \
    typedef typename ap::common_native<W, S, W2, S2>::type C;                                                \
    if (W <= 64 && W2 <= 64) return C(a.word()) op C(b.word());                                              \
    return ap::wide_compare(a, b) op 0;                                                                      \
  }
FASTMAMBA_AP_COMPARE(==)
FASTMAMBA_AP_COMPARE(!=)
FASTMAMBA_AP_COMPARE(<)
FASTMAMBA_AP_COMPARE(<=)
FASTMAMBA_AP_COMPARE(>)
FASTMAMBA_AP_COMPARE(>=)
#undef FASTMAMBA_AP_COMPARE

FASTMAMBA_AP_BINARY ap_int_base<W, S> operator<<(const ap_int_base<W, S>& x, const ap_int_base<W2, S2>& n) {
  return fastmamba::csim::ap::shift_by(x, true, n);
}
FASTMAMBA_AP_BINARY ap_int_base<W, S> operator>>(const ap_int_base<W, S>& x, const ap_int_base<W2, S2>& n) {
  return fastmamba::csim::ap::shift_by(x, false, n);
}

// With an integer of C or a reference on either side: both take part as the ap type they stand for.
#define FASTMAMBA_AP_MIXED(op, condition)                                                                    \
  template <class X, class Y, fastmamba::csim::ap::condition<X, Y> = 0>                                      \
  FASTMAMBA_AP_INLINE constexpr auto operator op(const X& x, const Y& y)                                     \
      ->decltype(fastmamba::csim::ap::ap_of<X>(x) op fastmamba::csim::ap::ap_of<Y>(y)) {                     \
    return fastmamba::csim::ap::ap_of<X>(x) op fastmamba::csim::ap::ap_of<Y>(y);                             \
  }
FASTMAMBA_AP_MIXED(+, if_mixed)
FASTMAMBA_AP_MIXED(-, if_mixed)
FASTMAMBA_AP_MIXED(*, if_mixed)
FASTMAMBA_AP_MIXED(&, if_mixed)
FASTMAMBA_AP_MIXED(|, if_mixed)
FASTMAMBA_AP_MIXED(^, if_mixed)
FASTMAMBA_AP_MIXED(==, if_mixed)
FASTMAMBA_AP_MIXED(!=, if_mixed)
FASTMAMBA_AP_MIXED(<, if_mixed)
FASTMAMBA_AP_MIXED(<=, if_mixed)
FASTMAMBA_AP_MIXED(>, if_mixed)
FASTMAMBA_AP_MIXED(>=, if_mixed)
FASTMAMBA_AP_MIXED(<<, if_left)
FASTMAMBA_AP_MIXED(>>, if_left)
FASTMAMBA_AP_MIXED(/, if_left)
FASTMAMBA_AP_MIXED(%, if_left)
#undef FASTMAMBA_AP_MIXED

// The vendor's manual and the vendor's headers give different widths to a C integer divided by an ap integer, so that
// form is refused: write ap_int<32>(n) / d.
template <class C, int W, bool S, fastmamba::csim::ap::if_c_int<C> = 0>
void operator/(C, const ap_int_base<W, S>&) = delete;
template <class C, int W, bool S, fastmamba::csim::ap::if_c_int<C> = 0>
void operator%(C, const ap_int_base<W, S>&) = delete;

#undef FASTMAMBA_AP_BINARY
#undef FASTMAMBA_AP_RESULT

#endif
