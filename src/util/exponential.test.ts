import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential } from './exponential.js';

describe('exponential', () => {
  it('is e^x within two units in the last place', () => {
    fc.assert(
      fc.property(fc.double({ min: -708, max: 0, noNaN: true }), (x) => {
        const due = Math.exp(x);
        expect(Math.abs(exponential(x) - due)).toBeLessThanOrEqual(3 * Number.EPSILON * due);
      }),
      { numRuns: 5000 },
    );
  });

  it('is 1 at 0 and 0 where there is no normal number', () => {
    expect(exponential(0)).toBe(1);
    expect(exponential(-709)).toBe(0);
    expect(exponential(Number.NEGATIVE_INFINITY)).toBe(0);
  });
});
