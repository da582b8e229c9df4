/** Depthwise causal convolution (docs/integer-model.md section 4). */
import { rounded } from './round';

/**
 * out[t][c] = sat16(rsh(bias[c] + sum over k of weight[k][c] input[t + k][c], shift[c])), eight channels at a time. `weight` is [taps][stride]
 * int16, `bias` and `scale` (2^-shift) are doubles, `input` is [tokens + taps - 1][channels]. Sums have 36 bits: doubles hold them.
 */
export function conv(
  input: usize,
  weight: usize,
  bias: usize,
  scale: usize,
  out: usize,
  channels: i32,
  stride: i32,
  taps: i32,
  tokens: i32,
): void {
  for (let t = 0; t < tokens; t++) {
    for (let c = 0; c < channels; c += 8) {
      const at: usize = 8 * <usize>c;
      let a0 = v128.load(bias + at);
      let a1 = v128.load(bias + at, 16);
      let a2 = v128.load(bias + at, 32);
      let a3 = v128.load(bias + at, 48);
      for (let k = 0; k < taps; k++) {
        const w = v128.load(weight + 2 * <usize>(k * stride + c));
        const x = v128.load(input + 2 * <usize>((t + k) * channels + c));
        const low = i32x4.extmul_low_i16x8_s(w, x);
        const high = i32x4.extmul_high_i16x8_s(w, x);
        a0 = f64x2.add(a0, f64x2.convert_low_i32x4_s(low));
        a1 = f64x2.add(a1, f64x2.convert_low_i32x4_s(i64x2.shuffle(low, low, 1, 1)));
        a2 = f64x2.add(a2, f64x2.convert_low_i32x4_s(high));
        a3 = f64x2.add(a3, f64x2.convert_low_i32x4_s(i64x2.shuffle(high, high, 1, 1)));
      }
      const r0 = rounded(f64x2.mul(a0, v128.load(scale + at)));
      const r1 = rounded(f64x2.mul(a1, v128.load(scale + at, 16)));
      const r2 = rounded(f64x2.mul(a2, v128.load(scale + at, 32)));
      const r3 = rounded(f64x2.mul(a3, v128.load(scale + at, 48)));
      const v = i16x8.narrow_i32x4_s(i64x2.shuffle(r0, r1, 0, 2), i64x2.shuffle(r2, r3, 0, 2));
      v128.store(out + 2 * <usize>(t * channels + c), v);
    }
  }
}
