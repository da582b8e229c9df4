/**
 * RMSNorm and the gated norm of the golden model (docs/integer-model.md sections 2 and 8). The sum of squares is exact below
 * 2^50, where every partial sum is an integer that a double holds.
 */

import { rsh, sat } from '../rounding.js';
import { type Root, root } from '../tables/functions.js';
import type { QuantizedNorm } from '../types.js';

/** Result of a norm with what a tap may want. */
export interface NormResult {
  /** [tokens][width] int16 */
  readonly out: Int16Array;
  /** [tokens][groups], eps included */
  readonly sums: Float64Array;
  /** [tokens][groups][k, q] */
  readonly roots: Int32Array;
}

/** First line of section 2: sat18(rsh(r, normInShift)). */
export function normInput(norm: QuantizedNorm, residual: Int32Array): Int32Array {
  return residual.map((r) => sat(rsh(r, norm.inShift), 18));
}

/** The rest: `groups` equal parts of every token's `width` values are divided by their own length. */
export function goldenNorm(
  norm: QuantizedNorm,
  v: Int16Array | Int32Array,
  width: number,
  groups: number,
): NormResult {
  const parts = (v.length / width) * groups;
  const size = width / groups;
  const out = new Int16Array(v.length);
  const sums = new Float64Array(parts);
  const roots = new Int32Array(parts * 2);
  const found: Root = { k: 0, q: 0 };
  for (let part = 0; part < parts; part++) {
    const base = part * size;
    let sum = norm.eps;
    for (let i = base; i < base + size; i++) sum += v[i] * v[i];
    sums[part] = Math.max(1, sum);
    const { k, q } = root(sums[part], found);
    roots.set([k, q], 2 * part);
    const shift = 17 + k - norm.outFracBits;
    for (let i = base; i < base + size; i++) out[i] = sat(rsh(v[i] * q, shift), 16);
  }
  return { out, sums, roots };
}
