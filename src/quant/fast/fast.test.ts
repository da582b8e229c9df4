import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomTokens } from '../../../test/support/random-tokens.js';
import { goldenInner, goldenLayer } from '../golden/layer.js';
import { GoldenModel, goldenLogits } from '../golden/model.js';
import type { GoldenData, GoldenObserver, GoldenTap } from '../golden/observer.js';
import { copyGoldenState, createGoldenState, type GoldenState } from '../golden/state.js';
import { type RandomDimensions, type RandomModel, randomModel } from '../synthetic/random-model.js';
import type { HadamardMode, NauVariant, WeightBits } from '../types.js';
import { fastInnerFunction, fastLayerFunction } from './layer-function.js';
import { FastModel } from './model.js';

const dimensions = fc
  .record({
    nGroups: fc.integer({ min: 1, max: 3 }),
    headsPerGroup: fc.integer({ min: 1, max: 3 }),
    headDim: fc.constantFrom(1, 2, 3, 4, 8, 16),
    dState: fc.constantFrom(1, 2, 3, 4, 5, 8, 16),
    convKernel: fc.integer({ min: 1, max: 4 }),
    dModel: fc.constantFrom(1, 3, 4, 6, 8, 16, 40),
    groupNorm: fc.boolean(),
  })
  .map(
    ({ headsPerGroup, ...d }): RandomDimensions => ({
      ...d,
      nHeads: d.nGroups * headsPerGroup,
      vocabSize: 7,
    }),
  );
const options = fc.record({
  hadamard: fc.constantFrom<HadamardMode>('folded', 'online', 'none', 'smooth'),
  nau: fc.constantFrom<NauVariant>('ours', 'ours', 'ours', 'paper'),
  stateBits: fc.integer({ min: 16, max: 24 }),
  weightBits: fc.constantFrom<WeightBits>(8, 4, 2),
  headBits: fc.constantFrom<WeightBits>(8, 4, 2),
  weightGroup: fc.constantFrom(0, 16, 32),
});

interface Seen {
  readonly order: string[];
  readonly taps: Map<string, { data: GoldenData; shape: readonly number[] }>;
}

function observe(): Seen & GoldenObserver {
  const taps: Seen['taps'] = new Map();
  const order: string[] = [];
  return {
    ...{ taps, order, everyState: true },
    tap(name: GoldenTap, layer: number, data: GoldenData, shape: readonly number[]) {
      order.push(`${layer} ${name}`);
      taps.set(`${layer} ${name}`, { data, shape });
    },
  };
}

function expectEqual(found: Seen, expected: Seen): void {
  expect(found.order).toEqual(expected.order);
  for (const [name, { data, shape }] of expected.taps) {
    const other = found.taps.get(name)!;
    expect(other.shape, name).toEqual(shape);
    expect(other.data.constructor, name).toBe(data.constructor);
    expect(other.data.length, name).toBe(data.length);
    const at = data.findIndex((value, i) => value !== other.data[i]);
    if (at >= 0) throw new Error(`${name}[${at}]: fast ${other.data[at]}, golden ${data[at]}`);
  }
}

/** Taps of all layers and the head, and the state afterwards, of both engines; `calls` are tokens a call. */
async function compare(model: RandomModel, seed: number, calls: readonly number[]): Promise<void> {
  const fastSeen = observe();
  const fast = new FastModel(model, { resident: (seed & 1) === 0, observer: fastSeen });
  const state = createGoldenState(model.config);
  for (const count of calls) {
    const tokens = randomTokens(model, seed + count, count);
    const seen = observe();
    const residual = model.embeddingRowsNow(tokens);
    for (let i = 0; i < model.config.nLayers; i++) {
      goldenLayer(model.layerNow(i), model, residual, state.layers[i], seen);
    }
    const logits = goldenLogits(model.headNow(), model, residual, seen);
    fastSeen.taps.clear();
    fastSeen.order.length = 0;
    expect(await fast.prefill(tokens)).toEqual(logits);
    expectEqual(fastSeen, seen);
    expectSameState(fast.state, state);
  }
}

function expectSameState(found: GoldenState, expected: GoldenState): void {
  expected.layers.forEach(({ conv, h }, i) => {
    expect(found.layers[i].conv).toEqual(conv);
    expect(Int32Array.from(found.layers[i].h)).toEqual(h);
  });
}

describe('engine fast', () => {
  it.each(['lively', 'extreme'] as const)('equals golden in every tap (%s parameters)', async (style) => {
    await fc.assert(
      fc.asyncProperty(
        dimensions,
        options,
        fc.integer(),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
        async (d, o, seed, calls) => compare(randomModel(d, seed, o, style), seed, calls),
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['more tokens than go through a layer at once', {}, [65, 1, 130]],
    [
      'more columns than a product takes at once',
      { nHeads: 3, headDim: 5, dModel: 1030, nLayers: 1 },
      [3, 1],
    ],
    ['more rows than a product takes at once', { vocabSize: 2050, nLayers: 1 }, [2]],
    ['large heads', { nHeads: 2, headDim: 64, dState: 128, nLayers: 1 }, [5]],
  ] as const)('equals golden with %s', async (_, shape, calls) => {
    for (const style of ['lively', 'extreme'] as const) {
      await compare(randomModel(shape, 3, {}, style), 3, calls);
    }
  });

  it('runs calls over parts of several sequences as golden does, drafts forgotten', async () => {
    const turn = fc.record({ slot: fc.nat(2), accepted: fc.nat(3), drafts: fc.nat(2) });
    const mix = fc.uniqueArray(turn, { selector: ({ slot }) => slot, minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(mix, { minLength: 1, maxLength: 5 }), fc.integer(), async (calls, seed) => {
        const model = randomModel({ nLayers: 2, vocabSize: 7 }, seed);
        const options = { resident: true, slots: 3 };
        const [golden, fast] = [new GoldenModel(model, options), new FastModel(model, options)];
        for (const [i, call] of calls.entries()) {
          const parts = call.map(({ slot, accepted, drafts }) => {
            const tokens = randomTokens(model, seed + slot + 3 * i, Math.max(1, accepted + drafts));
            return { slot, tokens, gives: accepted };
          });
          const rows = [...parts.flatMap(({ tokens }) => tokens).keys()].filter((row) => row % 3 !== 1);
          expect(await fast.call(parts, rows)).toEqual(await golden.call(parts, rows));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('runs parts that begin and end within a piece, and drafts that go on in the next', async () => {
    const model = randomModel({ nLayers: 2, vocabSize: 7 }, 11);
    const options = { resident: true, slots: 4 };
    const [golden, fast] = [new GoldenModel(model, options), new FastModel(model, options)];
    const mixes = [
      [[0, 70, 0], [2, 20, 50], [1, 1, 3], [3, 130, 2]], // biome-ignore format: a call a line
      [[1, 0, 66], [0, 2, 0], [2, 62, 1]], // biome-ignore format: a call a line
    ];
    for (const [call, mix] of mixes.entries()) {
      const parts = mix.map(([slot, gives, drafts]) => {
        return { slot, tokens: randomTokens(model, 7 * call + slot, gives + drafts), gives };
      });
      const rows = [...parts.flatMap(({ tokens }) => tokens).keys()].filter((row) => row % 5 === 0);
      expect(await fast.call(parts, rows)).toEqual(await golden.call(parts, rows));
    }
    // What was given is what the next token goes on with.
    const next = [0, 1, 2, 3].map((slot) => ({ slot, tokens: [slot], gives: 1 }));
    expect(await fast.call(next, [0, 1, 2, 3])).toEqual(await golden.call(next, [0, 1, 2, 3]));
  });

  it('stands in for goldenLayer and goldenInner, with a state that lies anywhere', () => {
    const model = randomModel({ nLayers: 2 }, 6);
    const layer = fastLayerFunction(model);
    const expected = createGoldenState(model.config);
    const found = createGoldenState(model.config);
    const inner = fastInnerFunction(model.layerNow(0), model);
    for (const tokens of [Array.from({ length: 70 }, (_, i) => i % 60), [4]]) {
      const rows = model.embeddingRowsNow(tokens);
      const [state, other] = [copyGoldenState(expected).layers[0], copyGoldenState(found).layers[0]];
      expect(inner(rows, other)).toEqual(goldenInner(model.layerNow(0), model, rows, state));
      expect(other).toEqual(state);
      const others = rows.slice();
      for (let i = 0; i < 2; i++) {
        goldenLayer(model.layerNow(i), model, rows, expected.layers[i]);
        layer(model.layerNow(i), model, others, found.layers[i]);
      }
      expect(others).toEqual(rows);
      expect(found).toEqual(expected);
    }
  });

  it('goes back to a state, starts anew after reset, gives the last logits alone and refuses a token that is none', async () => {
    const model = randomModel({}, 3);
    const golden = new GoldenModel(model);
    const fast = new FastModel(model, { resident: true });
    const first = await golden.prefill([1, 2, 3]);
    expect(await fast.prefill([1, 2, 3], 'last')).toEqual(first.slice(-model.config.paddedVocabSize));
    const kept = copyGoldenState(fast.state);
    const next = await golden.step(5);
    expect(await fast.step(5)).toEqual(next);
    fast.state = kept;
    expect(await fast.step(5)).toEqual(next);
    fast.reset();
    expect(await fast.prefill([1, 2, 3])).toEqual(first);
    await expect(fast.step(61)).rejects.toThrow('token 0: found id 61, expected an integer from 0 to 60');
  });
});
