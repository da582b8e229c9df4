/**
 * |A| of a head as integer and shift (docs/integer-model.md section 6): |A| = absA 2^-aShift with 17 bits of absA and one of
 * four shifts.
 */
const ABS_A_BITS = 17;
/** What aShift may be, the finest first. */
export const A_SHIFTS = [24, 18, 12, 6] as const;
/** From here on |A| is refused. */
export const ABS_A_LIMIT = 2 ** (ABS_A_BITS - A_SHIFTS[A_SHIFTS.length - 1]);

/** The two parts of |A|. */
export interface AbsA {
  readonly absA: number;
  readonly aShift: number;
}

/** The nearest pair with the largest shift for |A| >= 0; undefined for an |A| that is too large or no number. */
export function toAbsA(value: number): AbsA | undefined {
  if (!(value >= 0)) return undefined;
  const aShift = A_SHIFTS.find((shift) => Math.round(value * 2 ** shift) < 2 ** ABS_A_BITS);
  return aShift === undefined ? undefined : { absA: Math.round(value * 2 ** aShift), aShift };
}
