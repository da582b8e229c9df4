import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fracBitsFor, leastSquaresFracBits, leastSquaresStep, squaredError } from './choose.js';
import { codeRange, leastSquaresGroupScale, leastSquaresGroupStep, rowUnit } from './group-scales.js';
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

/** Squared error of the nearest codes, by its definition. */
function errorOf(list: readonly number[], step: number, { min, max }: { min: number; max: number }): number {
  const code = (value: number) => Math.min(Math.max(Math.round(value / step), min), max);
  return list.reduce((sum, value) => sum + (value - code(value) * step) ** 2, 0);
}

/** A test that no candidate is better, but for what sums of floats differ. */
const expectBest = (error: number, candidates: readonly number[]) => {
  for (const other of candidates) expect(error).toBeLessThanOrEqual(other * (1 + 1e-9) + 1e-12);
};

/** Lists with a tail that is worth clipping. */
const tailed = fc.array(
  fc.integer({ min: -1000, max: 1000 }).map((v) => (v / 400) ** 3),
  { minLength: 1, maxLength: 200 },
);

describe('chosen scales are the best of their candidates', () => {
  const ranges = fc.constantFrom(INT8_RANGE, codeRange(4), codeRange(2));
  const widest = (list: readonly number[], range: { min: number; max: number }) =>
    Math.max(0, ...list.map((v) => v / (v < 0 ? range.min : range.max)));
  const powers = (count: number, ratio: number) => Array.from({ length: count }, (_, i) => ratio ** i);

  it('a row of 8 bits: steps of 3 %, until eight in a row are no better', () => {
    fc.assert(
      fc.property(tailed, ranges, (list, range) => {
        fc.pre(widest(list, range) > 1e-6);
        const step = leastSquaresRowStep(Float64Array.from(list), 0, list.length, range, 1e-9);
        const tried = Math.round(Math.log(step / widest(list, range)) / Math.log(0.97)) + 8;
        const steps = powers(tried, 0.97).map((factor) => factor * widest(list, range));
        expectBest(
          errorOf(list, step, range),
          steps.map((other) => errorOf(list, other, range)),
        );
      }),
    );
  });

  it('a group of its own: sixteen steps an octave over three octaves; a row has the largest over 16 as its unit', () => {
    fc.assert(
      fc.property(tailed, fc.constantFrom(codeRange(4), codeRange(2)), (list, range) => {
        const row = Float64Array.from(list);
        const step = leastSquaresGroupStep(row, 0, row.length, range);
        const steps = powers(49, 2 ** (-1 / 16)).map((factor) => factor * widest(list, range));
        if (step === 0) expect(widest(list, range)).toBe(0);
        else
          expectBest(
            errorOf(list, step, range),
            steps.map((other) => errorOf(list, other, range)),
          );
        expect(rowUnit(row, 0, row.length, 0, range)).toBe(step);
        const own = Array.from({ length: Math.ceil(row.length / 16) }, (_, i) =>
          leastSquaresGroupStep(row, 16 * i, Math.min(16, row.length - 16 * i), range),
        );
        expect(rowUnit(row, 0, row.length, 16, range)).toBe(Math.max(...own) / 16);
      }),
    );
  });

  it('a group in units of its row: all of 1 to 16', () => {
    fc.assert(
      fc.property(
        tailed,
        fc.constantFrom(codeRange(4), codeRange(2)),
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        (list, range, unit) => {
          const scale = leastSquaresGroupScale(Float64Array.from(list), 0, list.length, unit, range);
          const errors = Array.from({ length: 16 }, (_, i) => errorOf(list, (i + 1) * unit, range));
          expect(scale).toBeGreaterThanOrEqual(1);
          expectBest(errors[scale - 1], errors);
        },
      ),
    );
  });

  it('formats and steps of activations: by the error of their histogram', () => {
    fc.assert(
      fc.property(
        tailed,
        fc.constantFrom(8, 16),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (list, bits, factor) => {
          const histogram = histogramOf(list);
          fc.pre(histogram.max > 1e-3);
          const most = 2 ** (bits - 1) - 1;
          const error = (f: number) => squaredError(histogram, 2 ** -f / factor, most, 2);
          const fracBits = leastSquaresFracBits(histogram, bits, { min: -40, max: 40 }, { factor });
          const unclipped = fracBitsFor(2 * histogram.max * factor, bits);
          expectBest(
            error(fracBits),
            Array.from({ length: 7 }, (_, i) => error(unclipped + i)),
          );
          const step = leastSquaresStep(histogram, 127);
          expectBest(
            squaredError(histogram, step, 127),
            powers(97, 2 ** (-1 / 16)).map((f) => squaredError(histogram, (f * histogram.max) / 127, 127)),
          );
        },
      ),
    );
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
