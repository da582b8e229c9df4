import { describe, expect, it } from 'vitest';
import { fitCoefficients } from './fit.js';

/** Rows of a law with an exact part; sizes differ by powers of ten. */
const law = { a: 2, b: 0.5 };
const rows = [
  { a: 10, b: 4 },
  { a: 300, b: 1000 },
  { a: 5, b: 9000 },
  { a: 2000, b: 10 },
].map((features) => ({
  features,
  known: 7,
  found: 7 + law.a * features.a + law.b * features.b,
}));

describe('the fit', () => {
  it('finds the law that rows were made by, from a wrong expectation', () => {
    const fitted = fitCoefficients(['a', 'b'], rows, { floor: 1, expected: { a: 1, b: 1 } });
    expect(fitted.a).toBeGreaterThan(1.9);
    expect(fitted.a).toBeLessThan(2.1);
    expect(fitted.b).toBeGreaterThan(0.47);
    expect(fitted.b).toBeLessThan(0.53);
  });

  it('is never below nothing, and gives no cost to what no row has', () => {
    const less = rows.map((row) => ({ ...row, features: { ...row.features, c: 100 }, found: row.found - 5 }));
    const fitted = fitCoefficients(['a', 'b', 'c', 'd'], less, {
      floor: 1,
      expected: { a: 2, b: 0.5, c: 1, d: 1 },
    });
    expect(fitted.c).toBeGreaterThanOrEqual(0);
    expect(fitted.c).toBeLessThan(0.1);
    expect(fitted).not.toHaveProperty('d');
  });

  it('gives the same figures for the same rows', () => {
    const once = () => fitCoefficients(['a', 'b'], rows, { floor: 1, expected: { a: 1, b: 1 } });
    expect(once()).toEqual(once());
  });
});
