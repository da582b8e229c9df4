/**
 * Calibration: runs the float model over some tokens, one layer's weights in memory at a time, and collects what the
 * choice of formats needs. The head is sampled only, since its cost grows with the vocabulary and only one scale comes from it.
 */
import { type Checkpoint, layerTensor } from '../../model/checkpoint/checkpoint.js';
import { linear } from '../../model/float/linear.js';
import { streamLayers } from '../../model/float/stream.js';
import type { Taps } from '../../model/float/taps.js';
import { blockHadamard, type Rotation } from '../rotate/rotate.js';
import { ScaleHistogram } from '../scale/histogram.js';
import { CALIBRATION_TAPS, type CollectorWeights, LayerCollector, NormCollector } from './layer.js';
import { type CalibrationWindows, sampleTokens } from './tokens.js';
import type { Calibration } from './types.js';

/** Logit rows are sampled within this many multiply-accumulates. */
const HEAD_BUDGET_MACS = 4e9;
const HEAD_ROWS_AT_ONCE = 4096;

/** Called as work goes on: what is being done, how many parts are done, of how many. */
export type QuantProgress = (stage: 'calibrate' | 'quantize', done: number, total: number) => void;

/**
 * Calibrates `checkpoint` on the windows of `calibrationWindows`. `rotation` is what the residual stream may be rotated
 * with. Throws UserError as reading tensors does, or for a token outside the vocabulary.
 */
export async function calibrate(
  checkpoint: Checkpoint,
  { source, windows, roundingWindows }: CalibrationWindows,
  progress?: QuantProgress,
  rotation: Rotation = blockHadamard(checkpoint.config.dModel),
): Promise<Calibration> {
  const { config } = checkpoint;
  const innerRotation = blockHadamard(config.dInner);
  const collectors: LayerCollector[] = [];
  for (let i = 0; i < config.nLayers; i++) {
    const weights = await collectorWeights(checkpoint, i);
    collectors.push(new LayerCollector(config, weights, rotation, innerRotation));
  }
  const finalGain = (await checkpoint.read('finalNorm')).data;
  const finalNorm = new NormCollector(finalGain, config.dModel, config.normEps, rotation);
  const samples: Float64Array[] = [];
  const sampleLength = sampleTokens(source.tokens) * config.dModel;
  const taps: Taps = {
    wanted: CALIBRATION_TAPS,
    observe: (layer, name, values) => {
      if (name === 'residual') samples[layer] ??= values.slice(0, sampleLength);
      if (layer < config.nLayers) collectors[layer].observe(name, values);
      else finalNorm.observe(values);
    },
  };
  const normed = await streamLayers(checkpoint, windows, {
    taps,
    onLayer: ({ index }) => progress?.('calibrate', index + 1, config.nLayers),
  });
  return {
    source,
    layers: collectors.map((collector) => collector.result),
    finalNorm: finalNorm.result,
    logits: await sampleLogits(checkpoint, normed),
    samples,
    roundingWindows,
  };
}

async function collectorWeights(checkpoint: Checkpoint, layer: number): Promise<CollectorWeights> {
  const read = async (tensor: 'norm' | 'gatedNorm' | 'convWeight' | 'convBias') =>
    (await checkpoint.read(layerTensor(layer, tensor))).data;
  return {
    norm: await read('norm'),
    gatedNorm: await read('gatedNorm'),
    convWeight: await read('convWeight'),
    convBias: checkpoint.config.useConvBias ? await read('convBias') : undefined,
  };
}

/** Histogram of the logits of tokens spread evenly over all windows. */
async function sampleLogits(
  checkpoint: Checkpoint,
  normed: readonly Float64Array[],
): Promise<ScaleHistogram> {
  const { dModel, paddedVocabSize } = checkpoint.config;
  const total = normed.reduce((n, x) => n + x.length / dModel, 0);
  const wanted = Math.max(16, Math.floor(HEAD_BUDGET_MACS / (dModel * paddedVocabSize)));
  const stride = Math.max(1, Math.ceil(total / wanted));
  const sample = new Float64Array(Math.ceil(total / stride) * dModel);
  let token = 0;
  for (const x of normed) {
    for (let base = 0; base < x.length; base += dModel, token++) {
      if (token % stride === 0) sample.set(x.subarray(base, base + dModel), (token / stride) * dModel);
    }
  }
  const histogram = new ScaleHistogram();
  for (let first = 0; first < paddedVocabSize; first += HEAD_ROWS_AT_ONCE) {
    const count = Math.min(HEAD_ROWS_AT_ONCE, paddedVocabSize - first);
    const { data } = await checkpoint.readRows('lmHead', first, count);
    const logits = linear(sample, data, dModel);
    histogram.addRange(logits, 0, logits.length);
  }
  return histogram;
}
