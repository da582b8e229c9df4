/**
 * What the vector units must give, value by value, from docs/integer-model.md (sections 2, 3, 5, 6 and 8): one reference for the tests of
 * units on the interpreter and as emitted C++. Plain loops on lists of lanes.
 */
import type { AbsA } from '../../src/quant/abs-a.js';
import { rsh, sat } from '../../src/quant/rounding.js';
import { exp2neg, root, silu, softplus2 } from '../../src/quant/tables/functions.js';
import type { Random } from '../../src/util/random.js';

type Values = readonly number[];

/** sat32(r + delta). */
export const updatedResidual = (residual: Values, delta: Values): number[] =>
  residual.map((r, i) => sat(r + delta[i], 32));

/** sat8(rsh(a multiplier, shift)). */
export const quantized = (values: Values, multiplier: number, shift: number): number[] =>
  values.map((a) => sat(rsh(a * multiplier, shift), 8));

/** sat16(rsh(silu(v), 16 - outFracBits)). */
export const activated = (v: number, inFracBits: number, outFracBits: number): number =>
  sat(rsh(silu(v, inFracBits), 16 - outFracBits), 16);

/** A segment of every token: its words, and the formats that only they have. */
export interface ActivatedSegment {
  readonly words: number;
  readonly inFracBits: number;
  readonly outFracBits: number;
}

/** SiLU of whole tokens, each a row of segments; what goes to each segment's channel. */
export function activatedSegments(
  values: Values,
  lanes: number,
  tokens: number,
  segments: readonly ActivatedSegment[],
): number[][] {
  const outputs: number[][] = segments.map(() => []);
  let next = 0;
  for (let token = 0; token < tokens; token++)
    segments.forEach(({ words, inFracBits, outFracBits }, i) => {
      for (let lane = 0; lane < words * lanes; lane++)
        outputs[i].push(activated(values[next++], inFracBits, outFracBits));
    });
  return outputs;
}

/** dt = clamp(softplus2(x), dtMin, dtMax). */
export const timeStep = (x: number, dtMin: number, dtMax: number): number =>
  Math.min(Math.max(softplus2(x), dtMin), dtMax);

/** Section 6: w, then 2^-w. */
export const decayOf = (dt: number, { absA, aShift }: AbsA): number =>
  exp2neg(Math.min(rsh(dt * absA, aShift), 2 ** 25 - 1));

/** An integer from its whole range, ends included, and one of the shifts. */
export const randomAbsA = (random: Random): AbsA => ({
  absA: random.edgy(0, 2 ** random.integer(1, 17) - 1),
  aShift: 6 * random.integer(1, 4),
});

/** Parameters of a head that is none. */
export const NO_ABS_A: AbsA = { absA: 0, aShift: 6 };

/** Of every block of `block` values: y[i] = sum over j of (-1)^popcount(i and j) x[j], Sylvester's matrix from its definition. */
export function hadamard(block: number, values: Values): number[] {
  const sign = (bits: number): number => (bits === 0 ? 1 : bits & 1 ? -sign(bits >> 1) : sign(bits >> 1));
  const signs = Array.from({ length: block }, (_, bits) => sign(bits));
  const result: number[] = [];
  for (let start = 0; start < values.length; start += block)
    for (let i = 0; i < block; i++) {
      let sum = 0;
      for (let j = 0; j < block; j++) sum += signs[i & j] * values[start + j];
      result.push(sum);
    }
  return result;
}

/** Section 2, first line; without a shift the values are what they are. */
export const normValues = (input: Values, inShift: number | undefined): number[] =>
  input.map((r) => (inShift === undefined ? r : sat(rsh(r, inShift), 18)));

/** Sum of squares of every row of `width` values. */
export function normSums(values: Values, width: number): number[] {
  const sums: number[] = [];
  for (let start = 0; start < values.length; start += width)
    sums.push(values.slice(start, start + width).reduce((sum, v) => sum + v * v, 0));
  return sums;
}

/** Root of S = max(1, sum + eps). */
export const normRoots = (sums: Values, eps: number): { q: number; k: number }[] =>
  sums.map((sum) => ({ ...root(Math.max(1, sum + eps)) }));

/** Section 2, last line, with the root of each row. */
export const normScaled = (
  values: Values,
  width: number,
  roots: readonly { q: number; k: number }[],
  outFracBits: number,
): number[] =>
  values.map((v, i) => {
    const { q, k } = roots[Math.floor(i / width)];
    return sat(rsh(v * q, 17 + k - outFracBits), 16);
  });

/** Section 8: y s, shifted by head. A token is `shifts.length` heads of `width` values. */
export const gated = (y: Values, s: Values, shifts: Values, width: number): number[] =>
  y.map((v, i) => sat(rsh(v * s[i], shifts[Math.floor(i / width) % shifts.length]), 16));

/** The state in memory: two bytes a value for 16 bits, three for 17 to 24, lowest first. */
export const stateBytes = (states: Values, bits: number): number[] =>
  states.flatMap((v) => [v & 0xff, (v >> 8) & 0xff, ...(bits > 16 ? [(v >> 16) & 0xff] : [])]);
