import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fracBitsFor, leastSquaresFracBits, leastSquaresStep, squaredError } from './choose.js';
import { codeRange } from './group-scales.js';
import { ScaleHistogram } from './histogram.js';
import { INPUT_SHIFTS, RESCALE_SHIFTS, toMultiplierShift } from './multiplier.js';
import { INT8_RANGE, leastSquaresRowStep, quantizeRow, weightError } from './weights.js';

const magnitude = fc.double({ min: 1e-6, max: 1e4, noNaN: true });
const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 200 });

function histogramOf(list: ArrayLike<number>): ScaleHistogram {
  const histogram = new ScaleHistogram();
  histogram.addRange(list, 0, list.length);
  return histogram;
}

/** A deterministic sample of a heavy-tailed distribution (Student t, 3 degrees), by its quantile function's tail. */
function heavyTailed(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const p = (i + 0.5) / count;
    const a = 4 * p * (1 - p);
    // Exact quantile for 4 degrees of freedom, close enough to 3.
    return Math.sign(p - 0.5) * 2 * Math.sqrt(Math.cos(Math.acos(Math.sqrt(a)) / 3) / Math.sqrt(a) - 1);
  });
}

describe('multiplier and shift', () => {
  it('is normalised and the nearest there is, for every factor that fits', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -32, max: 2 ** 15, noNaN: true }), (factor) => {
        const pair = toMultiplierShift(factor, RESCALE_SHIFTS)!;
        expect(pair.multiplier).toBeGreaterThanOrEqual(2 ** 15);
        expect(pair.multiplier).toBeLessThan(2 ** 16);
        expect(pair.shift).toBeGreaterThanOrEqual(0);
        expect(pair.shift).toBeLessThanOrEqual(48);
        expect(Math.abs(pair.multiplier / 2 ** pair.shift / factor - 1)).toBeLessThanOrEqual(2 ** -16);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [1, 2 ** 15, 15],
    [65535, 65535, 0],
    [65535.4, 65535, 0],
    [(2 ** 16 - 0.25) / 2 ** 20, 2 ** 15, 19],
    [0, 0, 0],
    [2 ** -40, 2 ** 8, 48],
    [2 ** -70, 0, 48],
  ])('of %d is %i and %i', (factor, multiplier, shift) => {
    expect(toMultiplierShift(factor, RESCALE_SHIFTS)).toEqual({ multiplier, shift });
  });

  it('refuses what needs a negative shift, and what is no factor', () => {
    expect(toMultiplierShift(65535.6, RESCALE_SHIFTS)).toBeUndefined();
    expect(toMultiplierShift(2 ** 15, INPUT_SHIFTS)).toBeUndefined();
    expect(toMultiplierShift(-1, RESCALE_SHIFTS)).toBeUndefined();
    expect(toMultiplierShift(Number.NaN, RESCALE_SHIFTS)).toBeUndefined();
    expect(toMultiplierShift(Number.POSITIVE_INFINITY, RESCALE_SHIFTS)).toBeUndefined();
  });
});

describe('fraction bits', () => {
  it('are the most with which the magnitude fits', () => {
    fc.assert(
      fc.property(magnitude, fc.integer({ min: 4, max: 24 }), (m, bits) => {
        const f = fracBitsFor(m, bits);
        const qMax = 2 ** (bits - 1) - 1;
        expect(Math.round(m * 2 ** f)).toBeLessThanOrEqual(qMax);
        expect(Math.round(m * 2 ** (f + 1))).toBeGreaterThan(qMax);
      }),
    );
    expect(fracBitsFor(1, 16)).toBe(14);
    expect(fracBitsFor(32767 / 32768, 16)).toBe(15);
  });

  it('by least squares stay in their range, and never clip with headroom where no tail pays for it', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -4, max: 10 }), fc.nat(8), (list, min, span) => {
        const range = { min, max: min + span };
        const f = leastSquaresFracBits(histogramOf(list), 16, range);
        expect(f).toBeGreaterThanOrEqual(range.min);
        expect(f).toBeLessThanOrEqual(range.max);
      }),
    );
    expect(leastSquaresFracBits(histogramOf([3.9]), 16, { min: 0, max: 20 })).toBe(12);
    expect(leastSquaresFracBits(histogramOf([3.9]), 16, { min: 0, max: 20 }, { headroom: 1 })).toBe(13);
    expect(leastSquaresFracBits(histogramOf([3.9]), 16, { min: 0, max: 20 }, { factor: 4 })).toBe(10);
  });
});

describe('activation step', () => {
  it('modelled error is close to the error of really rounding and clipping', () => {
    const sample = heavyTailed(20000);
    const histogram = histogramOf(sample);
    for (const clip of [3, 6, 12, 25]) {
      const step = clip / 127;
      const real = weightError(sample, 0, sample.length, step, INT8_RANGE);
      expect(Math.abs(squaredError(histogram, step, 127) / real - 1)).toBeLessThan(0.1);
    }
  });

  it('is within 1 % of the best on a fine grid, and clips a heavy tail', () => {
    const sample = heavyTailed(20000);
    sample[7] = 40; // twice as far out as anything else
    const histogram = histogramOf(sample);
    const chosen = leastSquaresStep(histogram, 127);
    const errorOf = (step: number) => weightError(sample, 0, sample.length, step, INT8_RANGE);
    let best = Number.POSITIVE_INFINITY;
    for (let i = 1; i <= 400; i++) best = Math.min(best, errorOf((histogram.max * i) / 400 / 127));
    expect(errorOf(chosen)).toBeLessThan(1.01 * best);
    expect(chosen).toBeLessThan((0.95 * histogram.max) / 127);
    expect(leastSquaresStep(new ScaleHistogram(), 127)).toBeCloseTo(1 / 127, 12);
  });
});

describe('weight rows', () => {
  it('are never worse than without clipping, and rounding is the nearest', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(INT8_RANGE, codeRange(4), codeRange(2)), (list, range) => {
        const row = Float64Array.from(list);
        const largest = Math.max(...list.map((v) => v / (v < 0 ? range.min : range.max)));
        const minStep = 1e-9;
        const step = leastSquaresRowStep(row, 0, row.length, range, minStep);
        expect(step).toBeGreaterThanOrEqual(minStep);
        const unclipped = weightError(row, 0, row.length, Math.max(largest, minStep), range);
        const error = weightError(row, 0, row.length, step, range);
        expect(error).toBeLessThanOrEqual(unclipped * (1 + 1e-12));
        const out = new Int8Array(row.length);
        quantizeRow(row, 0, row.length, step, range, out, 0);
        let real = 0;
        for (let i = 0; i < row.length; i++) {
          expect(out[i]).toBeGreaterThanOrEqual(range.min);
          expect(out[i]).toBeLessThanOrEqual(range.max);
          real += (row[i] - out[i] * step) ** 2;
        }
        expect(Math.abs(real - error)).toBeLessThanOrEqual(1e-9 * (1 + error));
      }),
    );
  });

  it('of 4 bits clip a heavy tail', () => {
    const row = heavyTailed(768);
    const step = leastSquaresRowStep(row, 0, row.length, codeRange(4), 0);
    expect(step).toBeLessThan((0.7 * Math.max(...row)) / 7);
  });
});
