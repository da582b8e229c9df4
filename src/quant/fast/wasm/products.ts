/**
 * int8 matrix products into int32 and what follows them. Weights are rows of `stride` int8, a multiple of 8 with zeros after the
 * columns; inputs are rows of `stride` int16 that hold int8 values, with anything after the columns. Rows come four at a time, so that
 * there are always a multiple of four of them.
 */
import { half, rounded16, scaled } from './round';

/** Columns at once: four rows of them as int16 and two rows of inputs fit the first-level cache. */
const COLUMNS = 1024;

/** The sums of the lanes of a, b, c and d. */
function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7));
  return i32x4.add(i64x2.shuffle(ab, cd, 0, 2), i64x2.shuffle(ab, cd, 1, 3));
}

/**
 * acc[t][o] = bias[o] + sum over i of weight[o][i] x[t][i], modulo 2^32, for `tokens` tokens and `rows` rows; rows of acc are `rows` long.
 * `scratch` takes 8 COLUMNS bytes.
 */
export function products(
  weight: usize,
  bias: usize,
  x: usize,
  acc: usize,
  rows: i32,
  stride: i32,
  tokens: i32,
  scratch: usize,
): void {
  for (let t = 0; t < tokens; t++) memory.copy(acc + 4 * <usize>(t * rows), bias, 4 * <usize>rows);
  for (let from = 0; from < stride; from += COLUMNS) {
    const width = min(COLUMNS, stride - from);
    for (let o = 0; o < rows; o += 4) {
      const w = weight + <usize>(o * stride + from);
      const sums = acc + 4 * <usize>o;
      if (tokens === 1) {
        one(w, stride, x + 2 * <usize>from, width, sums);
      } else {
        extend(w, stride, width, scratch);
        let t = 0;
        for (; t + 2 <= tokens; t += 2) {
          const at = x + 2 * <usize>(t * stride + from);
          two(scratch, at, at + 2 * <usize>stride, width, sums + 4 * <usize>(t * rows), 4 * <usize>rows);
        }
        if (t < tokens)
          one(w, stride, x + 2 * <usize>(t * stride + from), width, sums + 4 * <usize>(t * rows));
      }
    }
  }
}

/** Four rows of weights as int16, one after the other. */
function extend(w: usize, stride: usize, width: usize, scratch: usize): void {
  for (let row = 0; row < 4; row++, w += stride, scratch += 2 * width) {
    for (let i: usize = 0; i < width; i += 8) v128.store(scratch + 2 * i, v128.load_ext<i8>(w + i));
  }
}

/** Adds the products of four rows with one token. */
function one(w0: usize, stride: usize, x: usize, width: usize, sums: usize): void {
  const w1 = w0 + stride;
  const w2 = w1 + stride;
  const w3 = w2 + stride;
  let a0 = i32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  for (let i: usize = 0; i < width; i += 8) {
    const u = v128.load(x + 2 * i);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load_ext<i8>(w0 + i), u));
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load_ext<i8>(w1 + i), u));
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load_ext<i8>(w2 + i), u));
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load_ext<i8>(w3 + i), u));
  }
  v128.store(sums, i32x4.add(v128.load(sums), laneSums(a0, a1, a2, a3)));
}

/** Adds the products of four rows, in int16, with two tokens, whose sums are `next` bytes apart: as many accumulators as registers allow. */
function two(w0: usize, x0: usize, x1: usize, width: usize, sums: usize, next: usize): void {
  const w1 = w0 + 2 * width;
  const w2 = w1 + 2 * width;
  const w3 = w2 + 2 * width;
  let a0 = i32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  for (let i: usize = 0; i < 2 * width; i += 16) {
    const u = v128.load(x0 + i);
    const v = v128.load(x1 + i);
    const p = v128.load(w0 + i);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(p, u));
    b0 = i32x4.add(b0, i32x4.dot_i16x8_s(p, v));
    const q = v128.load(w1 + i);
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(q, u));
    b1 = i32x4.add(b1, i32x4.dot_i16x8_s(q, v));
    const r = v128.load(w2 + i);
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(r, u));
    b2 = i32x4.add(b2, i32x4.dot_i16x8_s(r, v));
    const s = v128.load(w3 + i);
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(s, u));
    b3 = i32x4.add(b3, i32x4.dot_i16x8_s(s, v));
  }
  v128.store(sums, i32x4.add(v128.load(sums), laneSums(a0, a1, a2, a3)));
  v128.store(sums + next, i32x4.add(v128.load(sums + next), laneSums(b0, b1, b2, b3)));
}

/** out[i] = sat16(floor(acc[i] scale[i] + 1/2)), for `count` results and no more: others lie after them. */
export function rescale16(acc: usize, scale: usize, out: usize, count: i32): void {
  const blocks = count & ~7;
  for (let i: usize = 0; i < <usize>blocks; i += 8) {
    const s = scale + 8 * i;
    const low = scaled(v128.load(acc + 4 * i), v128.load(s), v128.load(s, 16));
    const high = scaled(v128.load(acc + 4 * i, 16), v128.load(s, 32), v128.load(s, 48));
    v128.store(out + 2 * i, i16x8.narrow_i32x4_s(low, high));
  }
  for (let i: usize = blocks; i < <usize>count; i++) {
    store<i16>(out + 2 * i, rounded16(<f64>load<i32>(acc + 4 * i) * load<f64>(scale + 8 * i)));
  }
}

/** out[i] = sat32(floor(acc[i] scale[i] + 1/2)), likewise. */
export function rescale32(acc: usize, scale: usize, out: usize, count: i32): void {
  const blocks = count & ~3;
  for (let i: usize = 0; i < <usize>blocks; i += 4) {
    const s = scale + 8 * i;
    v128.store(out + 4 * i, scaled(v128.load(acc + 4 * i), v128.load(s), v128.load(s, 16)));
  }
  for (let i: usize = blocks; i < <usize>count; i++) {
    const one = half(v128.load32_zero(acc + 4 * i), v128.load64_zero(scale + 8 * i));
    v128.store32_lane(out + 4 * i, one, 0);
  }
}

/** residual[i] = sat32(residual[i] + delta[i]), four at a time; doubles hold the sum. */
export function addSaturated(residual: usize, delta: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 4) {
    const a = v128.load(residual + 4 * i);
    const b = v128.load(delta + 4 * i);
    const low = f64x2.add(f64x2.convert_low_i32x4_s(a), f64x2.convert_low_i32x4_s(b));
    const high = f64x2.add(
      f64x2.convert_low_i32x4_s(i64x2.shuffle(a, a, 1, 1)),
      f64x2.convert_low_i32x4_s(i64x2.shuffle(b, b, 1, 1)),
    );
    const sum = i64x2.shuffle(i32x4.trunc_sat_f64x2_s_zero(low), i32x4.trunc_sat_f64x2_s_zero(high), 0, 2);
    v128.store(residual + 4 * i, sum);
  }
}
