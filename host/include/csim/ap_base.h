// ap_int and ap_uint themselves: construction, assignment (two's complement wrap), bit and range access, conversions and
// compound assignment. Binary operators are in ap_ops.h, the assignable references in ap_refs.h.
#ifndef FASTMAMBA_CSIM_AP_BASE_H
#define FASTMAMBA_CSIM_AP_BASE_H

#include <string>

#include "ap_types.h"

template <int W, bool S> struct ap_int_base : fastmamba::csim::ap::store<W, S, (W > 64)> {
  static_assert(W >= 1 && W <= 4096, "ap_int: width must be 1 to 4096 bits");
  typedef fastmamba::csim::ap::store<W, S, (W > 64)> base;
  /// What an ap integer becomes where C wants a number: 64 bits, so that a wider one loses its upper part.
  typedef fastmamba::csim::ap::native<64, S> RetType;
  template <int W2, bool S2> using RType = fastmamba::csim::ap::results<W, S, W2, S2>;
  static constexpr int width = W;
  static constexpr bool is_signed_type = S;

  ap_int_base() = default;  // not initialised, as in the vendor's headers

  template <int W2, bool S2> FASTMAMBA_AP_INLINE constexpr ap_int_base(const ap_int_base<W2, S2>& x) : base() {
    this->put_limbs(x, fastmamba::csim::ap::contains(W, S, W2, S2));
  }
  template <class C, fastmamba::csim::ap::if_c_int<C> = 0> FASTMAMBA_AP_INLINE constexpr ap_int_base(C x) : base() {
    typedef fastmamba::csim::ap::ap_of<C> from;
    if (fastmamba::csim::ap::contains(W, S, from::width, from::is_signed_type))
      this->put_exact(x);
    else
      this->put_word(x, fastmamba::csim::ap::sign_fill(x));
  }
  template <class R, fastmamba::csim::ap::if_ref<R> = 0, class = void>
  FASTMAMBA_AP_INLINE constexpr ap_int_base(const R& ref) : base() {
    this->put_limbs(ref.value(), fastmamba::csim::ap::contains(W, S, R::width, false));
  }
  /// From text: optional '-', then 0x, 0b or decimal digits.
  explicit ap_int_base(const char* text) : base() {
    const bool negative = *text == '-';
    if (negative) ++text;
    int radix = 10;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) radix = 16;
    if (text[0] == '0' && (text[1] == 'b' || text[1] == 'B')) radix = 2;
    if (radix != 10) text += 2;
    ap_int_base<W + 1, false> sum = 0;
    for (; *text; ++text) {
      const int digit = *text <= '9' ? *text - '0' : (*text | 32) - 'a' + 10;
      if (digit < 0 || digit >= radix) fastmamba::csim::fail(std::string("ap_int: not a digit: '") + *text + "'");
      sum = sum * ap_int_base<5, false>(radix) + ap_int_base<4, false>(digit);
    }
    *this = negative ? ap_int_base(-sum) : ap_int_base(sum);
  }

  // ---- as a number of C
  FASTMAMBA_AP_INLINE constexpr operator RetType() const { return RetType(this->word()); }
  FASTMAMBA_AP_INLINE constexpr bool to_bool() const { return !!*this; }
  FASTMAMBA_AP_INLINE constexpr int to_int() const { return int(this->word()); }
  FASTMAMBA_AP_INLINE constexpr unsigned to_uint() const { return unsigned(this->word()); }
  FASTMAMBA_AP_INLINE constexpr long to_long() const { return long(this->word()); }
  FASTMAMBA_AP_INLINE constexpr unsigned long to_ulong() const { return (unsigned long)(this->word()); }
  FASTMAMBA_AP_INLINE constexpr long long to_int64() const { return (long long)(this->word()); }
  FASTMAMBA_AP_INLINE constexpr unsigned long long to_uint64() const { return (unsigned long long)(this->word()); }
  FASTMAMBA_AP_INLINE constexpr signed char to_char() const { return (signed char)(this->word()); }
  FASTMAMBA_AP_INLINE constexpr short to_short() const { return short(this->word()); }
  FASTMAMBA_AP_INLINE constexpr double to_double() const { return double(RetType(this->word())); }
  FASTMAMBA_AP_INLINE constexpr int length() const { return W; }
  FASTMAMBA_AP_INLINE constexpr bool sign() const { return S && test(W - 1); }
  FASTMAMBA_AP_INLINE constexpr bool is_zero() const { return !*this; }
  FASTMAMBA_AP_INLINE constexpr bool operator!() const { return !or_reduce(); }

  // ---- bits
  FASTMAMBA_AP_INLINE constexpr bool test(int i) const {
    if (i < 0 || i >= W) out_of_range(i, i);
    return (this->limb(i / 64) >> (i % 64)) & 1;
  }
  FASTMAMBA_AP_INLINE constexpr bool get_bit(int i) const { return test(i); }
  FASTMAMBA_AP_INLINE void set_bit(int i, bool v) {
    if (i < 0 || i >= W) out_of_range(i, i);
    this->put_bits(i, 1, v);
  }
  FASTMAMBA_AP_INLINE void set(int i, bool v) { set_bit(i, v); }
  FASTMAMBA_AP_INLINE void set(int i) { set_bit(i, true); }
  FASTMAMBA_AP_INLINE void clear(int i) { set_bit(i, false); }
  FASTMAMBA_AP_INLINE void invert(int i) { set_bit(i, !test(i)); }
  FASTMAMBA_AP_INLINE constexpr bool operator[](int i) const { return test(i); }
  FASTMAMBA_AP_INLINE fastmamba::csim::ap::bit_ref<W, S> operator[](int i) { return bit(i); }
  FASTMAMBA_AP_INLINE constexpr bool bit(int i) const { return test(i); }
  FASTMAMBA_AP_INLINE fastmamba::csim::ap::bit_ref<W, S> bit(int i) {
    if (i < 0 || i >= W) out_of_range(i, i);
    return fastmamba::csim::ap::bit_ref<W, S>(*this, i);
  }
  FASTMAMBA_AP_INLINE fastmamba::csim::ap::range_ref<W, S> range(int hi, int lo) const {
    if (hi < 0 || lo < 0 || hi >= W || lo >= W) out_of_range(hi, lo);
    return fastmamba::csim::ap::range_ref<W, S>(const_cast<ap_int_base&>(*this), hi, lo);
  }
  FASTMAMBA_AP_INLINE fastmamba::csim::ap::range_ref<W, S> range() const { return range(W - 1, 0); }
  FASTMAMBA_AP_INLINE fastmamba::csim::ap::range_ref<W, S> operator()(int hi, int lo) const { return range(hi, lo); }

  constexpr bool or_reduce() const {
    if (W <= 64) return this->word() != 0;
    std::uint64_t any = 0;
    for (int i = 0; i < fastmamba::csim::ap::limbs_of(W); ++i) any |= this->limb(i);
    return any != 0;
  }
  constexpr bool and_reduce() const { return !(~*this).or_reduce(); }
  constexpr bool xor_reduce() const {
    bool odd = false;
    const ap_int_base<W, false> bits(*this);
    for (int i = 0; i < fastmamba::csim::ap::limbs_of(W); ++i) odd ^= __builtin_parityll(bits.limb(i)) != 0;
    return odd;
  }
  constexpr bool nand_reduce() const { return !and_reduce(); }
  constexpr bool nor_reduce() const { return !or_reduce(); }
  constexpr bool xnor_reduce() const { return !xor_reduce(); }
  /// Zeros above the most significant one; W when the value is zero.
  FASTMAMBA_AP_INLINE constexpr int countLeadingZeros() const {
    const ap_int_base<W, false> bits(*this);
    for (int i = fastmamba::csim::ap::limbs_of(W) - 1; i >= 0; --i)
      if (bits.limb(i)) return W - 64 * i - 64 + __builtin_clzll(bits.limb(i));
    return W;
  }
  /// Mirrors the bits in place.
  ap_int_base& reverse() {
    const ap_int_base<W, false> from(*this);
    for (int i = 0; i < W; ++i) set_bit(W - 1 - i, from.test(i));
    return *this;
  }
  void b_not() { *this = ~*this; }

  /// Digits in radix 2, 10 or 16 with '-', 0b and 0x as they apply. For messages; the vendor's layout may differ.
  std::string to_string(int radix = 2) const {
    const bool negative = this->fill() != 0;
    ap_int_base<W + 1, false> rest = negative ? ap_int_base<W + 1, false>(-*this) : ap_int_base<W + 1, false>(*this);
    std::string digits;
    do {
      digits.insert(digits.begin(), "0123456789abcdef"[(rest % ap_int_base<5, false>(radix)).to_int()]);
      rest = rest / ap_int_base<5, false>(radix);
    } while (rest.or_reduce());
    return std::string(negative ? "-" : "") + (radix == 16 ? "0x" : radix == 2 ? "0b" : "") + digits;
  }

  // ---- unary
  FASTMAMBA_AP_INLINE constexpr ap_int_base operator+() const { return *this; }
  FASTMAMBA_AP_INLINE constexpr typename RType<1, false>::minus operator-() const {
    return ap_int_base<1, false>(0) - *this;
  }
  FASTMAMBA_AP_INLINE constexpr ap_int_base operator~() const {
    ap_int_base r = ap_int_base(0);
    if (W <= 64) {
      r.put_word(~this->word(), 0);
    } else {
      for (int i = 0; i < fastmamba::csim::ap::limbs_of(W); ++i) r.put_limb(i, ~this->limb(i));
      r.settle();
    }
    return r;
  }
  FASTMAMBA_AP_INLINE constexpr ap_int_base& operator++() { return *this += ap_int_base<1, false>(1); }
  FASTMAMBA_AP_INLINE constexpr ap_int_base& operator--() { return *this -= ap_int_base<1, false>(1); }
  FASTMAMBA_AP_INLINE constexpr ap_int_base operator++(int) {
    const ap_int_base old = *this;
    ++*this;
    return old;
  }
  FASTMAMBA_AP_INLINE constexpr ap_int_base operator--(int) {
    const ap_int_base old = *this;
    --*this;
    return old;
  }

  // ---- compound assignment: the exact result, cut to W bits. Up to 64 bits + - * wrap at once, without the wider type.
#define FASTMAMBA_AP_WRAPPING_ASSIGN(op)                                                                     \
  template <int W2, bool S2> FASTMAMBA_AP_INLINE constexpr ap_int_base& operator op##=(const ap_int_base<W2, S2>& b) { \
    typedef fastmamba::csim::ap::wrapping<W> U;                                                              \
    if (W <= 64)                                                                                             \
      this->put_word(U(U(this->word()) op U(b.word())), 0);                                                  \
    else                                                                                                     \
      *this = ap_int_base(*this op b);                                                                       \
    return *this;                                                                                            \
  }
  FASTMAMBA_AP_WRAPPING_ASSIGN(+)
  FASTMAMBA_AP_WRAPPING_ASSIGN(-)
  FASTMAMBA_AP_WRAPPING_ASSIGN(*)
#undef FASTMAMBA_AP_WRAPPING_ASSIGN
#define FASTMAMBA_AP_ASSIGN(op)                                                                              \
  template <int W2, bool S2> FASTMAMBA_AP_INLINE constexpr ap_int_base& operator op##=(const ap_int_base<W2, S2>& b) { \
    return *this = ap_int_base(*this op b);                                                                  \
  }
  FASTMAMBA_AP_ASSIGN(/)
  FASTMAMBA_AP_ASSIGN(%)
  FASTMAMBA_AP_ASSIGN(&)
  FASTMAMBA_AP_ASSIGN(|)
  FASTMAMBA_AP_ASSIGN(^)
  FASTMAMBA_AP_ASSIGN(<<)
  FASTMAMBA_AP_ASSIGN(>>)
#undef FASTMAMBA_AP_ASSIGN
#define FASTMAMBA_AP_ASSIGN_MIXED(op)                                                                        \
  template <class T, fastmamba::csim::ap::if_not_ap<T> = 0>                                                  \
  FASTMAMBA_AP_INLINE constexpr ap_int_base& operator op##=(const T& b) {                                    \
    return *this op##= fastmamba::csim::ap::ap_of<T>(b);                                                     \
  }
  FASTMAMBA_AP_ASSIGN_MIXED(+)
  FASTMAMBA_AP_ASSIGN_MIXED(-)
  FASTMAMBA_AP_ASSIGN_MIXED(*)
  FASTMAMBA_AP_ASSIGN_MIXED(/)
  FASTMAMBA_AP_ASSIGN_MIXED(%)
  FASTMAMBA_AP_ASSIGN_MIXED(&)
  FASTMAMBA_AP_ASSIGN_MIXED(|)
  FASTMAMBA_AP_ASSIGN_MIXED(^)
  FASTMAMBA_AP_ASSIGN_MIXED(<<)
  FASTMAMBA_AP_ASSIGN_MIXED(>>)
#undef FASTMAMBA_AP_ASSIGN_MIXED

  /// (this, b): this above b. Assignable; `concat` is its older name.
  template <int W2, bool S2>
  FASTMAMBA_AP_INLINE fastmamba::csim::ap::concat_ref<ap_int_base, ap_int_base<W2, S2>> concat(
      ap_int_base<W2, S2>& b) {
    return {*this, b};
  }

 private:
  [[noreturn]] static __attribute__((noinline, cold)) void out_of_range(int hi, int lo) {
    fastmamba::csim::fail("ap_int: bits " + std::to_string(hi) + " to " + std::to_string(lo) + " of a value of " +
                          std::to_string(W) + " bits");
  }
};
template <int W, bool S> constexpr int ap_int_base<W, S>::width;
template <int W, bool S> constexpr bool ap_int_base<W, S>::is_signed_type;

#endif
