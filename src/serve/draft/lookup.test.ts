import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DraftCount, MAX_DRAFTS } from './draft-count.js';
import { afterLongestSuffix, LookupDrafter } from './lookup.js';

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

it('proposes what followed, and goes on with a repetition', () => {
  const lookup = new LookupDrafter();
  expect(lookup.propose([1, 2, 3, 4, 9, 2, 3], 2)).toEqual([4, 9]);
  expect(lookup.propose([1, 2, 3, 4, 9, 2, 3], 6)).toEqual([4, 9, 2, 3, 4, 9]);
  expect(lookup.propose([5, 5], 3)).toEqual([5, 5, 5]);
  expect(lookup.propose([1, 2, 3], 4)).toEqual([]);
  const text = [1, 2, 1];
  lookup.propose(text, 4);
  expect(text).toEqual([1, 2, 1]);
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
