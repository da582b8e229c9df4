/**
 * How far a quantized model is from the float model, tap by tap, on a short sample of tokens: what tells weights that the formats do not hold
 * from ordinary ones. Each layer starts from float's residual stream and so answers for itself; the logits come from all layers in a row.
 */
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import type { FloatLayer } from '../model/float/layer.js';
import { linear } from '../model/float/linear.js';
import { rmsNorm } from '../model/float/math.js';
import type { TapName } from '../model/float/taps.js';
import { type ComparedTap, comparedTaps } from './deviation-taps.js';
import { fastLayerFunction, type LayerFunction } from './fast/layer-function.js';
import type { GoldenContext } from './golden/layer.js';
import { goldenLogits } from './golden/model.js';
import type { GoldenData, GoldenTap } from './golden/observer.js';
import { createGoldenState } from './golden/state.js';
import type { Rotation } from './rotate/rotate.js';
import type { QuantizedHead, QuantizedLayer } from './types.js';

/** A tap of a layer; `layer` is the number of layers for the logits. */
export interface Deviation {
  readonly layer: number;
  readonly tap: string;
  /** Root mean square of golden minus float, over that of float. */
  readonly error: number;
  /** Share of golden's values at an end of their format. */
  readonly saturated: number;
}

/** Of the sample's last tokens so many have their logits compared as fit into this many multiply-accumulates, and these at least. */
const HEAD_BUDGET_MACS = 1e9;
const MIN_LOGIT_TOKENS = 4;
const HEAD_ROWS_AT_ONCE = 4096;
/** An error beyond this says no more. */
const LARGEST_ERROR = 1000;

/** Walks along with the quantizer, a layer at a time in their order, from an empty state. */
export class DeviationProbe {
  /** What golden makes of the sample through all layers so far. */
  private readonly chain: Int32Array;
  /** Golden's integers, in less time. */
  private readonly runLayer: LayerFunction;

  /** `sample`: [tokens, dModel], the float model's input of layer 0. `rotation` is the residual stream's. */
  constructor(
    private readonly context: GoldenContext,
    private readonly rotation: Rotation,
    sample: Float64Array,
  ) {
    this.chain = this.quantized(sample);
    this.runLayer = fastLayerFunction(context);
  }

  /** All taps of a layer whose float input is `sample`. */
  layer(float: FloatLayer, layer: QuantizedLayer, sample: Float64Array): Deviation[] {
    const { context, rotation } = this;
    const { taps: floatTaps } = observedFloat(float, sample);
    const goldenTaps = observedGolden(this.runLayer, context, layer, this.quantized(sample));
    this.runLayer(layer, context, this.chain, emptyState(context));
    return comparedTaps({ ...context, layer, rotation }).map((tap) => ({
      ...{ layer: layer.index, tap: tap.name },
      ...result(tapSums(tap, goldenTaps, floatTaps, sample.length / context.config.dModel)),
    }));
  }

  /** The logits of the last tokens through all layers; `sample` is the float model's input of the final norm. */
  async logits(checkpoint: Checkpoint, head: QuantizedHead, sample: Float64Array): Promise<Deviation> {
    const { config } = this.context;
    const { dModel, paddedVocabSize: rows } = config;
    const affordable = Math.max(MIN_LOGIT_TOKENS, Math.floor(HEAD_BUDGET_MACS / (rows * dModel)));
    const values = Math.min(sample.length, affordable * dModel);
    const golden = goldenLogits(head, this.context, this.chain.subarray(-values));
    const sums = await logitSums(checkpoint, head, golden, sample.slice(-values));
    return { layer: config.nLayers, tap: 'logits', ...result(sums) };
  }

  private quantized(residual: Float64Array): Int32Array {
    return quantizedResidual(this.context, this.rotation, residual);
  }
}

/** What a comparison adds up: squares of float's values and of golden's errors, the largest error, values at an end of their format, and all. */
export interface TapSums {
  signal: number;
  noise: number;
  largest: number;
  saturated: number;
  count: number;
}

export const noSums = (): TapSums => ({ signal: 0, noise: 0, largest: 0, saturated: 0, count: 0 });

/** A float layer's intermediates and its output, from an empty state. */
export function observedFloat(
  float: FloatLayer,
  residual: Float64Array,
): { taps: Map<TapName, Float64Array>; out: Float64Array } {
  const taps = new Map<TapName, Float64Array>();
  const observe = (_: number, name: TapName, values: Float64Array) => taps.set(name, values.slice());
  return { taps, out: float.forward(residual, undefined, { taps: { observe } }) };
}

/** A golden layer's intermediates, from an empty state; `residual` becomes its output. `run` computes them. */
export function observedGolden(
  run: LayerFunction,
  context: GoldenContext,
  layer: QuantizedLayer,
  residual: Int32Array,
): Map<GoldenTap, GoldenData> {
  const taps = new Map<GoldenTap, GoldenData>();
  const observer = { tap: (name: GoldenTap, _: number, data: GoldenData) => taps.set(name, data) };
  run(layer, context, residual, emptyState(context), observer);
  return taps;
}

function emptyState({ config }: GoldenContext) {
  return createGoldenState({ ...config, nLayers: 1 }).layers[0];
}

/** Float's residual stream, [tokens][dModel], as golden holds it. */
export function quantizedResidual(
  { config, scalars }: GoldenContext,
  rotation: Rotation,
  residual: Float64Array,
): Int32Array {
  const rotated = residual.slice();
  for (let base = 0; base < rotated.length; base += config.dModel) rotation.apply(rotated, base);
  const scale = 2 ** scalars.residualFracBits;
  const limit = 2 ** 31;
  return Int32Array.from(rotated, (value) =>
    Math.min(Math.max(Math.round(value * scale), -limit), limit - 1),
  );
}

/** Golden against float at a tap, over `tokens` tokens; adds to `sums`. */
export function tapSums(
  tap: ComparedTap,
  goldenTaps: ReadonlyMap<GoldenTap, GoldenData>,
  floatTaps: ReadonlyMap<TapName, Float64Array>,
  tokens: number,
  sums = noSums(),
): TapSums {
  const golden = goldenTaps.get(tap.golden)!;
  const float = floatTaps.get(tap.float)!;
  for (let t = 0; t < tokens; t++) {
    const from = (t * float.length) / tokens + tap.first;
    const wanted = float.slice(from, from + tap.count);
    tap.prepare?.(wanted);
    add(sums, tap, golden.subarray((t * golden.length) / tokens + tap.first), wanted);
  }
  return sums;
}

/**
 * Golden's logits, [tokens][paddedVocabSize], against float's, a block of rows of the LM head at a time; `residual` is the float model's input of
 * the final norm. Adds to `sums`.
 */
export async function logitSums(
  checkpoint: Checkpoint,
  head: QuantizedHead,
  golden: Int16Array,
  residual: Float64Array,
  sums = noSums(),
): Promise<TapSums> {
  const { dModel, normEps, paddedVocabSize: rows } = checkpoint.config;
  const gain = (await checkpoint.read('finalNorm')).data;
  const normed = rmsNorm(residual, gain, dModel, normEps);
  const int16 = { low: -32768, high: 32767, unit: () => 2 ** -head.logitFracBits };
  for (let first = 0; first < rows; first += HEAD_ROWS_AT_ONCE) {
    const count = Math.min(HEAD_ROWS_AT_ONCE, rows - first);
    const { data } = await checkpoint.readRows('lmHead', first, count);
    const float = linear(normed, data, dModel);
    for (let t = 0; t * count < float.length; t++) {
      add(sums, int16, golden.subarray(t * rows + first), float.subarray(t * count, (t + 1) * count));
    }
  }
  return sums;
}

/** Adds the values of `float` and as many of `golden`. */
function add(
  sums: TapSums,
  tap: Pick<ComparedTap, 'low' | 'high' | 'unit'>,
  golden: GoldenData,
  float: Float64Array,
) {
  for (let i = 0; i < float.length; i++) {
    const found = golden[i];
    const error = found * tap.unit(i) - float[i];
    if (found <= tap.low || found >= tap.high) sums.saturated++;
    sums.signal += float[i] ** 2;
    sums.noise += error ** 2;
    sums.largest = Math.max(sums.largest, Math.abs(error));
  }
  sums.count += float.length;
}

function result({ signal, noise, saturated, count }: TapSums) {
  const error = noise === 0 ? 0 : Math.min(Math.sqrt(noise / signal), LARGEST_ERROR);
  return { error: Number(error.toPrecision(4)), saturated: Number((saturated / count).toPrecision(4)) };
}
