// Result types of the operators of ap_int / ap_uint (UG1399, "Class Methods and Operators") and what counts as an operand:
// the integers themselves, the references to their bits, and the integers of C at their own width.
#ifndef FASTMAMBA_CSIM_AP_TYPES_H
#define FASTMAMBA_CSIM_AP_TYPES_H

#include "ap_wide.h"

/// Integer of W bits, 1 to 4096, signed when S. `ap_int` and `ap_uint` below are its two names.
template <int W, bool S> struct ap_int_base;
template <int W> using ap_int = ap_int_base<W, true>;
template <int W> using ap_uint = ap_int_base<W, false>;

namespace fastmamba {
namespace csim {
namespace ap {

template <int W, bool S> struct bit_ref;
template <int W, bool S> struct range_ref;
template <class A, class B> struct concat_ref;

constexpr int larger(int a, int b) { return a > b ? a : b; }
constexpr int smaller(int a, int b) { return a < b ? a : b; }

/// Widths and signs of a op b. The wider operand counts one more where it is unsigned and the other signed.
template <int W, bool S, int W2, bool S2> struct results {
  static constexpr int common = larger(W + (S2 && !S), W2 + (S && !S2));
  typedef ap_int_base<W + W2, (S || S2)> mult;
  typedef ap_int_base<common + 1, (S || S2)> plus;
  typedef ap_int_base<common + 1, true> minus;
  typedef ap_int_base<common, (S || S2)> logic;
  typedef ap_int_base<W + S2, (S || S2)> div;
  typedef ap_int_base<smaller(W, W2 + (!S2 && S)), S> mod;
};

/// What an operand is: `type` is the ap type it takes part as, `kind` 0 not an operand, 1 ap, 2 reference, 3 C integer.
template <class T, class = void> struct operand {
  static constexpr int kind = 0;
};
template <int W, bool S> struct operand<ap_int_base<W, S>, void> {
  typedef ap_int_base<W, S> type;
  static constexpr int kind = 1;
};
template <int W, bool S> struct operand<bit_ref<W, S>, void> {
  typedef ap_int_base<1, false> type;
  static constexpr int kind = 2;
};
template <int W, bool S> struct operand<range_ref<W, S>, void> {
  typedef ap_int_base<W, false> type;
  static constexpr int kind = 2;
};
template <class A, class B> struct operand<concat_ref<A, B>, void> {
  typedef ap_int_base<concat_ref<A, B>::width, false> type;
  static constexpr int kind = 2;
};
template <class T> struct operand<T, typename std::enable_if<std::is_integral<T>::value && sizeof(T) <= 8>::type> {
  typedef ap_int_base<(std::is_same<T, bool>::value ? 1 : int(sizeof(T)) * 8), std::is_signed<T>::value> type;
  static constexpr int kind = 3;
};

template <class T> using ap_of = typename operand<T>::type;
template <class T> using if_c_int = typename std::enable_if<operand<T>::kind == 3, int>::type;
template <class T> using if_ref = typename std::enable_if<operand<T>::kind == 2, int>::type;
template <class T> using if_not_ap = typename std::enable_if<(operand<T>::kind >= 2), int>::type;
/// One of the two is ours, neither is a stranger, and they are not both plain ap integers.
template <class X, class Y>
using if_mixed = typename std::enable_if<(operand<X>::kind > 0 && operand<Y>::kind > 0 &&
                                          (operand<X>::kind < 3 || operand<Y>::kind < 3) &&
                                          operand<X>::kind * operand<Y>::kind != 1),
                                         int>::type;
/// As `if_mixed`, with ours on the left.
template <class X, class Y>
using if_left = typename std::enable_if<(operand<X>::kind > 0 && operand<X>::kind < 3 && operand<Y>::kind > 0 &&
                                         operand<X>::kind * operand<Y>::kind != 1),
                                        int>::type;

}  // namespace ap
}  // namespace csim
}  // namespace fastmamba

#endif
