/**
 * The nonlinear functions of docs/integer-model.md section 9 (SiLU, and the paper's NAU: SoftPlus and exponential) and the
 * reciprocal root, on integers held in numbers. Arguments outside the stated ranges give no defined result.
 */

import { rsh } from '../rounding.js';
import { pwl } from './pwl.js';
import { expTable, rootTable, siluTable, softplusTable } from './tables.js';

/** v / (1 + e^-v) with 16 fraction bits. v: int16 with `inFracBits` (7 to 14) fraction bits. */
export function silu(v: number, inFracBits: number): number {
  const a = (v < 0 ? -v : v) << (14 - inFracBits);
  const rectified = v > 0 ? v << (16 - inFracBits) : 0;
  if (a >= 1 << 18) return rectified;
  const table = siluTable();
  if (a < 1 << 14) return rectified - pwl(table, a >> 10, (a & 0x3ff) << 4);
  if (a < 1 << 16) return rectified - pwl(table, 16 + ((a - (1 << 14)) >> 11), (a & 0x7ff) << 3);
  if (a < 1 << 17) return rectified - pwl(table, 40 + ((a - (1 << 16)) >> 12), (a & 0xfff) << 2);
  return rectified - pwl(table, 56 + ((a - (1 << 17)) >> 14), a & 0x3fff);
}

/** log2(1 + 2^x) as U4.20 (24 bits). x: int16, Q5.11. */
export function softplus2(x: number): number {
  const a = x < 0 ? -x : x;
  const n = a >> 11;
  const e = a & 0x7ff;
  const tail = pwl(softplusTable(), 8 * Math.min(n, 7) + (e >> 8), e & 0xff) * 8;
  const sum = (x > 0 ? x << 9 : 0) + rsh(tail, n);
  return sum >= 1 << 24 ? (1 << 24) - 1 : sum;
}

/** 2^-w as U0.17, 1 becoming 1 - 2^-17. w: U5.20, below 2^25. */
export function exp2neg(w: number): number {
  const n = w >> 20;
  const e = w & 0xfffff;
  const value =
    n === 0 && e < 1 << 16
      ? pwl(expTable(), 16 + (e >> 12), (e & 0xfff) << 4)
      : pwl(expTable(), e >> 16, e & 0xffff);
  const shifted = n === 0 ? value : (value + (1 << (n - 1))) >> n;
  return shifted >= 1 << 17 ? (1 << 17) - 1 : shifted;
}

/** What `root` finds: 1 / sqrt(S) = q 2^-(17 + k). */
export interface Root {
  k: number;
  /** At most 2^17. */
  q: number;
}

/** Reciprocal square root of an integer 1 <= S < 2^50. Writes into `out` when given, so that loops need not allocate. */
export function root(S: number, out: Root = { k: 0, q: 0 }): Root {
  let k = 0;
  // 4^k <= S: a double's exponent would do as well, but this needs no view of its bits.
  for (let rest = S; rest >= 4; rest = Math.floor(rest / 4)) k++;
  const m = Math.floor((S * 2 ** 16) / 4 ** k);
  out.k = k;
  out.q =
    m < 1 << 17
      ? pwl(rootTable(), (m - (1 << 16)) >> 11, (m & 0x7ff) << 1)
      : pwl(rootTable(), 32 + ((m - (1 << 17)) >> 12), m & 0xfff);
  return out;
}

/**
 * SiLU as a table over all int16 inputs, already rounded to `outFracBits` and saturated (section 5): entry v & 0xffff.
 * The same numbers as `sat16(rsh(silu(v), 16 - outFracBits))`, for loops that apply it many times.
 */
export function siluLookup(inFracBits: number, outFracBits: number): Int16Array {
  const key = inFracBits * 16 + outFracBits;
  let lookup = siluLookups.get(key);
  if (lookup === undefined) {
    lookup = new Int16Array(65536);
    for (let v = -32768; v < 32768; v++) {
      lookup[v & 0xffff] = Math.max(-32768, Math.min(32767, rsh(silu(v, inFracBits), 16 - outFracBits)));
    }
    siluLookups.set(key, lookup);
  }
  return lookup;
}

const siluLookups = new Map<number, Int16Array>();
