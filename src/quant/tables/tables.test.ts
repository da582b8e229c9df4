import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { expError, rootError, siluError, softplusError } from '../../../test/oracles/table-error.js';
import { exp2neg, root, silu, siluLookup, softplus2 } from './functions.js';
import { pwl } from './pwl.js';
import { expTable, rootTable, siluTable, softplusTable } from './tables.js';

const INT16 = Array.from({ length: 65536 }, (_, i) => i - 32768);
/** What the fit gave once; a change here changes every quantized model, and must be meant. */
const DIGESTS = [
  ['silu', '15d840730122', 'a833b0420597'],
  ['softplus', 'dde71b01751b', '50fdf8dcdf54'],
  ['exp2neg', 'f34b5dfb4149', '25e6024e0030'],
  ['root', 'a2b677d8f760', 'ec6a7f49bf6a'],
];
const tables = [siluTable, softplusTable, expTable, rootTable];

describe('tables', () => {
  it.each(tables.map((t) => t()))('$name: slopes, offsets and values stay in their widths', (table) => {
    const limit = 2 ** (table.slopeBits - 1);
    for (let i = 0; i < table.segments; i++) {
      expect(table.slopes[i]).toBeGreaterThanOrEqual(-limit);
      expect(table.slopes[i]).toBeLessThan(limit);
      for (const r of [0, 2 ** table.remBits - 1]) {
        expect(pwl(table, i, r)).toBeGreaterThanOrEqual(0);
        expect(pwl(table, i, r)).toBeLessThan(2 ** table.offsetBits);
      }
    }
    expect(table.slopeBits + table.remBits).toBeLessThanOrEqual(32);
  });

  it('are these, on every machine', () => {
    const digest = (values: Int32Array) =>
      createHash('sha256').update(values.join()).digest('hex').slice(0, 12);
    const found = tables.map((t) => [t().name, digest(t().slopes), digest(t().offsets)]);
    expect(found).toEqual(DIGESTS);
  });

  it('keep the exact values at the anchors', () => {
    expect(siluTable().offsets[0]).toBe(0);
    expect(expTable().offsets[16]).toBe(2 ** 17);
  });
});

/** Exact values of the tables in their units at position `r` of segment `i`, in float64. */
const EXACT: Record<string, (i: number, r: number) => number> = {
  silu: (i, r) => {
    const at = i + r / 2 ** 14;
    const z = i < 16 ? at / 16 : i < 40 ? at / 8 - 1 : i < 56 ? at / 4 - 6 : at - 48;
    return (2 ** 16 * z) / (1 + Math.exp(z));
  },
  softplus: (i, r) => {
    const n = i >> 3;
    return 2 ** (17 + n) * Math.log2(1 + 2 ** -(n + ((i % 8) + r / 256) / 8));
  },
  exp2neg: (i, r) => 2 ** 17 * 2 ** -(i < 16 ? (i + r / 2 ** 16) / 16 : (i - 16 + r / 2 ** 16) / 256),
  root: (i, r) =>
    2 ** 17 / Math.sqrt(i < 32 ? 1 + (i + r / 2 ** 12) / 32 : 2 * (1 + (i - 32 + r / 2 ** 12) / 32)),
};
/** Segments whose first value is given. */
const ANCHORED: Record<string, number> = { silu: 0, exp2neg: 16 };

it.each(tables.map((t) => t()))('$name: no other slope or offset fits a segment better', (table) => {
  const { name, segments, slopes, offsets, remBits, shift } = table;
  const last = (i: number) => pwl(table, i, 2 ** remBits - 1);
  let compared = 0;
  for (let i = 0; i < segments; i++) {
    if (i === ANCHORED[name]) continue;
    // The exponential falls from segment to segment, and a root is at most 1.
    const highest: Record<string, number> = { exp2neg: i % 16 > 0 ? last(i - 1) : 2 ** 17, root: 2 ** 17 };
    const most = highest[name] ?? Number.POSITIVE_INFINITY;
    const points = Array.from({ length: 65 }, (_, k) => Math.floor((k * 2 ** remBits) / 64));
    const exact = points.map((r) => EXACT[name](i, r));
    // A floor takes half a unit on average.
    const worst = (slope: number, offset: number) =>
      Math.max(...points.map((r, k) => Math.abs(offset + (slope * r) / 2 ** shift - 0.5 - exact[k])));
    const found = worst(slopes[i], offsets[i]);
    for (const slope of [-1, 0, 1])
      for (const offset of [-1, 0, 1])
        if (offsets[i] + offset <= most) {
          expect(found).toBeLessThanOrEqual(worst(slopes[i] + slope, offsets[i] + offset) + 0.01);
          compared++;
        }
  }
  expect(compared).toBeGreaterThan(6 * (segments - 1));
});

describe('silu', () => {
  it.each([7, 8, 9, 10, 11, 12, 13, 14])('is within 2.9e-4 for every input with %i fraction bits', (f) => {
    expect(siluError(f)).toBeLessThan(2.9e-4);
  });

  it('is 0 at 0, at most max(v, 0), and above -0.2787', () => {
    for (const f of [7, 14]) {
      expect(silu(0, f)).toBe(0);
      for (const v of INT16) {
        const y = silu(v, f);
        const rectified = Math.max(v, 0) * 2 ** (16 - f);
        if (y > rectified || y < rectified - 0.2787 * 65536) throw new Error(`silu(${v}, ${f}) = ${y}`);
      }
    }
  });

  it('rises with v >= 0, but for a step of its own error where segments meet', () => {
    const fall = (f: number) => {
      let worst = 0;
      for (let v = 1; v < 32768; v++) worst = Math.max(worst, silu(v - 1, f) - silu(v, f));
      return worst;
    };
    expect(fall(10)).toBe(0);
    expect(fall(14)).toBeLessThan(2.9e-4 * 65536);
  });

  it('lookup holds the rounded function', () => {
    for (const [inBits, outBits] of [
      [10, 0],
      [12, 9],
      [14, 15],
    ] as const) {
      const lookup = siluLookup(inBits, outBits);
      for (const v of INT16) {
        const shift = 16 - outBits;
        const rounded = Math.floor((silu(v, inBits) + 2 ** (shift - 1)) / 2 ** shift);
        const expected = Math.max(-32768, Math.min(32767, rounded));
        if (lookup[v & 0xffff] !== expected) throw new Error(`silu lookup of ${v}`);
      }
    }
  });
});

describe('softplus2', () => {
  it('has an error of 2^-12.8 in nats and 0.5 % on (-8, 0] over every input', () => {
    const error = softplusError();
    expect(error.nats).toBeLessThan(2 ** -12.8);
    expect(error.relative).toBeLessThan(0.0006);
    // Below -8 the 20 fraction bits of the result decide: half a unit of 23 at -16.
    expect(error.relativeBelow).toBeLessThan(0.023);
  });

  it('rises, stays positive and below 2^24, and differs from its mirror by x', () => {
    for (const x of INT16) {
      const y = softplus2(x);
      if (!(y > 0 && y < 2 ** 24)) throw new Error(`softplus2(${x}) = ${y}`);
      if (x > -32768 && y < softplus2(x - 1)) throw new Error(`softplus2 falls at ${x}`);
      if (x > 0 && y < 2 ** 24 - 1 && y - softplus2(-x) !== x * 512) throw new Error(`mirror of ${x}`);
    }
  });
});

describe('exp2neg', () => {
  it('has an error of 2^-13, and decays slow heads right to 0.3 %', () => {
    const error = expError(5);
    expect(error.abs).toBeLessThan(2 ** -13);
    expect(error.decayLoss).toBeLessThan(0.003);
  });

  it('is 1 - 2^-17 at 0, never 1, and never rises', () => {
    expect(exp2neg(0)).toBe(2 ** 17 - 1);
    let before = exp2neg(0);
    for (let w = 1; w < 2 ** 21; w++) {
      const decay = exp2neg(w);
      if (decay > before || decay < 0) throw new Error(`exp2neg(${w}) = ${decay} after ${before}`);
      before = decay;
    }
    for (let w = 2 ** 21; w < 2 ** 25; w += 61) {
      const decay = exp2neg(w);
      if (decay > before || decay < 0) throw new Error(`exp2neg(${w}) = ${decay} after ${before}`);
      before = decay;
    }
    expect(exp2neg(2 ** 25 - 1)).toBe(0);
  });
});

describe('root', () => {
  const mantissas = Array.from({ length: 3 * 2 ** 16 }, (_, i) => 2 ** 16 + i);

  it('has a relative error of 6e-5 for every mantissa, cut or not', () => {
    expect(rootError(mantissas)).toBeLessThan(6e-5);
    expect(rootError(mantissas.map((m) => m * 2 ** 31 + 2 ** 31 - 1))).toBeLessThan(6e-5);
    expect(rootError(Array.from({ length: 65536 }, (_, i) => i + 1))).toBeLessThan(6e-5);
    expect(rootError([2 ** 50 - 1, 2 ** 49, 2 ** 48, 2 ** 48 - 1, 4 ** 24 + 1])).toBeLessThan(6e-5);
  });

  it('finds k and a q of at most 2^17', () => {
    for (let exponent = 0; exponent < 50; exponent++) {
      for (const S of [2 ** exponent, 2 ** exponent + 1, 2 ** (exponent + 1) - 1]) {
        const { k, q } = root(S);
        expect(4 ** k <= S && S < 4 ** (k + 1)).toBe(true);
        expect(q).toBeLessThanOrEqual(2 ** 17);
        expect(q).toBeGreaterThanOrEqual(2 ** 16);
      }
    }
    for (const m of mantissas) if (root(m).q > 2 ** 17) throw new Error(`root(${m})`);
  });
});
