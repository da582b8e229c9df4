import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAbsA } from './abs-a.js';

describe('|A| as integer and shift', () => {
  it.each([
    [1, 2 ** 16, 16],
    [32, 2 ** 16, 11],
    [80, 80 * 2 ** 10, 10],
    [1e4, 8e4, 3],
    [1e-6, 17, 24],
    [0, 0, 0],
    [2 ** 17 - 1, 2 ** 17 - 1, 0],
  ])('%d is %d with a shift of %d', (value, absA, aShift) => {
    expect(toAbsA(value)).toEqual({ absA, aShift });
  });

  it('is right to half a unit of 17 bits, or of 2^-24', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 16.99, noNaN: true }), (exponent) => {
        const value = 2 ** exponent;
        const { absA, aShift } = toAbsA(value)!;
        const error = Math.abs(absA * 2 ** -aShift - value);
        expect(absA < 2 ** 17 && aShift >= 0 && aShift <= 24).toBe(true);
        expect(error).toBeLessThanOrEqual(Math.max(value * 2 ** -17, 2 ** -25));
      }),
    );
  });

  it('is not there for what 17 bits do not hold', () => {
    for (const value of [2 ** 17, 2e5, Number.POSITIVE_INFINITY, Number.NaN, -1])
      expect(toAbsA(value)).toBeUndefined();
  });
});
