/**
 * Integer weights with a scale a row (output channel), chosen by least squared error over clip points: clipping the few
 * largest weights of a row buys finer steps for all others, which matters at 4 to 6 bits.
 */

/** A power of two and a half in float64: adding and subtracting it rounds to the nearest integer. */
const ROUNDER = 1.5 * 2 ** 52;

/** Squared error of row[offset, offset + cols) in steps of `step`, clipped to +-qMax. */
export function weightError(
  row: Float64Array,
  offset: number,
  cols: number,
  step: number,
  qMax: number,
): number {
  const inverse = 1 / step;
  let total = 0;
  for (let i = offset; i < offset + cols; i++) {
    const scaled = row[i] * inverse;
    let q = scaled + ROUNDER - ROUNDER;
    if (q > qMax) q = qMax;
    else if (q < -qMax) q = -qMax;
    const error = scaled - q;
    total += error * error;
  }
  return total * step * step;
}

/**
 * The step of least squared error for one row, at least `minStep`. Walks the clip point down from the largest weight in
 * steps of 3 % and stops when eight in a row were no better.
 */
export function leastSquaresRowStep(
  row: Float64Array,
  offset: number,
  cols: number,
  qMax: number,
  minStep: number,
): number {
  let largest = 0;
  for (let i = offset; i < offset + cols; i++) largest = Math.max(largest, Math.abs(row[i]));
  const start = largest / qMax;
  if (start <= minStep) return minStep;
  let best = start;
  let bestError = Number.POSITIVE_INFINITY;
  let since = 0;
  for (let step = start; step >= minStep && since < 8; step *= 0.97, since++) {
    const error = weightError(row, offset, cols, step, qMax);
    if (error < bestError) {
      bestError = error;
      best = step;
      since = 0;
    }
  }
  return best;
}

/** Writes round(row / step) clipped to +-qMax, half away from zero, into out[offset, offset + cols). */
export function quantizeRow(
  row: Float64Array,
  offset: number,
  cols: number,
  step: number,
  qMax: number,
  out: Int8Array,
  outOffset: number,
): void {
  for (let i = 0; i < cols; i++) {
    const scaled = row[offset + i] / step;
    const rounded = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
    out[outOffset + i] = Math.min(Math.max(rounded, -qMax), qMax);
  }
}
