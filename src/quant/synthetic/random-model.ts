/**
 * Test support: random quantized models of any dimensions from a seed. `lively` ones have plausible magnitudes (random-layer.ts),
 * `extreme` ones draw every field from its whole range (random-extreme.ts). Layers and embedding rows are made when asked for,
 * always the same, so that the largest Mamba2 shapes need no memory.
 */
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import { Random } from '../../util/random.js';
import type {
  QuantizedHead,
  QuantizedLayer,
  QuantizedModel,
  QuantizedScalars,
  QuantOptions,
} from '../types.js';
import { extremeHead, extremeLayer } from './random-extreme.js';
import { randomLayer } from './random-layer.js';
import { hatSizeFor, normOutFracBits, randomLinear, randomNorm } from './random-linear.js';

/** Dimensions of a random model; what is missing has a small default. */
export type RandomDimensions = Partial<
  Pick<
    Mamba2Config,
    | 'nLayers'
    | 'headDim'
    | 'nHeads'
    | 'dState'
    | 'nGroups'
    | 'convKernel'
    | 'dModel'
    | 'vocabSize'
    | 'groupNorm'
  >
>;

/** A random model is in memory: its parts are also there without a promise. */
export interface RandomModel extends QuantizedModel {
  layerNow(index: number): QuantizedLayer;
  headNow(): QuantizedHead;
  embeddingRowsNow(tokens: ArrayLike<number>): Int32Array;
}

/** The default choices: folded rotation, base-2 tables, 24-bit state, 8-bit weights. */
export const defaultQuantOptions: QuantOptions = {
  hadamard: 'folded',
  nau: 'ours',
  stateBits: 24,
  weightBits: 8,
  headBits: 8,
  weightGroup: 0,
  rounding: 'nearest',
};

/** A config with dInner = nHeads * headDim; dModel is half of it unless given. */
export function randomConfig(dimensions: RandomDimensions = {}): Mamba2Config {
  const { nLayers = 2, headDim = 8, nHeads = 4, dState = 16, nGroups = 1, convKernel = 4 } = dimensions;
  const dInner = headDim * nHeads;
  const dModel = dimensions.dModel ?? Math.ceil(dInner / 2);
  const vocabSize = dimensions.vocabSize ?? 61;
  return {
    ...{ layout: 'huggingface', dModel, nLayers, dInner, headDim, nHeads, dState, nGroups, convKernel },
    ...{ expand: dInner / dModel, chunkSize: 256, vocabSize, paddedVocabSize: vocabSize, normEps: 1e-5 },
    ...{ tieEmbeddings: false, useBias: false, useConvBias: true, normBeforeGate: false },
    ...{ groupNorm: dimensions.groupNorm ?? false, dtMin: 0, dtMax: Number.POSITIVE_INFINITY },
  };
}

/** A random model; the same arguments give the same model. */
export function randomModel(
  dimensions: RandomDimensions,
  seed: number,
  options: Partial<QuantOptions> = {},
  style: 'lively' | 'extreme' = 'lively',
): RandomModel {
  const config = randomConfig(dimensions);
  const chosen = { ...defaultQuantOptions, ...options };
  const lively = style === 'lively';
  const scalars = randomScalars(seed, lively);
  const layerNow = (index: number) =>
    lively ? randomLayer(config, chosen, scalars, seed, index) : extremeLayer(config, chosen, seed, index);
  const headNow = () =>
    lively ? randomHead(config, chosen, scalars, seed) : extremeHead(config, chosen, seed);
  const embeddingRowsNow = (tokens: ArrayLike<number>) => {
    const rows = new Int32Array(tokens.length * config.dModel);
    for (let t = 0; t < tokens.length; t++) {
      const random = new Random(seed, `embedding ${tokens[t]}`);
      for (let i = 0; i < config.dModel; i++) {
        const value = random.normal() * 2 ** scalars.residualFracBits;
        rows[t * config.dModel + i] = lively ? Math.round(value) : random.edgy(-(2 ** 31), 2 ** 31 - 1);
      }
    }
    return rows;
  };
  return {
    ...{ config, options: chosen, scalars, layerNow, headNow, embeddingRowsNow },
    layer: async (index) => layerNow(index),
    head: async () => headNow(),
    embeddingRows: async (tokens) => embeddingRowsNow(tokens),
  };
}

function randomScalars(seed: number, lively: boolean): QuantizedScalars {
  const random = new Random(seed, 'scalars');
  const residualFracBits = random.integer(14, 17);
  if (lively) return { residualFracBits, dtMin: 0, dtMax: 2 ** 24 - 1 };
  const dtMin = random.edgy(0, 2 ** 20);
  return { residualFracBits, dtMin, dtMax: random.edgy(dtMin, 2 ** 24 - 1) };
}

function randomHead(
  config: Mamba2Config,
  options: QuantOptions,
  scalars: QuantizedScalars,
  seed: number,
): QuantizedHead {
  const logitFracBits = 10;
  return {
    norm: randomNorm(config.dModel, 2, scalars.residualFracBits - 2),
    lmHead: randomLinear(new Random(seed, 'head'), {
      rows: config.paddedVocabSize,
      cols: config.dModel,
      hatSize: hatSizeFor(options.hadamard, 'residual', config.dModel),
      smooth: options.hadamard === 'smooth',
      weightBits: options.headBits,
      weightGroup: options.weightGroup,
      inputDeviation: 2 ** normOutFracBits(config.dModel) / Math.sqrt(config.dModel),
      outDeviation: () => 3 * 2 ** logitFracBits,
      outMean: () => 0,
    }),
    logitFracBits,
  };
}
