import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Oracle, type OracleState, oracleState } from '../../../test/oracles/golden-oracle.js';
import { randomTokens } from '../../../test/support/random-tokens.js';
import { type RandomDimensions, type RandomModel, randomModel } from '../synthetic/random-model.js';
import type { HadamardMode, WeightBits } from '../types.js';
import { goldenLayer } from './layer.js';
import { GoldenModel, goldenLogits } from './model.js';
import type { GoldenData, GoldenTap } from './observer.js';
import { copyGoldenState, createGoldenState } from './state.js';

const dimensions = fc
  .record({
    nGroups: fc.integer({ min: 1, max: 3 }),
    headsPerGroup: fc.integer({ min: 1, max: 3 }),
    headDim: fc.constantFrom(1, 2, 3, 4, 8),
    dState: fc.constantFrom(1, 2, 5, 8),
    convKernel: fc.integer({ min: 1, max: 4 }),
    dModel: fc.constantFrom(1, 3, 4, 6, 8, 16),
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
  stateBits: fc.integer({ min: 16, max: 24 }),
  weightBits: fc.constantFrom<WeightBits>(8, 4, 2),
  headBits: fc.constantFrom<WeightBits>(8, 4, 2),
  weightGroup: fc.constantFrom(0, 16, 32),
});

/** All taps of golden, in the oracle's form: values of one layer in the order of tokens. */
function runGolden(model: RandomModel, tokens: readonly number[]): Map<string, GoldenData> {
  const taps = new Map<string, GoldenData>();
  const observer = {
    everyState: true,
    tap: (name: GoldenTap, layer: number, data: GoldenData, shape: readonly number[]) => {
      expect(shape.reduce((a, b) => a * b)).toBe(data.length);
      taps.set(`${layer} ${name}`, data);
    },
  };
  const state = createGoldenState(model.config);
  const residual = model.embeddingRowsNow(tokens);
  for (let i = 0; i < model.config.nLayers; i++) {
    goldenLayer(model.layerNow(i), model, residual, state.layers[i], observer);
  }
  goldenLogits(model.headNow(), model, residual, observer);
  return taps;
}

function runOracle(
  model: RandomModel,
  tokens: readonly number[],
): { taps: Map<string, bigint[]>; largest: bigint } {
  const { config } = model;
  const taps = new Map<string, bigint[]>();
  const rows = model.embeddingRowsNow(tokens);
  let residual = tokens.map((_, t) =>
    Array.from(rows.subarray(t * config.dModel, (t + 1) * config.dModel), BigInt),
  );
  let largest = 0n;
  const collect = (oracle: Oracle, layer: number) => {
    for (const [name, values] of oracle.taps) taps.set(`${layer} ${name}`, values);
    if (oracle.largest > largest) largest = oracle.largest;
  };
  for (let i = 0; i < config.nLayers; i++) {
    const oracle = new Oracle();
    const state: OracleState = oracleState(model);
    residual = residual.map((r) => oracle.token(model.layerNow(i), model, r, state));
    collect(oracle, i);
  }
  const oracle = new Oracle();
  for (const r of residual) oracle.logits(model.headNow(), r);
  collect(oracle, config.nLayers);
  return { taps, largest };
}

function compare(model: RandomModel, tokens: readonly number[]): bigint {
  const golden = runGolden(model, tokens);
  const { taps, largest } = runOracle(model, tokens);
  expect([...golden.keys()].sort()).toEqual([...taps.keys()].sort());
  for (const [name, expected] of taps) {
    const found = golden.get(name)!;
    expect(found.length, name).toBe(expected.length);
    for (let i = 0; i < expected.length; i++) {
      if (BigInt(found[i]) !== expected[i]) {
        throw new Error(`${name}[${i}]: golden ${found[i]}, oracle ${expected[i]}`);
      }
    }
  }
  return largest;
}

describe('golden model', () => {
  it.each(['lively', 'extreme'] as const)(
    'equals the page word by word in every tap (%s parameters)',
    (style) => {
      fc.assert(
        fc.property(
          dimensions,
          options,
          fc.integer(),
          fc.integer({ min: 1, max: 6 }),
          (d, o, seed, count) => {
            const model = randomModel(d, seed, o, style);
            const largest = compare(model, randomTokens(model, seed, count));
            expect(largest < 2n ** 52n).toBe(true);
          },
        ),
        { numRuns: 150 },
      );
    },
  );

  it('equals the page on more columns than one packed product takes', () => {
    const model = randomModel(
      { nLayers: 1, dModel: 2050, nHeads: 1, headDim: 2, dState: 2 },
      5,
      { hadamard: 'none' },
      'extreme',
    );
    compare(model, randomTokens(model, 5, 3));
  });

  it('does not depend on how tokens are split over calls', async () => {
    await fc.assert(
      fc.asyncProperty(
        dimensions,
        options,
        fc.integer(),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }),
        async (d, o, seed, cuts) => {
          const model = randomModel({ ...d, nLayers: 2 }, seed, { ...o, nau: seed & 1 ? 'paper' : 'ours' });
          const tokens = randomTokens(
            model,
            seed,
            cuts.reduce((a, b) => a + b, 1),
          );
          const whole = new GoldenModel(model);
          const expected = await whole.prefill(tokens);
          const split = new GoldenModel(model, { resident: true });
          const found: number[] = [];
          let from = 0;
          for (const cut of cuts) {
            found.push(...(await split.prefill(tokens.slice(from, from + cut))));
            split.state = copyGoldenState(split.state);
            from += cut;
          }
          found.push(...(await split.step(tokens[from])));
          expect(found).toEqual([...expected]);
          expect(split.state).toEqual(whole.state);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives the last logits alone, starts anew after reset, and refuses a token that is none', async () => {
    const model = randomModel({}, 3);
    const golden = new GoldenModel(model);
    const all = await golden.prefill([1, 2, 3]);
    golden.reset();
    expect(await golden.prefill([1, 2, 3], 'last')).toEqual(all.slice(-model.config.paddedVocabSize));
    await expect(golden.step(61)).rejects.toThrow('token 0: found id 61, expected an integer from 0 to 60');
  });
});
