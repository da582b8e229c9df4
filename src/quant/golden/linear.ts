/**
 * A linear layer of the golden model (docs/integer-model.md section 3): online Hadamard transform (the paper's HAT), input
 * quantizer, int8 product (MAT) and rescale. Refuses (Error) block sizes that are no power of two or do not divide the width.
 */

import { rsh, sat } from '../rounding.js';
import type { QuantizedLinear } from '../types.js';
import { matmul, TOKEN_BLOCK } from './matmul.js';

/** Where a linear layer shows its inside; each receives [tokens][width]. */
export interface LinearTaps {
  hat(data: Int32Array): void;
  x(data: Int8Array): void;
  acc(data: Int32Array): void;
}

/** Blocks of `size` consecutive values times the Sylvester Hadamard matrix, exact; `data` is [tokens][width]. */
export function hadamardBlocks(data: Int16Array | Int32Array, width: number, size: number): Int32Array {
  if (width % size !== 0 || (size & (size - 1)) !== 0) {
    throw new Error(
      `Hadamard block of ${size} for a width of ${width}: expected a power of two that divides it`,
    );
  }
  const out = Int32Array.from(data);
  for (let half = 1; half < size; half *= 2) {
    for (let base = 0; base < out.length; base += 2 * half) {
      for (let i = base; i < base + half; i++) {
        const a = out[i];
        const b = out[i + half];
        out[i] = a + b;
        out[i + half] = a - b;
      }
    }
  }
  return out;
}

/** sat8(rsh(a * inputMultiplier, inputShift)); one multiplier a tensor, or one a column. */
function quantizeInput(layer: LinearInput, a: Int16Array | Int32Array): Int8Array {
  const { cols, inputMultiplier, inputShift } = layer;
  const x = new Int8Array(a.length);
  const perColumn = inputMultiplier.length > 1;
  for (let i = 0; i < a.length; i++) {
    const multiplier = inputMultiplier[perColumn ? i % cols : 0];
    x[i] = sat(rsh(a[i] * multiplier, inputShift), 8);
  }
  return x;
}

/** What `linearInput` reads of a layer. */
export type LinearInput = Pick<QuantizedLinear, 'cols' | 'hatSize' | 'inputMultiplier' | 'inputShift'>;

/** x, [tokens][cols]: what the products are taken of, for y [tokens][cols]. */
export function linearInput(layer: LinearInput, y: Int16Array, taps?: LinearTaps): Int8Array {
  const { cols, hatSize } = layer;
  let a: Int16Array | Int32Array = y;
  if (hatSize > 1) {
    const hat = hadamardBlocks(y, cols, hatSize);
    taps?.hat(hat);
    a = hat;
  }
  const x = quantizeInput(layer, a);
  taps?.x(x);
  return x;
}

/**
 * The results for x [tokens][cols]. `out` ([tokens][rows]) decides the width B of the results: 16 bits in an Int16Array,
 * 32 in an Int32Array.
 */
export function linearResult<Out extends Int16Array | Int32Array>(
  layer: QuantizedLinear,
  x: Int8Array,
  out: Out,
  taps?: LinearTaps,
): Out {
  const { rows, cols, weight, bias, multiplier, shift } = layer;
  const tokens = x.length / cols;
  const bits = out instanceof Int16Array ? 16 : 32;
  const allAcc = taps === undefined ? undefined : new Int32Array(tokens * rows);
  const block = new Int32Array(Math.min(tokens, TOKEN_BLOCK) * rows);
  for (let from = 0; from < tokens; from += TOKEN_BLOCK) {
    const count = Math.min(TOKEN_BLOCK, tokens - from);
    const acc = allAcc?.subarray(from * rows, (from + count) * rows) ?? block;
    matmul(weight, bias, rows, cols, x.subarray(from * cols, (from + count) * cols), count, acc);
    for (let t = 0; t < count; t++) {
      const target = (from + t) * rows;
      for (let o = 0; o < rows; o++) {
        out[target + o] = sat(rsh(acc[t * rows + o] * multiplier[o], shift[o]), bits);
      }
    }
  }
  if (allAcc !== undefined) taps?.acc(allAcc);
  return out;
}

/** The whole layer for y [tokens][cols], into `out` as `linearResult` does. */
export function goldenLinear<Out extends Int16Array | Int32Array>(
  layer: QuantizedLinear,
  y: Int16Array,
  out: Out,
  taps?: LinearTaps,
): Out {
  return linearResult(layer, linearInput(layer, y, taps), out, taps);
}
