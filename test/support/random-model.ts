/**
 * Small Mamba2 models of random shape and weights for property tests: several groups, odd widths, every convolution
 * length, biases, finite dt limits, padded vocabularies, untied heads, both kinds of gated norm.
 */
import fc from 'fast-check';
import { type TensorName, tensorSpecs } from '../../src/model/checkpoint/tensors.js';
import type { Mamba2Config } from '../../src/model/config/mamba2-config.js';
import { Random } from '../../src/util/random.js';

export const arbitraryConfig: fc.Arbitrary<Mamba2Config> = fc
  .record({
    dModel: fc.integer({ min: 1, max: 11 }),
    nLayers: fc.integer({ min: 1, max: 2 }),
    headDim: fc.integer({ min: 1, max: 5 }),
    nGroups: fc.integer({ min: 1, max: 3 }),
    headsPerGroup: fc.integer({ min: 1, max: 3 }),
    dState: fc.integer({ min: 1, max: 5 }),
    convKernel: fc.integer({ min: 1, max: 5 }),
    vocabSize: fc.integer({ min: 1, max: 9 }),
    padding: fc.integer({ min: 0, max: 3 }),
    normEps: fc.constantFrom(1e-5, 1e-2),
    tieEmbeddings: fc.boolean(),
    useBias: fc.boolean(),
    useConvBias: fc.boolean(),
    groupNorm: fc.boolean(),
    dtLimit: fc.constantFrom([0, Number.POSITIVE_INFINITY], [0, 0.5], [0.4, 0.9]),
  })
  .map(({ headsPerGroup, padding, dtLimit, ...c }) => {
    const nHeads = c.nGroups * headsPerGroup;
    const dInner = nHeads * c.headDim;
    return {
      ...c,
      layout: 'huggingface',
      nHeads,
      dInner,
      expand: dInner / c.dModel,
      chunkSize: 8,
      paddedVocabSize: c.vocabSize + padding,
      normBeforeGate: false,
      dtMin: dtLimit[0],
      dtMax: dtLimit[1],
    };
  });

/** Weights that make every part count: large steps, decays from slow to fast, gains away from 1. */
export function randomWeights(config: Mamba2Config, seed: number): Map<TensorName, Float32Array> {
  return new Map(
    tensorSpecs(config).map(({ name, shape }) => {
      const random = new Random(seed, name);
      const isGain = /norm$/i.test(name);
      const draw = () =>
        name.endsWith('aLog') ? random.between(-2, 2) : (isGain ? 1 : 0) + 0.6 * random.normal();
      return [name, Float32Array.from({ length: shape.reduce((n, size) => n * size, 1) }, draw)];
    }),
  );
}
