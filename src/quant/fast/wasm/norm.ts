/** RMSNorm and gate (docs/integer-model.md sections 2 and 8). The reciprocal root between sum and product is the caller's. */
import { scaled } from './round';

/** v[i] = sat18(rsh(r[i], shift)) of int32, four at a time; shift below 32. */
export function normInput(r: usize, v: usize, shift: i32, count: usize): void {
  const low = i32x4.splat(-131072);
  const high = i32x4.splat(131071);
  for (let i: usize = 0; i < count; i += 4) {
    v128.store(v + 4 * i, i32x4.min_s(high, i32x4.max_s(low, shifted(v128.load(r + 4 * i), shift))));
  }
}

/** rsh(v, shift), shift below 32: the last bit that goes out is added, so that no sum leaves 32 bits. */
function shifted(v: v128, shift: i32): v128 {
  if (shift === 0) return v;
  const last = v128.and(i32x4.shr_u(v, shift - 1), i32x4.splat(1));
  return i32x4.add(i32x4.shr_s(v, shift), last);
}

/** Sum of the squares of int32 of 18 bits; below 2^50, so that doubles hold every partial sum. */
export function squares32(v: usize, count: i32): f64 {
  let sum = f64x2.splat(0);
  let i = 0;
  for (; i + 2 <= count; i += 2) {
    const a = f64x2.convert_low_i32x4_s(v128.load64_zero(v + 4 * <usize>i));
    sum = f64x2.add(sum, f64x2.mul(a, a));
  }
  let rest: f64 = 0;
  if (i < count) rest = <f64>load<i32>(v + 4 * <usize>i);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1) + rest * rest;
}

/** Sum of the squares of int16. */
export function squares16(v: usize, count: i32): f64 {
  let sum = f64x2.splat(0);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const a = v128.load(v + 2 * <usize>i);
    // Two squares are at most 2^31: right as unsigned words.
    const pairs = i32x4.dot_i16x8_s(a, a);
    sum = f64x2.add(sum, f64x2.convert_low_i32x4_u(pairs));
    sum = f64x2.add(sum, f64x2.convert_low_i32x4_u(i64x2.shuffle(pairs, pairs, 1, 1)));
  }
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (; i < count; i++) {
    const a = <f64>load<i16>(v + 2 * <usize>i);
    total += a * a;
  }
  return total;
}

/** out[i] = sat16(floor(v[i] scale + 1/2)) of int32, eight at a time. */
export function normOutput32(v: usize, out: usize, scale: f64, count: usize): void {
  const factor = f64x2.splat(scale);
  for (let i: usize = 0; i < count; i += 8) {
    const low = scaled(v128.load(v + 4 * i), factor, factor);
    v128.store(out + 2 * i, i16x8.narrow_i32x4_s(low, scaled(v128.load(v + 4 * i, 16), factor, factor)));
  }
}

/** The same of int16. */
export function normOutput16(v: usize, out: usize, scale: f64, count: usize): void {
  const factor = f64x2.splat(scale);
  for (let i: usize = 0; i < count; i += 8) {
    const a = v128.load(v + 2 * i);
    const low = scaled(i32x4.extend_low_i16x8_s(a), factor, factor);
    v128.store(out + 2 * i, i16x8.narrow_i32x4_s(low, scaled(i32x4.extend_high_i16x8_s(a), factor, factor)));
  }
}

/** out[i] = sat16(rsh(y[i] s[i], shift)), eight at a time. */
export function gate(y: usize, s: usize, out: usize, shift: i32, count: usize): void {
  for (let i: usize = 0; i < count; i += 8) {
    const a = v128.load(y + 2 * i);
    const b = v128.load(s + 2 * i);
    const low = shifted(i32x4.extmul_low_i16x8_s(a, b), shift);
    v128.store(out + 2 * i, i16x8.narrow_i32x4_s(low, shifted(i32x4.extmul_high_i16x8_s(a, b), shift)));
  }
}
