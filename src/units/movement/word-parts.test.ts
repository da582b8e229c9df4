import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { sint } from '../../kernel/type.js';
import { emptyParts, fillParts, partsOf } from './word-parts.js';

const size = (max: number) => fc.integer({ min: 1, max });
const cases = fc.record({
  rows: size(3),
  cols: size(4),
  parts: size(3),
  words: fc.integer({ min: 0, max: 4 }),
  pieces: fc.nat(),
});

test('a word in parts holds its lanes in row-major order, a part after the other', () => {
  fc.assert(
    fc.property(cases, fc.boolean(), ({ rows, cols, parts: count, words, pieces }, fills) => {
      const lanes = rows * cols;
      const divisors = Array.from({ length: lanes }, (_, i) => i + 1).filter((n) => lanes % n === 0);
      const bench = new UnitBench();
      const narrow = bench.channel('narrow', sint(16), divisors[pieces % divisors.length]);
      const parts = Array.from({ length: count }, (_, i) => bench.channel(`part_${i}`, sint(16), rows, cols));
      const params = { narrow, parts, words: bench.scalar('words', 0, 4, words) };
      (fills ? fillParts : emptyParts)(bench.net, 'unit', params);
      const all = Array.from({ length: words * count * lanes }, (_, i) => i);
      const partOf = (part: number) => all.filter((i) => Math.floor(i / lanes) % count === part);
      if (words > 0 && fills) bench.send(narrow, all);
      if (words > 0 && !fills) for (const [i, channel] of parts.entries()) bench.send(channel, partOf(i));
      const done = bench.run();
      if (fills)
        for (const [i, channel] of parts.entries()) expect(done.received(channel)).toEqual(partOf(i));
      else expect(done.received(narrow)).toEqual(all);
    }),
  );
});

test('a word goes in as few parts as divide its rows and fit a stream', () => {
  expect([partsOf(16, 10, 24, 32), partsOf(16, 16, 24, 64), partsOf(32, 16, 24, 64)]).toEqual([1, 2, 4]);
  // Parts of 10 rows, 160 lanes, would be no whole number of narrow words.
  expect([partsOf(20, 16, 24, 32), partsOf(20, 16, 24, 64)]).toEqual([2, 5]);
});
