/** Whatever shares its calls, and whatever is drafted for it: each sequence draws what it draws alone. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomModel } from '../quant/synthetic/random-model.js';
import { Random } from '../util/random.js';
import type { Drafter, Drafting, DraftRequest } from './draft/drafter.js';
import { lookupDrafter } from './draft/lookup.js';
import { draftModel } from './draft/model.js';
import type { Engine } from './engine/engine.js';
import { integerEngine } from './engine/integers.js';
import { type CallRecord, Scheduler, type SequenceRequest, type Ticket } from './scheduler.js';

const VOCAB = 9;
const dimensions = {
  nLayers: 2,
  dModel: 8,
  nHeads: 2,
  headDim: 4,
  dState: 4,
  convKernel: 3,
  vocabSize: VOCAB,
};

interface Asked {
  readonly prompt: number[];
  readonly temperature: number;
  readonly seed: number;
  readonly maxTokens: number;
  /** A token that ends it. */
  readonly stop: number;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  prompt: fc.array(fc.nat(VOCAB - 1), { minLength: 1, maxLength: 20 }),
  temperature: fc.constantFrom(0, 0.7, 3),
  seed: fc.nat(1000),
  maxTokens: fc.integer({ min: 1, max: 25 }),
  stop: fc.nat(2 * VOCAB),
});

class Text implements SequenceRequest {
  readonly ids: number[] = [];
  readonly prompt: number[];
  readonly maxTokens: number;
  readonly sampling;
  constructor(
    private readonly asked: Asked,
    private readonly onToken: () => void = () => {},
  ) {
    const { prompt, maxTokens, temperature, seed } = asked;
    [this.prompt, this.maxTokens] = [prompt, maxTokens];
    this.sampling = { temperature, random: new Random(seed, 'sampling') };
  }
  take(id: number, logits: Float64Array): boolean {
    expect(logits.length).toBe(VOCAB);
    this.ids.push(id);
    this.onToken();
    return id === this.asked.stop || this.ids.length === this.maxTokens;
  }
}

/** Another longest call. */
const limited = (engine: Engine, maxTokens: number): Engine => ({ ...engine, maxTokens });

async function alone(model: ReturnType<typeof randomModel>, one: Asked): Promise<number[]> {
  const text = new Text(one);
  await new Scheduler(await integerEngine(model)).add(text).ended;
  return text.ids;
}

/** Drafts of every quality: right ones from the text that is known to come, changed here and there. */
class HalfRight implements Drafter {
  private readonly random: Random;
  constructor(
    private readonly right: readonly (readonly number[])[],
    seed: number,
  ) {
    this.random = new Random(seed, 'drafts');
  }
  async propose(requests: readonly DraftRequest[]): Promise<number[][]> {
    return requests.map(({ text, count }) => this.proposal(text, count));
  }
  async clear() {}
  async close() {}
  private proposal(text: readonly number[], count: number): number[] {
    const own = this.right.find((whole) => text.every((id, i) => id === whole[i])) ?? [];
    return Array.from({ length: this.random.integer(0, count + 2) }, (_, i) => {
      const isWrong = this.random.integer(0, 3) === 0;
      return isWrong ? this.random.integer(0, VOCAB - 1) : (own[text.length + i] ?? 0);
    });
  }
}

it('draws for each sequence what it draws alone, whatever the mix, the slots, the longest call and the drafts', async () => {
  const seen = { shared: 0, pieces: 0, accepted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(asked, { minLength: 1, maxLength: 7 }),
      fc.integer(),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 4, max: 24 }),
      fc.constantFrom('none', 'lookup', 'model', 'half right'),
      fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
      async (all, seed, slots, maxTokens, kind, count) => {
        const model = randomModel(dimensions, seed);
        const expected = await Promise.all(all.map((one) => alone(model, one)));
        const right = expected.map((ids, i) => [...all[i].prompt, ...ids]);
        const drafters: Record<string, () => Drafter> = {
          lookup: () => lookupDrafter,
          model: () => draftModel(randomModel({ ...dimensions, nLayers: 1 }, seed), slots),
          'half right': () => new HalfRight(right, seed),
        };
        const drafting: Drafting | undefined = drafters[kind] && { drafter: drafters[kind](), count };
        const calls: CallRecord[] = [];
        const engine = limited(await integerEngine(model, { slots }), maxTokens);
        const scheduler = new Scheduler(engine, { drafting, onCall: (call) => calls.push(call) });
        const texts = all.map((one) => new Text(one));
        const ends = await Promise.all(texts.map((text) => scheduler.add(text).ended));
        expect(texts.map(({ ids }) => ids)).toEqual(expected);
        expect(ends.every((end) => end === 'done')).toBe(true);
        expect(scheduler.running + scheduler.queued).toBe(0);
        const sum = (of: (call: CallRecord) => number) => calls.reduce((total, call) => total + of(call), 0);
        expect(sum(({ drawn }) => drawn)).toBe(expected.flat().length);
        for (const { tokens, sequences } of calls) {
          expect(tokens).toBeLessThanOrEqual(maxTokens);
          expect(sequences).toBeLessThanOrEqual(slots);
        }
        seen.shared += calls.filter(({ sequences }) => sequences > 1).length;
        seen.pieces += calls.filter(({ drawn }) => drawn === 0).length;
        seen.accepted += sum(({ accepted }) => accepted);
        seen.refused += sum(({ drafts, accepted }) => drafts - accepted);
      },
    ),
    { numRuns: 120 },
  );
  // All of it happened.
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(5);
});

it('gives a slot that a sequence leaves to the next at once, and shares calls between its prompt and the others', async () => {
  const model = randomModel(dimensions, 1);
  const calls: CallRecord[] = [];
  const engine = await integerEngine(model, { slots: 2 });
  const scheduler = new Scheduler(engine, { onCall: (call) => calls.push(call) });
  const of = (maxTokens: number) =>
    new Text({ prompt: [1, 2, 3], temperature: 0, seed: 0, maxTokens, stop: -1 });
  await Promise.all([of(2), of(6), of(3)].map((text) => scheduler.add(text).ended));
  // Two prompts; a token each; the third prompt beside a token of the second; tokens of both, twice; the last of the second.
  expect(calls.map(({ sequences, tokens }) => [sequences, tokens])).toEqual([
    [2, 6],
    [2, 2],
    [2, 4],
    [2, 2],
    [2, 2],
    [1, 1],
  ]);
});

it('frees what is cancelled in the queue, in its prompt and while it decodes, and leaves the others as they are', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(asked, fc.option(fc.nat(30), { nil: undefined })), { minLength: 2, maxLength: 8 }),
      fc.integer({ min: 1, max: 3 }),
      async (all, slots) => {
        const model = randomModel(dimensions, 5);
        let [calls, clears] = [0, 0];
        const golden = limited(await integerEngine(model, { slots }), 6);
        const engine: Engine = {
          ...golden,
          call(parts, wanted) {
            calls++;
            for (const [i, [, at]] of all.entries()) {
              if (at !== calls) continue;
              tickets[i].cancel();
              // The present call is the last that it is in.
              mostIds[i] = texts[i].ids.length + 1;
            }
            return golden.call(parts, wanted);
          },
          clear(slot) {
            clears++;
            return golden.clear(slot);
          },
        };
        const scheduler = new Scheduler(engine);
        const texts = all.map(([one]) => new Text(one));
        const mostIds = all.map(() => Number.POSITIVE_INFINITY);
        const tickets: Ticket[] = texts.map((text) => scheduler.add(text));
        for (const [i, [, at]] of all.entries()) if (at === 0) tickets[i].cancel();
        const ends = await Promise.all(tickets.map(({ ended }) => ended));
        expect(scheduler.running + scheduler.queued).toBe(0);
        expect(clears).toBeLessThanOrEqual(all.length);
        for (const [i, [one, at]] of all.entries()) {
          const whole = await alone(model, one);
          const { ids } = texts[i];
          expect(ids.length).toBeLessThanOrEqual(mostIds[i]);
          if (ends[i] === 'done') expect(ids).toEqual(whole);
          else expect(ids).toEqual(whole.slice(0, ids.length));
          if (at === undefined) expect(ends[i]).toBe('done');
          if (at === 0) expect([ends[i], ids]).toEqual(['cancelled', []]);
        }
      },
    ),
    { numRuns: 60 },
  );
});

it('says to all that the engine has failed, and to those who come later', async () => {
  const golden = await integerEngine(randomModel(dimensions, 1), { slots: 1 });
  const failing: Engine = { ...golden, call: () => Promise.reject(new Error('no power')) };
  const scheduler = new Scheduler(failing);
  const add = () =>
    scheduler.add(new Text({ prompt: [1], temperature: 0, seed: 0, maxTokens: 3, stop: -1 })).ended;
  const ends = await Promise.allSettled([add(), add()]);
  expect(ends.map((end) => end.status === 'rejected' && `${end.reason}`)).toEqual(
    Array(2).fill('Error: no power'),
  );
  await expect(add()).rejects.toThrow('no power');
});
