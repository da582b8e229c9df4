/**
 * The four tables of docs/integer-model.md section 9: SiLU, SoftPlus and exponential (the paper's NAU), reciprocal root.
 * Each is fitted at first use (some milliseconds) and then kept. Slope widths are the narrowest that keep the errors
 * asserted in tables.test.ts.
 */
import { fitPwl } from './fit.js';
import {
  fixedExp2Neg,
  fixedInverseRoot,
  fixedLog2OnePlus,
  fixedRatio,
  fixedSiluGap,
} from './fit-reference.js';
import type { PwlTable } from './pwl.js';

function once(make: () => PwlTable): () => PwlTable {
  let made: PwlTable | undefined;
  return () => (made ??= make());
}

/** U5.14 argument at position r of segment i of the SiLU table: widths 1/16, 1/8, 1/4, 1. */
function siluArgument(i: number, r: number): number {
  if (i < 16) return i * 2 ** 10 + r / 16;
  if (i < 40) return 2 ** 14 + (i - 16) * 2 ** 11 + r / 8;
  if (i < 56) return 2 ** 16 + (i - 40) * 2 ** 12 + r / 4;
  return 2 ** 17 + (i - 56) * 2 ** 14 + r;
}

/** z / (1 + e^z) on [0, 16), 16 fraction bits. Exact at 0, so that a silent channel stays silent. */
export const siluTable = once(() =>
  fitPwl({
    name: 'silu',
    segments: 64,
    remBits: 14,
    slopeBits: 12,
    offsetBits: 16,
    shift: 14,
    fracBits: 16,
    exact: (i, r) => fixedSiluGap(fixedRatio(siluArgument(i, r) * 16, 18)),
    anchors: { 0: { offset: 0, from: 0, error: 'absolute' } },
  }),
);

/**
 * 2^n log2(1 + 2^-(n + f)): row n = 0..7, eight segments of f each, 17 fraction bits. Row 7 serves every n above too, 0.4 %
 * low there; fitting it between 7 and the limit would halve that and make the function fall at -7.
 */
export const softplusTable = once(() =>
  fitPwl({
    name: 'softplus',
    segments: 64,
    remBits: 8,
    slopeBits: 11,
    offsetBits: 18,
    shift: 4,
    fracBits: 17,
    exact: (i, r) => {
      const n = i >> 3;
      const f = fixedRatio((i % 8) * 256 + r, 11);
      return fixedLog2OnePlus(fixedExp2Neg(f) >> BigInt(n)) << BigInt(n);
    },
  }),
);

/** 2^-f, 17 fraction bits: 16 segments of f, then 16 finer ones below 1/16. Exact at 0, so that a decay of 1 stays 1. */
export const expTable = once(() =>
  fitPwl({
    name: 'exp2neg',
    segments: 32,
    remBits: 16,
    slopeBits: 14,
    offsetBits: 18,
    shift: 16,
    fracBits: 17,
    exact: (i, r) =>
      fixedExp2Neg(i < 16 ? fixedRatio(i * 2 ** 16 + r, 20) : fixedRatio((i - 16) * 2 ** 16 + r, 24)),
    falling: (i) => (i % 16 === 0 ? undefined : i - 1),
    // Heads with a long memory live from w = 1e-3 log2(e) on: there the decay's mean must be right.
    anchors: { 16: { offset: 2 ** 17, from: 24206, error: 'relative' } },
  }),
);

/** 1 / sqrt(m) on [1, 2) and [2, 4), 32 segments each, 17 fraction bits. */
export const rootTable = once(() =>
  fitPwl({
    name: 'root',
    segments: 64,
    remBits: 12,
    slopeBits: 12,
    offsetBits: 18,
    shift: 12,
    fracBits: 17,
    exact: (i, r) =>
      fixedInverseRoot(
        i < 32 ? fixedRatio(2 ** 17 + i * 2 ** 12 + r, 17) : fixedRatio(2 ** 17 + (i - 32) * 2 ** 12 + r, 16),
      ),
    max: 2 ** 17,
  }),
);
