/**
 * The rounding shifts of docs/integer-model.md in doubles: rsh(a m, s) = floor(a (m 2^-s) + 1/2). m 2^-s is exact, the product has at
 * most 51 bits, and with the half its last bit is never more than 52 places below its first: every step is exact.
 */

/** floor(a scale + 1/2) of four int32, saturated to int32; a scale and its half below 2^52. `low` scales lanes 0 and 1. */
export function scaled(a: v128, low: v128, high: v128): v128 {
  return i64x2.shuffle(half(a, low), half(i64x2.shuffle(a, a, 1, 1), high), 0, 2);
}

/** The same of lanes 0 and 1; lanes 2 and 3 are 0. */
export function half(a: v128, scale: v128): v128 {
  return rounded(f64x2.mul(f64x2.convert_low_i32x4_s(a), scale));
}

/** floor(v + 1/2) of two doubles, saturated to int32, in lanes 0 and 1. */
export function rounded(v: v128): v128 {
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(f64x2.add(v, f64x2.splat(0.5))));
}

/** floor(v + 1/2), saturated to int16. */
export function rounded16(v: f64): i16 {
  return <i16>max<f64>(-32768, min<f64>(32767, floor<f64>(v + 0.5)));
}
