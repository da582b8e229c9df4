/**
 * A real factor as integer multiplier and right shift, factor ~ multiplier / 2^shift: how every rescale of the integer
 * model is written (docs/integer-model.md, section 3). Normalised multipliers are in [2^15, 2^16).
 */

/** A multiplier and the shift that follows it. */
export interface MultiplierShift {
  readonly multiplier: number;
  readonly shift: number;
}

/** Shift range of a rescale of accumulators, and of an input quantizer. */
export const RESCALE_SHIFTS = { min: 0, max: 48 };
export const INPUT_SHIFTS = { min: 1, max: 40 };

/**
 * The nearest normalised pair. Factors too small for the largest shift get a smaller multiplier (0 at last); undefined
 * when the factor is too large for the smallest shift, negative or not finite.
 */
export function toMultiplierShift(
  factor: number,
  shifts: { min: number; max: number },
): MultiplierShift | undefined {
  if (!(factor >= 0 && Number.isFinite(factor))) return undefined;
  if (factor === 0) return { multiplier: 0, shift: shifts.min };
  let shift = 15 - Math.floor(Math.log2(factor));
  if (Math.round(factor * 2 ** shift) < 2 ** 15) shift++;
  if (Math.round(factor * 2 ** shift) >= 2 ** 16) shift--;
  if (shift < shifts.min) return undefined;
  shift = Math.min(shift, shifts.max);
  return { multiplier: Math.round(factor * 2 ** shift), shift };
}
