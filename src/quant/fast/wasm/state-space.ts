/** State update and its sum (docs/integer-model.md section 7), one head and token at a time. */
import { rounded16 } from './round';

/** out[i] = v[i] as a double, for B and C; eight at a time. */
export function toDoubles(v: usize, out: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 8, out += 64) {
    const a = v128.load(v + 2 * i);
    const low = i32x4.extend_low_i16x8_s(a);
    const high = i32x4.extend_high_i16x8_s(a);
    v128.store(out, f64x2.convert_low_i32x4_s(low));
    v128.store(out, f64x2.convert_low_i32x4_s(i64x2.shuffle(low, low, 1, 1)), 16);
    v128.store(out, f64x2.convert_low_i32x4_s(high), 32);
    v128.store(out, f64x2.convert_low_i32x4_s(i64x2.shuffle(high, high, 1, 1)), 48);
  }
}

/**
 * 1.5 2^35 + 1/2. A double of this size has 17 fraction bits. Added to a v below 2^34 with 17 fraction bits it is exact, and the bits from 17 on
 * of the sum's word are floor(v + 1/2), modulo 2^32 in 32 of them.
 */
const FLOOR_17: f64 = 51539607552.5;

/**
 * For every p: u = sat16(rsh(dt x, uShift)), then for every n h = sat(rsh(h decay + u B 2^injectShift, 17)), then y =
 * sat16(rsh(sum of C h + skip x, yShift)). h: int32 [headDim][dState], replaced; B and C: doubles [dState]; x, u and y: int16 [headDim]. `decay`
 * comes with its factor 2^-17, `step` is dt 2^-uShift, `inject` 2^(injectShift - 17), `yScale` 2^-yShift, `limit` 2^(stateBits - 1).
 *
 * h decay has 41 bits, u B 2^injectShift 46, their sum below 2^46: with the factor 2^-17 it is below 2^29, so that its floor fits 32 bits before it
 * is clamped. Sums of C h stay below 2^52 as the page demands; doubles hold them in any order.
 */
export function updateHead(
  h: usize,
  b: usize,
  c: usize,
  x: usize,
  u: usize,
  y: usize,
  headDim: usize,
  dState: i32,
  step: f64,
  decay: f64,
  inject: f64,
  limit: i32,
  skip: f64,
  yScale: f64,
): void {
  const blocks = dState & ~3;
  const factor = f64x2.splat(decay);
  const low = i32x4.splat(-limit);
  const high = i32x4.splat(limit - 1);
  const floor17 = f64x2.splat(FLOOR_17);
  for (let p: usize = 0; p < headDim; p++, h += 4 * <usize>dState) {
    const input = <f64>load<i16>(x + 2 * p);
    const held = rounded16(step * input);
    store<i16>(u + 2 * p, held);
    const injected = <f64>held * inject;
    const injected2 = f64x2.splat(injected);
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let n = 0;
    for (; n < blocks; n += 4) {
      const at: usize = 8 * <usize>n;
      const old = v128.load(h + 4 * <usize>n);
      const v0 = f64x2.add(
        f64x2.mul(f64x2.convert_low_i32x4_s(old), factor),
        f64x2.mul(injected2, v128.load(b + at)),
      );
      const v1 = f64x2.add(
        f64x2.mul(f64x2.convert_low_i32x4_s(i64x2.shuffle(old, old, 1, 1)), factor),
        f64x2.mul(injected2, v128.load(b + at, 16)),
      );
      const floors = i32x4.shuffle(
        i64x2.shr_u(f64x2.add(v0, floor17), 17),
        i64x2.shr_u(f64x2.add(v1, floor17), 17),
        0,
        2,
        4,
        6,
      );
      const next = i32x4.min_s(high, i32x4.max_s(low, floors));
      v128.store(h + 4 * <usize>n, next);
      s0 = f64x2.add(s0, f64x2.mul(f64x2.convert_low_i32x4_s(next), v128.load(c + at)));
      s1 = f64x2.add(
        s1,
        f64x2.mul(f64x2.convert_low_i32x4_s(i64x2.shuffle(next, next, 1, 1)), v128.load(c + at, 16)),
      );
    }
    const both = f64x2.add(s0, s1);
    let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
    for (; n < dState; n++) {
      const at = h + 4 * <usize>n;
      const v = <f64>load<i32>(at) * decay + injected * load<f64>(b + 8 * <usize>n);
      const next = max<i32>(-limit, min<i32>(limit - 1, <i32>floor<f64>(v + 0.5)));
      store<i32>(at, next);
      sum += <f64>next * load<f64>(c + 8 * <usize>n);
    }
    store<i16>(y + 2 * p, rounded16((sum + skip * input) * yScale));
  }
}
