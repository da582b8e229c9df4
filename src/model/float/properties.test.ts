import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { naiveLogits } from '../../../test/support/naive-mamba2.js';
import { arbitraryConfig, randomWeights } from '../../../test/support/random-model.js';
import type { TensorName } from '../checkpoint/tensors.js';
import type { Mamba2Config } from '../config/mamba2-config.js';
import { FloatLayer, type LayerWeights } from './layer.js';
import { linear } from './linear.js';
import { FloatModel } from './model.js';
import { copyModelState } from './state.js';
import type { TapName } from './taps.js';

function modelOf(config: Mamba2Config, weights: ReadonlyMap<TensorName, Float32Array>): FloatModel {
  const layers = Array.from({ length: config.nLayers }, (_, i) => {
    const prefix = `layers.${i}.`;
    const own = [...weights].filter(([name]) => name.startsWith(prefix));
    const named = Object.fromEntries(own.map(([name, data]) => [name.slice(prefix.length), data]));
    return new FloatLayer(config, i, named as LayerWeights);
  });
  const embedding = weights.get('embedding')!;
  const lmHead = weights.get('lmHead') ?? embedding;
  return new FloatModel(config, layers, { embedding, finalNorm: weights.get('finalNorm')!, lmHead });
}

/** A model, given by its shape and the seed of its weights, and tokens for it. */
const cases = fc
  .record({
    config: arbitraryConfig,
    seed: fc.nat(),
    ids: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
  })
  .map(({ config, seed, ids }) => ({ config, seed, tokens: ids.map((id) => id % config.vocabSize) }));

function build({ config, seed }: { config: Mamba2Config; seed: number }): FloatModel {
  return modelOf(config, randomWeights(config, seed));
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < found.length; i++) {
    const allowed = 1e-9 * (1 + Math.abs(expected[i]));
    if (!(Math.abs(found[i] - expected[i]) <= allowed)) expect(found[i]).toBe(expected[i]);
  }
}

describe('the float model', () => {
  it('computes the equations of the paper, for any shape', () => {
    fc.assert(
      fc.property(cases, ({ config, seed, tokens }) => {
        const weights = randomWeights(config, seed);
        const model = modelOf(config, weights);
        expectClose(model.forward(tokens), naiveLogits(config, weights, tokens).flat());
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same token by token, to the last bit, and leaves the same state', () => {
    fc.assert(
      fc.property(cases, fc.nat(), ({ tokens, ...shape }, cut) => {
        const model = build(shape);
        const whole = model.newState();
        const expected = [...model.forward(tokens, whole)];
        const state = model.newState();
        expect(tokens.flatMap((token) => [...model.step(state, token)])).toEqual(expected);
        expect(state).toEqual(whole);
        const split = model.newState();
        const at = cut % (tokens.length + 1);
        const parts = [
          ...model.forward(tokens.slice(0, at), split),
          ...model.forward(tokens.slice(at), split),
        ];
        expect(parts).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same by chunks of any length', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 25 }), ({ tokens, ...shape }, chunk) => {
        const model = build(shape);
        const byToken = model.newState();
        const byChunk = model.newState();
        expectClose(model.forwardChunked(tokens, chunk, byChunk), model.forward(tokens, byToken));
        for (const [i, { ssm, conv }] of byChunk.entries()) {
          expectClose(ssm, byToken[i].ssm);
          expectClose(conv, byToken[i].conv);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keeps a copied state apart', () => {
    fc.assert(
      fc.property(cases, ({ tokens, ...shape }) => {
        const model = build(shape);
        const state = model.newState();
        model.forward(tokens, state);
        const copy = copyModelState(state);
        model.step(copy, tokens[0]);
        const again = copyModelState(state);
        expect(model.step(again, tokens[0])).toEqual(model.step(state, tokens[0]));
        expect(copy).toEqual(state);
      }),
      { numRuns: 30 },
    );
  });

  it('shows every intermediate in its shape, and the peak of the state', () => {
    fc.assert(
      fc.property(cases, ({ config, seed, tokens }) => {
        const model = build({ config, seed });
        const all: TapName[] = ['residual', 'normed', 'inProj', 'convSilu', 'dt', 'statePeak', 'ssmY'];
        all.push('gated', 'gatedNorm', 'outProj', 'block');
        const seen: string[] = [];
        let peaks = new Float64Array();
        const observe = (layer: number, name: TapName, values: Float64Array, width: number) => {
          expect(values.length).toBe(width * tokens.length);
          seen.push(`${layer}.${name}`);
          if (layer === 0 && name === 'statePeak') peaks = values.slice();
        };
        const state = model.newState();
        model.forward(tokens, state, { taps: { observe, wanted: new Set(all) } });
        const layers = model.layers.flatMap((_, i) => all.map((name) => `${i}.${name}`));
        expect(seen).toEqual([...layers, `${config.nLayers}.residual`, `${config.nLayers}.normed`]);
        const last = [...peaks.subarray(peaks.length - config.nHeads)];
        const size = config.headDim * config.dState;
        const expected = last.map((_, head) =>
          Math.max(...state[0].ssm.slice(head * size, (head + 1) * size).map(Math.abs)),
        );
        expect(last).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe('linear', () => {
  it('is the matrix product for any number of tokens, rows and columns', () => {
    const sizes = fc.tuple(
      fc.nat(14),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(sizes, ([length, rows, columns, hasBias]) => {
        const x = Float64Array.from({ length: length * columns }, (_, i) => (i % 11) - 5);
        const weight = Float32Array.from({ length: rows * columns }, (_, i) => (i % 7) - 3);
        const bias = hasBias ? Float32Array.from({ length: rows }, (_, i) => 10 * i) : undefined;
        const expected: number[] = [];
        for (let t = 0; t < length; t++) {
          for (let row = 0; row < rows; row++) {
            let sum = bias?.[row] ?? 0;
            for (let i = 0; i < columns; i++) sum += x[t * columns + i] * weight[row * columns + i];
            expected.push(sum);
          }
        }
        expect([...linear(x, weight, columns, bias)]).toEqual(expected);
      }),
    );
  });
});
