import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../util/random.js';
import { mostLikely, sample } from './sample.js';

const logits = fc
  .array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 40 })
  .map((values) => Float64Array.from(values));

/** How often each of `ids` is drawn in `draws`. */
function frequencies(
  values: number[],
  temperature: number,
  topK: number | undefined,
  draws: number,
): number[] {
  const random = new Random(3, 'test');
  const counts = values.map(() => 0);
  for (let i = 0; i < draws; i++) counts[sample(Float64Array.from(values), { temperature, topK, random })]++;
  return counts.map((count) => count / draws);
}

describe('sampling', () => {
  it('takes the most likely token at temperature 0 and among one candidate, the first of several', () => {
    fc.assert(
      fc.property(logits, fc.integer(), (values, seed) => {
        const largest = Math.max(...values);
        const first = values.indexOf(largest);
        expect(mostLikely(values)).toBe(first);
        const random = new Random(seed);
        expect(sample(values, { temperature: 0, random })).toBe(first);
        expect(sample(values, { temperature: 5, topK: 1, random })).toBe(first);
      }),
    );
  });

  it('draws among the k most likely only, the same for the same seed', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 1, max: 50 }), fc.integer(), (values, topK, seed) => {
        const draw = () => sample(values, { temperature: 3, topK, random: new Random(seed) });
        const id = draw();
        expect(draw()).toBe(id);
        expect([...values].filter((value) => value > values[id]).length).toBeLessThan(topK);
      }),
    );
  });

  it('draws among the fewest that have the share topP', () => {
    const values = Float64Array.from([1, 2, 5], Math.log);
    const drawn = (topP: number) => {
      const random = new Random(7, 'topP');
      const ids = Array.from({ length: 200 }, () => sample(values, { temperature: 1, topP, random }));
      return [...new Set(ids)].sort();
    };
    expect(drawn(0)).toEqual([2]);
    expect(drawn(0.62)).toEqual([2]);
    expect(drawn(0.63)).toEqual([1, 2]);
    expect(drawn(0.87)).toEqual([1, 2]);
    expect(drawn(0.88)).toEqual([0, 1, 2]);
    expect(drawn(1)).toEqual([0, 1, 2]);
  });

  it('follows softmax(logits / temperature)', () => {
    const odds = [Math.log(1), Math.log(2), Math.log(5)];
    const draws = 20_000;
    // Four standard deviations of a share of 1/4 in so many draws.
    const tolerance = 4 * Math.sqrt(0.25 / draws);
    const check = (found: number[], expected: number[]) =>
      found.forEach((share, i) => {
        expect(Math.abs(share - expected[i])).toBeLessThan(tolerance);
      });
    check(frequencies(odds, 1, undefined, draws), [1 / 8, 2 / 8, 5 / 8]);
    check(frequencies(odds, 0.5, undefined, draws), [1 / 30, 4 / 30, 25 / 30]);
    check(frequencies(odds, 1, 2, draws), [0, 2 / 7, 5 / 7]);
  });
});
