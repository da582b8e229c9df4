import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rsh, sat, usat } from './rounding.js';

const LIMIT = 2 ** 52 - 1;
const value = fc.oneof(
  fc.integer({ min: -LIMIT, max: LIMIT }),
  fc.integer({ min: -70000, max: 70000 }),
  // Ties and their neighbours.
  fc
    .tuple(fc.integer({ min: -8, max: 8 }), fc.nat(48), fc.integer({ min: -1, max: 1 }))
    .map(([odd, s, d]) => Math.max(-LIMIT, Math.min(LIMIT, (2 * odd + 1) * 2 ** s + d))),
);

const clamp = (v: number, low: number, high: number) => [low, v, high].sort((a, b) => a - b)[1];

describe('rounding', () => {
  it('rsh is floor((v + half) / 2^s) of big integers', () => {
    fc.assert(
      fc.property(value, fc.nat(48), (v, s) => {
        const half = s === 0 ? 0n : 1n << BigInt(s - 1);
        expect(BigInt(rsh(v, s))).toBe((BigInt(v) + half) >> BigInt(s));
      }),
      { numRuns: 3000 },
    );
  });

  it('rounds halves up on both sides of zero', () => {
    expect([3, 1, -1, -3, -5].map((v) => rsh(v, 1))).toEqual([2, 1, 0, -1, -2]);
    expect([-32768, 0, 7].map((v) => rsh(v, 0))).toEqual([-32768, 0, 7]);
  });

  it('sat and usat clamp, and keep what fits', () => {
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 48 }), (v, bits) => {
        const [low, high] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
        expect(sat(v, bits)).toBe(clamp(v, low, high));
        expect(usat(v, bits)).toBe(clamp(v, 0, 2 ** bits - 1));
      }),
      { numRuns: 3000 },
    );
  });
});
