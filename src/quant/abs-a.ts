/**
 * |A| of a head as integer and shift (docs/integer-model.md section 6): |A| = absA 2^-aShift with 17 bits of absA.
 */
import { toMultiplierShift } from './scale/multiplier.js';

const ABS_A_BITS = 17;
const A_SHIFTS = { min: 0, max: 24 };
/** From here on |A| is refused. */
export const ABS_A_LIMIT = 2 ** ABS_A_BITS;

/** The two parts of |A|. */
export interface AbsA {
  readonly absA: number;
  readonly aShift: number;
}

/** The nearest pair with the largest shift for |A| >= 0; undefined for an |A| that is too large or no number. */
export function toAbsA(value: number): AbsA | undefined {
  const pair = toMultiplierShift(value, A_SHIFTS, ABS_A_BITS);
  return pair && { absA: pair.multiplier, aShift: pair.shift };
}
