/**
 * Static activation scales from histograms, by least squared error: a larger step rounds more coarsely, a smaller one
 * clips more of the tail. `step` is what one unit of the integer stands for.
 */
import type { ScaleHistogram } from './histogram.js';

/** Range of fraction bits that a PoT format may have. */
export interface FracBitsRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Total squared error of rounding the values to multiples of `step` and clipping at +-qMax * step. `stretch` multiplies
 * the values in the clipping part only: with 2, a value is taken as clipped when its double would be.
 */
export function squaredError(histogram: ScaleHistogram, step: number, qMax: number, stretch = 1): number {
  const clip = qMax * step;
  const roundingError = (step * step) / 12;
  let total = 0;
  histogram.forEach((magnitude, count) => {
    const stretched = magnitude * stretch;
    let error = magnitude < step / 2 ? magnitude * magnitude : roundingError;
    if (stretched > clip + step / 2) error = (stretched - clip) ** 2;
    total += error * count;
  });
  return total;
}

/** The step in (0, max / qMax] of least squared error; 1 / qMax when the histogram is empty or all zero. */
export function leastSquaresStep(histogram: ScaleHistogram, qMax: number): number {
  if (histogram.max === 0) return 1 / qMax;
  const largest = histogram.max / qMax;
  let best = largest;
  let bestError = Number.POSITIVE_INFINITY;
  // 1/16 octave steps down to a clip at 1/64 of the maximum.
  for (let i = 0; i <= 96; i++) {
    const step = largest * 2 ** (-i / 16);
    const error = squaredError(histogram, step, qMax);
    if (error < bestError) {
      bestError = error;
      best = step;
    }
  }
  return best;
}

/**
 * The number of fraction bits in the range whose `bits`-wide signed format has the least squared error for the values
 * times `factor`, with the clipping seen as if values were `headroom` times as large (unseen text has larger ones).
 */
export function leastSquaresFracBits(
  histogram: ScaleHistogram,
  bits: number,
  range: FracBitsRange,
  { factor = 1, headroom = 2 }: { factor?: number; headroom?: number } = {},
): number {
  const qMax = 2 ** (bits - 1) - 1;
  if (histogram.max === 0) return range.max;
  // Every format that clips nothing is coarser than the last of them; those that clip more than all but a bit are hopeless.
  const unclipped = fracBitsFor(histogram.max * factor * headroom, bits);
  let best = clamp(unclipped, range);
  let bestError = Number.POSITIVE_INFINITY;
  for (let f = clamp(unclipped, range); f <= clamp(unclipped + 6, range); f++) {
    const error = squaredError(histogram, 2 ** -f / factor, qMax, headroom);
    if (error < bestError) {
      bestError = error;
      best = f;
    }
  }
  return best;
}

/** The most fraction bits with which +-`magnitude` fits a signed integer of `bits` bits (may be negative), 62 at most. */
export function fracBitsFor(magnitude: number, bits: number): number {
  if (magnitude < 2 ** -60) return 62;
  const qMax = 2 ** (bits - 1) - 1;
  let f = Math.floor(Math.log2(qMax / magnitude));
  // The logarithm may be off by one at exact powers.
  while (Math.round(magnitude * 2 ** f) > qMax) f--;
  while (Math.round(magnitude * 2 ** (f + 1)) <= qMax) f++;
  return Math.min(f, 62);
}

function clamp(value: number, { min, max }: FracBitsRange): number {
  return Math.min(Math.max(value, min), max);
}
