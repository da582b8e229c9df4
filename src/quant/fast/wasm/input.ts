/** What comes before a matrix product: online Hadamard transform and input quantizer (docs/integer-model.md section 3). */
import { scaled } from './round';

/** out[i] = y[i] as int32, eight at a time. */
export function widen(y: usize, out: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 8) {
    const v = v128.load(y + 2 * i);
    v128.store(out + 4 * i, i32x4.extend_low_i16x8_s(v));
    v128.store(out + 4 * i, i32x4.extend_high_i16x8_s(v), 16);
  }
}

/** In place: every `size` of `count` int32 times the Sylvester Hadamard matrix. `size`: a power of two from 2 on. */
export function hadamard(data: usize, count: usize, size: usize): void {
  if (size === 2) {
    for (let i: usize = 0; i < count; i += 4) v128.store(data + 4 * i, pairs(v128.load(data + 4 * i)));
    return;
  }
  for (let block = data; block < data + 4 * count; block += 4 * size) {
    for (let i = block; i < block + 4 * size; i += 16) v128.store(i, quads(pairs(v128.load(i))));
    for (let half: usize = 4; half < size; half *= 2) {
      for (let from = block; from < block + 4 * size; from += 8 * half) {
        for (let i = from; i < from + 4 * half; i += 16) {
          const a = v128.load(i);
          const b = v128.load(i + 4 * half);
          v128.store(i, i32x4.add(a, b));
          v128.store(i + 4 * half, i32x4.sub(a, b));
        }
      }
    }
  }
}

/** Sums and differences of lanes 0 and 1, and of 2 and 3. */
function pairs(v: v128): v128 {
  return i32x4.add(
    i32x4.shuffle(v, v, 0, 0, 2, 2),
    i32x4.mul(i32x4.shuffle(v, v, 1, 1, 3, 3), i32x4(1, -1, 1, -1)),
  );
}

/** Sums and differences of lanes 0 and 2, and of 1 and 3. */
function quads(v: v128): v128 {
  return i32x4.add(
    i32x4.shuffle(v, v, 0, 1, 0, 1),
    i32x4.mul(i32x4.shuffle(v, v, 2, 3, 2, 3), i32x4(1, 1, -1, -1)),
  );
}

/** x[i] = sat8(floor(a[i] scale[i] + 1/2)) as int16, eight at a time, of int32. */
export function quantize32(a: usize, scale: usize, x: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 8) {
    v128.store(x + 2 * i, eight(v128.load(a + 4 * i), v128.load(a + 4 * i, 16), scale + 8 * i));
  }
}

/** The same of int16. */
export function quantize16(a: usize, scale: usize, x: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 8) {
    const v = v128.load(a + 2 * i);
    v128.store(x + 2 * i, eight(i32x4.extend_low_i16x8_s(v), i32x4.extend_high_i16x8_s(v), scale + 8 * i));
  }
}

function eight(a: v128, b: v128, scale: usize): v128 {
  const low = scaled(a, v128.load(scale), v128.load(scale, 16));
  const high = scaled(b, v128.load(scale, 32), v128.load(scale, 48));
  const x = i16x8.narrow_i32x4_s(low, high);
  return i16x8.min_s(i16x8.splat(127), i16x8.max_s(i16x8.splat(-128), x));
}
