import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smallShape } from '../../../test/support/small-shape.js';
import { callOrder, equalParts, headRuns, partScalars, wholePart } from './call.js';

describe('the parts of a call', () => {
  test('are a scalar each: first token, token that gives, slot', () => {
    const parts = [
      { slot: 5, tokens: 3, gives: 2 },
      { slot: 127, tokens: 1, gives: 1 },
      { slot: 0, tokens: 4, gives: 0 },
    ];
    expect(partScalars(smallShape, parts)).toEqual({
      ...{ takes: 3, gives: 2, stateLoads: 1, stateStores: 0 },
      parts: [0 + 2 * 2 ** 12 + 5 * 2 ** 25, 3 + 4 * 2 ** 12 + 127 * 2 ** 25, 4],
    });
  });

  test('load the first states before their token, and store those that the last token gives after it', () => {
    const flags = (parts: Parameters<typeof partScalars>[1]) => {
      const { stateLoads, stateStores } = partScalars(smallShape, parts);
      return [stateLoads, stateStores];
    };
    expect(flags(wholePart(1))).toEqual([1, 1]);
    expect(flags(wholePart(9))).toEqual([1, 1]);
    expect(flags([{ slot: 0, tokens: 5, gives: 4 }])).toEqual([1, 0]);
    expect(flags(equalParts(16, 16))).toEqual([1, 1]);
    expect(flags([{ slot: 1, tokens: 1, gives: 1 }, ...wholePart(2)])).toEqual([1, 1]);
  });

  test('come in an order in which those that give are first', () => {
    const parts = [0, 2, 0, 1].map((gives, slot) => ({ slot, tokens: 2, gives }));
    expect(callOrder(parts).map(({ slot }) => slot)).toEqual([1, 3, 0, 2]);
    expect(() => partScalars(smallShape, parts)).toThrow('part 1 gives and the one before it does not');
  });

  test('that contradict each other are refused', () => {
    const part = { slot: 0, tokens: 2, gives: 2 };
    const refused = (parts: Parameters<typeof partScalars>[1]) => () => partScalars(smallShape, parts);
    expect(refused([part, part])).toThrow('slot 0 in two parts');
    expect(refused([{ ...part, gives: 3 }])).toThrow('gives after 3 of 2 tokens');
    expect(refused([{ ...part, slot: 128 }])).toThrow('slot 128, expected 0 to 127');
    expect(refused([{ ...part, tokens: 0, gives: 0 }])).toThrow('part 0 has no token');
    expect(refused(wholePart(65))).toThrow('65 tokens, at most 64');
    expect(refused(equalParts(17, 17))).toThrow('17 parts, at most 16');
  });
});

test('rows of the head are runs of one length, in order, at most sixteen a descriptor', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60), { maxLength: 50 }), (some) => {
      const rows = some.sort((a, b) => a - b);
      const all = headRuns(rows);
      const found = all.flatMap(({ starts, length }) =>
        starts.flatMap((start) => Array.from({ length }, (_, i) => start + i)),
      );
      expect(found).toEqual(rows);
      expect(all.every(({ starts }) => starts.length >= 1 && starts.length <= 16)).toBe(true);
    }),
  );
  expect(headRuns([4, 5, 6, 7])).toEqual([{ starts: [4], length: 4 }]);
  expect(headRuns([0, 1, 6, 7, 8, 9])).toEqual([{ starts: [0, 6, 8], length: 2 }]);
});
