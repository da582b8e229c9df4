/**
 * Largest errors of the nonlinear functions over their whole input range, against double-precision references: the figures
 * that tables.test.ts asserts and reports may quote.
 */
import { exp2neg, root, silu, softplus2 } from '../../src/quant/tables/functions.js';
import { pwl } from '../../src/quant/tables/pwl.js';
import { expTable } from '../../src/quant/tables/tables.js';

/** Largest |silu - exact| over all int16 inputs with `inFracBits` fraction bits, as a real value. */
export function siluError(inFracBits: number): number {
  let worst = 0;
  for (let v = -32768; v < 32768; v++) {
    const x = v * 2 ** -inFracBits;
    worst = Math.max(worst, Math.abs(silu(v, inFracBits) * 2 ** -16 - x / (1 + Math.exp(-x))));
  }
  return worst;
}

/** Errors of softplus2 over all int16 inputs: absolute in base-2 units and in nats, and relative on (-8, 0] and below. */
export function softplusError(): { abs: number; nats: number; relative: number; relativeBelow: number } {
  const result = { abs: 0, nats: 0, relative: 0, relativeBelow: 0 };
  for (let x = -32768; x < 32768; x++) {
    const real = x * 2 ** -11;
    const exact = Math.min(Math.max(real, 0) + Math.log1p(2 ** -Math.abs(real)) / Math.LN2, 16);
    const error = Math.abs(softplus2(x) * 2 ** -20 - exact);
    result.abs = Math.max(result.abs, error);
    if (real <= 0 && real > -8) result.relative = Math.max(result.relative, error / exact);
    if (real <= -8) result.relativeBelow = Math.max(result.relativeBelow, error / exact);
  }
  result.nats = result.abs * Math.LN2;
  return result;
}

/**
 * Errors of exp2neg for w = 0, step, 2 step, ... below 2^25. `abs` is the largest absolute error; `decayLoss` the largest
 * relative error of 1 - 2^-w for 1e-3 <= w ln 2 <= 0.1, which is what heads with a long memory feel, as the mean over the
 * output's rounding (NUMERICS: D); `decayLossUnits` is the largest error there in output units, rounding included.
 */
export function expError(step: number): { abs: number; decayLoss: number; decayLossUnits: number } {
  const result = { abs: 0, decayLoss: 0, decayLossUnits: 0 };
  const table = expTable();
  for (let w = 0; w < 2 ** 25; w += step) {
    const exact = 2 ** (-w * 2 ** -20);
    const error = Math.abs(exp2neg(w) * 2 ** -17 - exact);
    result.abs = Math.max(result.abs, error);
    const natural = w * 2 ** -20 * Math.LN2;
    if (natural < 1e-3 || natural > 0.1) continue;
    const fine = w < 2 ** 16;
    const i = fine ? 16 + (w >> 12) : w >> 16;
    const r = fine ? (w % 2 ** 12) * 16 : w % 2 ** 16;
    const line = table.offsets[i] + (table.slopes[i] * r) / 2 ** table.shift - 0.5;
    result.decayLoss = Math.max(result.decayLoss, Math.abs(line * 2 ** -17 - exact) / (1 - exact));
    result.decayLossUnits = Math.max(result.decayLossUnits, Math.abs(pwl(table, i, r) - exact * 2 ** 17));
  }
  return result;
}

/** Largest relative error of root over the given sums. */
export function rootError(sums: Iterable<number>): number {
  let worst = 0;
  const found = { k: 0, q: 0 };
  for (const sum of sums) {
    root(sum, found);
    worst = Math.max(worst, Math.abs(found.q * 2 ** -(17 + found.k) * Math.sqrt(sum) - 1));
  }
  return worst;
}
