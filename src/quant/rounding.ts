/**
 * The only roundings and saturations of the integer model (docs/integer-model.md, Notation). Values are integers held in
 * doubles, exact for |v| < 2^52; shift counts are integers from 0 to 52. Out of that range the result is not defined.
 */

const EXPONENTS = Array.from({ length: 54 }, (_, s) => s);
const POWER = Float64Array.from(EXPONENTS, (s) => 2 ** s);
const INVERSE = Float64Array.from(EXPONENTS, (s) => 2 ** -s);
const HALF = Float64Array.from(EXPONENTS, (s) => (s === 0 ? 0 : 2 ** (s - 1)));

/** Shift right with rounding half up: floor((v + 2^(s-1)) / 2^s), v for s = 0. */
export function rsh(v: number, s: number): number {
  return Math.floor((v + HALF[s]) * INVERSE[s]);
}

/** Clamps to the signed range of `bits` bits (1 to 53). */
export function sat(v: number, bits: number): number {
  const limit = POWER[bits - 1];
  return Math.max(-limit, Math.min(limit - 1, v));
}

/** Clamps to [0, 2^bits - 1]. */
export function usat(v: number, bits: number): number {
  return Math.max(0, Math.min(POWER[bits] - 1, v));
}
