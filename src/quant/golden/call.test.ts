/** A call over parts of many sequences gives each of them what it gives alone (docs/integer-model.md section 10). */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import type { Part } from '../../model/call.js';
import { Random } from '../../util/random.js';
import { randomModel } from '../synthetic/random-model.js';
import { GoldenModel } from './model.js';
import { copyGoldenState } from './state.js';

const SLOTS = 4;
const VOCAB = 7;

/** What a slot does in one call: tokens that count, drafts that do not, or a new sequence first. */
const turn = fc.record({
  slot: fc.nat(SLOTS - 1),
  accepted: fc.integer({ min: 0, max: 5 }),
  drafts: fc.integer({ min: 0, max: 4 }),
  isNew: fc.constantFrom(false, false, false, true),
});
const calls = fc.array(fc.uniqueArray(turn, { selector: ({ slot }) => slot, minLength: 1 }), {
  minLength: 1,
  maxLength: 6,
});

it('gives each sequence what it gives alone, over random mixes of lengths, slots and drafts', async () => {
  await fc.assert(
    fc.asyncProperty(calls, fc.integer(), fc.integer({ min: 1, max: 4 }), async (mixes, seed, convKernel) => {
      const model = randomModel(
        { nLayers: 2, dModel: 8, nHeads: 4, nGroups: 2, headDim: 2, dState: 3, convKernel, vocabSize: VOCAB },
        seed,
        { hadamard: seed & 1 ? 'folded' : 'online', nau: seed & 2 ? 'paper' : 'ours' },
      );
      const { paddedVocabSize } = model.config;
      const random = new Random(seed, 'tokens');
      const draw = (count: number) => Array.from({ length: count }, () => random.integer(0, VOCAB - 1));
      const packed = new GoldenModel(model, { resident: true, slots: SLOTS });
      const texts: number[][] = Array.from({ length: SLOTS }, () => []);
      for (const mix of mixes) {
        const parts: Part[] = [];
        const wanted: number[] = [];
        const expected: number[] = [];
        let first = 0;
        for (const { slot, accepted, drafts, isNew } of mix) {
          if (isNew) {
            packed.reset(slot);
            texts[slot] = [];
          }
          const tokens = draw(Math.max(1, accepted + drafts));
          const alone = new GoldenModel(model);
          const logits = await alone.prefill([...texts[slot], ...tokens]);
          const before = texts[slot].length;
          tokens.forEach((_, t) => {
            if (random.integer(0, 2) === 0) return;
            wanted.push(first + t);
            expected.push(
              ...logits.subarray((before + t) * paddedVocabSize, (before + t + 1) * paddedVocabSize),
            );
          });
          parts.push({ slot, tokens, gives: accepted });
          texts[slot].push(...tokens.slice(0, accepted));
          first += tokens.length;
        }
        expect([...(await packed.call(parts, wanted))]).toEqual(expected);
      }
      const alone = new GoldenModel(model);
      if (texts[0].length > 0) await alone.prefill(texts[0]);
      expect(copyGoldenState(packed.state)).toEqual(copyGoldenState(alone.state));
    }),
    { numRuns: 60 },
  );
});

it('refuses a call that contradicts itself, in one line, and changes nothing', async () => {
  const model = randomModel({ vocabSize: VOCAB }, 3);
  const golden = new GoldenModel(model, { slots: 2 });
  const part = (slot: number, tokens: number[], gives: number): Part => ({ slot, tokens, gives });
  const bad: [Part[], number[], string][] = [
    [[], [], 'found no part, expected at least one'],
    [[part(2, [1], 1)], [], 'part 0: found slot 2, expected 0 to 1'],
    [[part(-1, [1], 1)], [], 'part 0: found slot -1, expected 0 to 1'],
    [
      [part(1, [1], 1), part(1, [2], 1)],
      [],
      'part 1: found slot 1 again, expected one that no other part has',
    ],
    [[part(0, [], 0)], [], 'part 0: found no token, expected at least one'],
    [[part(0, [1, 2], 3)], [], 'part 0: gives its states after 3 tokens, expected 0 to 2'],
    [[part(0, [1, 2], 0.5)], [], 'part 0: gives its states after 0.5 tokens, expected 0 to 2'],
    [[part(0, [1, 2], 2)], [2], 'logits of token 2, expected 0 to 1'],
    [[part(0, [1, 2], 2)], [1, 0], 'logits of token 0 after 1, expected ascending order'],
    [[part(0, [1, 99], 2)], [0], 'token 1: found id 99, expected an integer from 0 to 6'],
  ];
  for (const [parts, wanted, message] of bad) {
    const refused = await golden.call(parts, wanted).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UserError);
    expect((refused as UserError).message).toContain(message);
    expect((refused as UserError).message).not.toContain('\n');
  }
  expect(await golden.prefill([1])).toEqual(await new GoldenModel(model).prefill([1]));
});
