/**
 * Integer weights with a step a row (output channel), chosen by least squared error over clip points: clipping the few
 * largest weights of a row buys finer steps for all others, which matters where bits are few.
 */

/** A power of two and a half in float64: adding and subtracting it rounds to the nearest integer. */
const ROUNDER = 1.5 * 2 ** 52;

/** Least and largest integer that a weight may become. */
export interface CodeRange {
  readonly min: number;
  readonly max: number;
}

/** int8 weights as they are stored, without -128. */
export const INT8_RANGE: CodeRange = { min: -127, max: 127 };

/** Squared error of row[offset, offset + cols) in steps of `step`, clipped to the range. */
export function weightError(
  row: Float64Array,
  offset: number,
  cols: number,
  step: number,
  { min, max }: CodeRange,
): number {
  const inverse = 1 / step;
  let total = 0;
  for (let i = offset; i < offset + cols; i++) {
    const scaled = row[i] * inverse;
    let q = scaled + ROUNDER - ROUNDER;
    if (q > max) q = max;
    else if (q < min) q = min;
    const error = scaled - q;
    total += error * error;
  }
  return total * step * step;
}

/** The least step with which nothing of row[offset, offset + cols) is clipped. */
export function unclippedStep(
  row: Float64Array,
  offset: number,
  cols: number,
  { min, max }: CodeRange,
): number {
  let low = 0;
  let high = 0;
  for (let i = offset; i < offset + cols; i++) {
    low = Math.min(low, row[i]);
    high = Math.max(high, row[i]);
  }
  return Math.max(low / min, high / max);
}

/**
 * The step of least squared error for one row, at least `minStep`. Walks the clip point down from the largest weight in
 * steps of 3 % and stops when eight in a row were no better.
 */
export function leastSquaresRowStep(
  row: Float64Array,
  offset: number,
  cols: number,
  range: CodeRange,
  minStep: number,
): number {
  const start = unclippedStep(row, offset, cols, range);
  if (start <= minStep) return minStep;
  let best = start;
  let bestError = Number.POSITIVE_INFINITY;
  let since = 0;
  for (let step = start; step >= minStep && since < 8; step *= 0.97, since++) {
    const error = weightError(row, offset, cols, step, range);
    if (error < bestError) {
      bestError = error;
      best = step;
      since = 0;
    }
  }
  return best;
}

/** Writes round(row / step) clipped to the range, half away from zero, into out[outOffset, outOffset + cols). */
export function quantizeRow(
  row: Float64Array,
  offset: number,
  cols: number,
  step: number,
  range: CodeRange,
  out: Int8Array,
  outOffset: number,
): void {
  for (let i = 0; i < cols; i++) out[outOffset + i] = nearestCode(row[offset + i] / step, range);
}

/** The integer of the range that is nearest; half away from zero. */
export function nearestCode(scaled: number, { min, max }: CodeRange): number {
  const rounded = scaled < 0 ? -Math.floor(0.5 - scaled) : Math.floor(scaled + 0.5);
  return Math.min(Math.max(rounded, min), max);
}
