import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CycleBins } from './cycle-bins.js';

const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 5_000 })), {
  minLength: 1,
  maxLength: 30,
});

test('no cycle is lost or moved, however far a call goes on', () => {
  fc.assert(
    fc.property(spans, (given) => {
      const bins = new CycleBins();
      for (const [from, length] of given) bins.add(from, from + length);
      const all = bins.first(512);
      // Cycle by cycle.
      const expected = new Array(all.length).fill(0);
      for (const [from, length] of given)
        for (let cycle = from; cycle < from + length; cycle++)
          expected[Math.floor(cycle / bins.binCycles)]!++;
      expect(all).toEqual(expected);
    }),
    { seed: 1 },
  );
});

test('bins are just as wide as the call needs', () => {
  const widthFor = (cycles: number) => {
    const bins = new CycleBins();
    bins.add(0, cycles);
    return bins.binCycles;
  };
  expect([1, 512, 513, 1024, 1025, 40_000_000].map(widthFor)).toEqual([1, 1, 2, 2, 4, 131_072]);
});

test('cycles that are not whole are split where a bin ends', () => {
  const bins = new CycleBins();
  bins.add(0.5, 2.25);
  expect(bins.first(3)).toEqual([0.5, 1, 0.25]);
});
