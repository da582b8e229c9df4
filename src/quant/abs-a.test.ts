import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAbsA } from './abs-a.js';

describe('|A| as integer and shift', () => {
  it.each([
    [1, 2 ** 12, 12],
    [32, 2 ** 11, 6],
    [80, 80 * 2 ** 6, 6],
    [0.01, Math.round(0.01 * 2 ** 18), 18],
    [1e-6, 17, 24],
    [0, 0, 24],
    [2 ** 11 - 1, (2 ** 11 - 1) * 2 ** 6, 6],
  ])('%d is %d with a shift of %d', (value, absA, aShift) => {
    expect(toAbsA(value)).toEqual({ absA, aShift });
  });

  it('is right to 11 bits and a half, or to half a unit of 2^-24', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 10.99, noNaN: true }), (exponent) => {
        const value = 2 ** exponent;
        const { absA, aShift } = toAbsA(value)!;
        const error = Math.abs(absA * 2 ** -aShift - value);
        expect(absA < 2 ** 17 && [6, 12, 18, 24].includes(aShift)).toBe(true);
        expect(error).toBeLessThanOrEqual(Math.max(value * 2 ** -12, 2 ** -25));
      }),
    );
  });

  it('is not there for what 17 bits and the coarsest shift do not hold', () => {
    for (const value of [2 ** 11, 1e4, Number.POSITIVE_INFINITY, Number.NaN, -1])
      expect(toAbsA(value)).toBeUndefined();
  });
});
