/** Drafts of a model: for each text those that the golden model draws alone, whatever texts draft with it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GoldenModel } from '../../quant/golden/model.js';
import { randomModel } from '../../quant/synthetic/random-model.js';
import { Random } from '../../util/random.js';
import { mostLikely } from '../sample.js';
import { draftModel } from './model.js';

const VOCAB = 9;
const SLOTS = 3;
const model = randomModel(
  { nLayers: 2, dModel: 8, nHeads: 2, headDim: 4, dState: 4, convKernel: 3, vocabSize: VOCAB },
  3,
);

/** The most likely continuation, token by token. */
async function greedy(text: readonly number[], count: number): Promise<number[]> {
  const golden = new GoldenModel(model);
  const drafts: number[] = [];
  let logits = await golden.prefill(text, 'last');
  for (;;) {
    drafts.push(mostLikely(logits.subarray(0, VOCAB)));
    if (drafts.length === count) return drafts;
    logits = await golden.step(drafts[drafts.length - 1]);
  }
}

it('drafts for each text what the golden model draws for it alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = new Random(seed, 'drafts');
      const ids = (count: number) => Array.from({ length: count }, () => random.integer(0, VOCAB - 1));
      const drafter = draftModel(model, SLOTS);
      const texts = Array.from({ length: SLOTS }, () => [] as number[]);
      for (let round = 0; round < 6; round++) {
        const requests = [];
        for (let slot = 0; slot < SLOTS; slot++) {
          if (random.integer(0, 4) === 0) {
            await drafter.clear(slot);
            texts[slot] = [];
          }
          // Not every text drafts in every round; once in a while a prompt takes several calls.
          const isLong = random.integer(0, 20) === 0;
          texts[slot].push(...ids(isLong ? random.integer(200, 300) : random.integer(1, 6)));
          if (random.integer(0, 3) === 0) continue;
          requests.push({ slot, text: texts[slot], count: random.integer(1, 4) });
        }
        const due = requests.map(({ text, count }) => greedy(text, count));
        expect(await drafter.propose(requests)).toEqual(await Promise.all(due));
      }
    }),
    { numRuns: 20 },
  );
});
