/**
 * The two levels of scale of weights narrower than 8 bits (docs/integer-model.md section 3): a unit a row, any real number, and an integer
 * of 1 to 16 a group, by which the unit is multiplied. All are chosen by least squared error of the weights.
 */
import type { WeightBits } from '../types.js';
import { type CodeRange, unclippedStep, weightError } from './weights.js';

/** Largest scale of a group. */
export const MAX_GROUP_SCALE = 16;
/** Steps an octave that are tried for a step of a whole group, and octaves below the step that clips nothing. */
const STEPS_PER_OCTAVE = 16;
const OCTAVES = 3;

/** Codes of 4 bits, two's complement; of 2 bits three of the four, so that weights that were trained to three values keep them. */
export function codeRange(bits: Exclude<WeightBits, 8>): CodeRange {
  return bits === 4 ? { min: -8, max: 7 } : { min: -1, max: 1 };
}

/** The real step of least squared error of values[offset, offset + count); 0 where all are 0. */
export function leastSquaresGroupStep(
  values: Float64Array,
  offset: number,
  count: number,
  range: CodeRange,
): number {
  const start = unclippedStep(values, offset, count, range);
  if (start === 0) return 0;
  let best = start;
  let bestError = weightError(values, offset, count, start, range);
  for (let i = 1; i <= OCTAVES * STEPS_PER_OCTAVE; i++) {
    const step = start * 2 ** (-i / STEPS_PER_OCTAVE);
    const error = weightError(values, offset, count, step, range);
    if (error < bestError) {
      bestError = error;
      best = step;
    }
  }
  return best;
}

/**
 * The unit of a row in groups of `group` columns (0: one group, whose scale is 1): the largest of the groups' own steps becomes the largest
 * scale times the unit.
 */
export function rowUnit(
  row: Float64Array,
  offset: number,
  cols: number,
  group: number,
  range: CodeRange,
): number {
  if (group === 0) return leastSquaresGroupStep(row, offset, cols, range);
  let largest = 0;
  for (let from = 0; from < cols; from += group) {
    const count = Math.min(group, cols - from);
    largest = Math.max(largest, leastSquaresGroupStep(row, offset + from, count, range));
  }
  return largest / MAX_GROUP_SCALE;
}

/** The scale, 1 to 16, of least squared error of values[offset, offset + count) in steps of scale times `unit`. */
export function leastSquaresGroupScale(
  values: Float64Array,
  offset: number,
  count: number,
  unit: number,
  range: CodeRange,
): number {
  let best = 1;
  let bestError = Number.POSITIVE_INFINITY;
  for (let scale = 1; scale <= MAX_GROUP_SCALE; scale++) {
    const error = weightError(values, offset, count, scale * unit, range);
    if (error < bestError) {
      bestError = error;
      best = scale;
    }
  }
  return best;
}
