import fc from 'fast-check';
import { expect, it } from 'vitest';
import { logProbabilities } from './log-probability.js';

it('is the logarithm of softmax, with the likeliest in order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 30 }),
      fc.nat(10),
      (values, count) => {
        const logits = Float64Array.from(values, (value) => value / 10);
        const all = [...logits.keys()].map((id) => logProbabilities(logits, id, count));
        const sum = all.reduce((total, { logProbability }) => total + Math.exp(logProbability), 0);
        expect(sum).toBeCloseTo(1, 9);
        for (const { id, logProbability } of all)
          expect(logProbability - all[0].logProbability).toBeCloseTo(logits[id] - logits[0], 9);
        const order = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b).slice(0, count);
        expect(all[0].top.map(({ id }) => id)).toEqual(order);
        for (const { id, logProbability } of all[0].top) expect(logProbability).toBe(all[id].logProbability);
      },
    ),
  );
});
