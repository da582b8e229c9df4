import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomConfig } from '../../quant/synthetic/random-model.js';
import { Random } from '../../util/random.js';
import { openCheckpoint } from '../checkpoint/checkpoint.js';
import { float32Math } from './float32.js';
import { linear } from './linear.js';
import { FloatModel } from './model.js';
import { recurrentScan, type ScanInput } from './scan.js';

const folder = (name: string) => new URL(`../../../${name}/`, import.meta.url).pathname;

/** Largest difference, over the largest value. */
function error(found: ArrayLike<number>, expected: Float64Array): number {
  expect(found.length).toBe(expected.length);
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    difference = Math.max(difference, Math.abs(found[i] - expected[i]));
  }
  return largest === 0 ? difference : difference / largest;
}

describe('float32', () => {
  it.each([
    'models/tiny-mamba2',
    'test/data/reference/hf-f32',
    'test/data/reference/hf-bf16',
    'test/data/reference/statespaces-bin',
  ])('gives the logits of %s, and those of more tokens after them', async (name) => {
    const checkpoint = await openCheckpoint(folder(name));
    const reference = await FloatModel.load(checkpoint);
    const model = await FloatModel.load(checkpoint, float32Math(checkpoint.config));
    await checkpoint.close();
    const random = new Random(1);
    const [state, referenceState] = [model.newState(), reference.newState()];
    for (const count of [70, 1, 2]) {
      const tokens = Array.from({ length: count }, () => random.integer(0, reference.config.vocabSize - 1));
      const expected = reference.forward(tokens, referenceState);
      const difference = error(model.forward(tokens, state), expected);
      expect(difference).toBeLessThan(1e-4);
      // Not the same computation: float32 shows.
      expect(difference).toBeGreaterThan(1e-10);
    }
  });

  it('multiplies matrices of any size', () => {
    const math = float32Math(randomConfig({ nHeads: 8, headDim: 16 }));
    const sizes = { tokens: fc.integer({ min: 1, max: 130 }), rows: fc.integer({ min: 1, max: 600 }) };
    fc.assert(
      fc.property(
        fc.record({
          ...sizes,
          columns: fc.integer({ min: 1, max: 128 }),
          seed: fc.nat(),
          biased: fc.boolean(),
        }),
        ({ tokens, rows, columns, seed, biased }) => {
          const random = new Random(seed);
          const x = Float64Array.from({ length: tokens * columns }, () => Math.fround(random.normal()));
          const weight = Float32Array.from({ length: rows * columns }, () => random.normal());
          const bias = biased ? Float32Array.from({ length: rows }, () => random.normal()) : undefined;
          const found = math.linear(x, weight, columns, bias);
          expect(error(found, linear(x, weight, columns, bias))).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('scans as the recurrence, over any heads, groups and states', () => {
    fc.assert(
      fc.property(
        fc.record({
          nGroups: fc.integer({ min: 1, max: 2 }),
          heads: fc.integer({ min: 1, max: 3 }),
          headDim: fc.integer({ min: 1, max: 9 }),
          dState: fc.integer({ min: 1, max: 19 }),
          tokens: fc.integer({ min: 1, max: 70 }),
          seed: fc.nat(),
        }),
        ({ nGroups, heads, headDim, dState, tokens, seed }) => {
          const config = randomConfig({ nGroups, nHeads: nGroups * heads, headDim, dState });
          const random = new Random(seed);
          const { nHeads, dInner } = config;
          const normals = (length: number) => Float64Array.from({ length }, () => random.normal());
          const input: ScanInput = {
            config,
            xBC: normals(tokens * (dInner + 2 * nGroups * dState)),
            dt: Float64Array.from({ length: tokens * nHeads }, () => random.between(0.01, 1)),
            a: Float64Array.from({ length: nHeads }, () => random.between(-8, -0.01)),
            d: Float32Array.from({ length: nHeads }, () => random.normal()),
            state: normals(dInner * dState),
          };
          const other = { ...input, state: input.state.slice() };
          const expected = recurrentScan(input);
          expect(error(float32Math(config).scan(other), expected)).toBeLessThan(1e-5);
          expect(error(other.state, input.state)).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 60 },
    );
  });
});
