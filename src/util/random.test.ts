import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from './random.js';

const M = 1n << 32n;

/** sfc32 as PractRand has it, on BigInts, with the seeding that random.ts describes. */
function* reference(seed: number, label: string): Generator<number> {
  let hash = 0x811c9dc5n;
  for (const character of label) hash = ((hash ^ BigInt(character.charCodeAt(0))) * 0x01000193n) % M;
  let a = hash;
  let b = 0x9e3779b9n ^ (BigInt(seed) % M);
  let c = 0x243f6a88n ^ ((BigInt(seed) / M) % M);
  for (let counter = 1n; ; counter++) {
    const sum = (a + b + counter) % M;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) % M;
    c = ((((c << 21n) % M) | (c >> 11n)) + sum) % M;
    if (counter > 16n) yield Number(sum);
  }
}

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('seeded random numbers', () => {
  it('are those of sfc32', () => {
    fc.assert(
      fc.property(seeds, fc.string({ unit: 'grapheme-ascii' }), (seed, label) => {
        const random = new Random(seed, label);
        const expected = reference(seed, label);
        for (let i = 0; i < 20; i++) expect(random.bits()).toBe(expected.next().value);
      }),
    );
  });

  it('stay in their range, and edgy ones reach both ends', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: -(2 ** 31), max: 0 }),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        (...given) => {
          const [seed, low, high] = given;
          const random = new Random(seed);
          const drawn = new Set<number>();
          for (let i = 0; i < 200; i++) drawn.add(random.edgy(low, high));
          for (const value of drawn)
            expect(Number.isInteger(value) && value >= low && value <= high).toBe(true);
          expect(drawn.has(low) && drawn.has(high)).toBe(true);
        },
      ),
    );
  });

  it('have the mean and the deviation that they say', () => {
    const random = new Random(5);
    const count = 100_000;
    const moments = (draw: () => number) => {
      const values = Array.from({ length: count }, draw);
      const mean = values.reduce((sum, v) => sum + v, 0) / count;
      return { mean, deviation: Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / count) };
    };
    const normal = moments(() => random.normal());
    expect(normal.mean).toBeCloseTo(0, 1);
    expect(normal.deviation).toBeCloseTo(1, 1);
    const even = moments(() => random.between(-3, 9));
    expect(even.mean).toBeCloseTo(3, 1);
    expect(even.deviation).toBeCloseTo(12 / Math.sqrt(12), 1);
  });
});
