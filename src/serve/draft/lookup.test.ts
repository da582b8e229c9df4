import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DraftCount, MAX_DRAFTS } from './draft-count.js';
import { afterLongestSuffix, lookupDrafter } from './lookup.js';

/** By trying all. */
function byTrying(text: readonly number[]): number | undefined {
  for (let length = text.length - 1; length > 0; length--) {
    for (let end = text.length - 1; end >= length; end--) {
      const isEqual = text.slice(end - length, end).every((id, i) => id === text[text.length - length + i]);
      if (isEqual) return end;
    }
  }
  return undefined;
}

it('finds the last earlier occurrence of the longest suffix', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2), { maxLength: 40 }), (text) => {
      expect(afterLongestSuffix(text)).toBe(byTrying(text));
    }),
    { numRuns: 500 },
  );
});

it('proposes what followed, and goes on with a repetition', async () => {
  const texts: [number[], number, number[]][] = [
    [[1, 2, 3, 4, 9, 2, 3], 2, [4, 9]],
    [[1, 2, 3, 4, 9, 2, 3], 6, [4, 9, 2, 3, 4, 9]],
    [[5, 5], 3, [5, 5, 5]],
    [[1, 2, 3], 4, []],
  ];
  const requests = texts.map(([text, count], slot) => ({ slot, text: Object.freeze(text), count }));
  expect(await lookupDrafter.propose(requests)).toEqual(texts.map(([, , drafts]) => drafts));
});

it('takes many drafts where they are accepted and one where they are not', () => {
  const count = new DraftCount();
  for (let i = 0; i < 60; i++) count.record(count.next(), false);
  expect(count.next()).toBe(MAX_DRAFTS);
  for (let i = 0; i < 60; i++) count.record(0, true);
  expect(count.next()).toBe(1);
  const fixed = new DraftCount(4);
  fixed.record(0, true);
  expect(fixed.next()).toBe(4);
});
