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
    const floatTaps = new Map<TapName, Float64Array>();
    const observe = (_: number, name: TapName, values: Float64Array) => floatTaps.set(name, values.slice());
    float.forward(sample, undefined, { taps: { observe } });
    const goldenTaps = new Map<GoldenTap, GoldenData>();
    const observer = { tap: (name: GoldenTap, _: number, data: GoldenData) => goldenTaps.set(name, data) };
    this.runLayer(layer, context, this.quantized(sample), this.emptyState(), observer);
    this.runLayer(layer, context, this.chain, this.emptyState());
    const tokens = sample.length / context.config.dModel;
    return comparedTaps({ ...context, layer, rotation }).map((tap) => {
      const [golden, wanted] = [goldenTaps.get(tap.golden)!, floatTaps.get(tap.float)!];
      return { layer: layer.index, tap: tap.name, ...compare(tap, golden, wanted, tokens) };
    });
  }

  /** The logits of the last tokens through all layers; `sample` is the float model's input of the final norm. */
  async logits(checkpoint: Checkpoint, head: QuantizedHead, sample: Float64Array): Promise<Deviation> {
    const { config } = this.context;
    const { dModel, paddedVocabSize: rows } = config;
    const affordable = Math.max(MIN_LOGIT_TOKENS, Math.floor(HEAD_BUDGET_MACS / (rows * dModel)));
    const values = Math.min(sample.length, affordable * dModel);
    const golden = goldenLogits(head, this.context, this.chain.subarray(-values));
    const gain = (await checkpoint.read('finalNorm')).data;
    const normed = rmsNorm(sample.slice(-values), gain, dModel, config.normEps);
    const int16 = { low: -32768, high: 32767, unit: () => 2 ** -head.logitFracBits };
    const sums = { signal: 0, noise: 0, saturated: 0 };
    for (let first = 0; first < rows; first += HEAD_ROWS_AT_ONCE) {
      const count = Math.min(HEAD_ROWS_AT_ONCE, rows - first);
      const { data } = await checkpoint.readRows('lmHead', first, count);
      const float = linear(normed, data, dModel);
      for (let t = 0; t * count < float.length; t++) {
        add(sums, int16, golden.subarray(t * rows + first), float.subarray(t * count, (t + 1) * count));
      }
    }
    return { layer: config.nLayers, tap: 'logits', ...result(sums, golden.length) };
  }

  private emptyState() {
    return createGoldenState({ ...this.context.config, nLayers: 1 }).layers[0];
  }

  private quantized(residual: Float64Array): Int32Array {
    const { config, scalars } = this.context;
    const rotated = residual.slice();
    for (let base = 0; base < rotated.length; base += config.dModel) this.rotation.apply(rotated, base);
    const scale = 2 ** scalars.residualFracBits;
    const limit = 2 ** 31;
    return Int32Array.from(rotated, (value) =>
      Math.min(Math.max(Math.round(value * scale), -limit), limit - 1),
    );
  }
}

type Sums = Record<'signal' | 'noise' | 'saturated', number>;

function compare(tap: ComparedTap, golden: GoldenData, float: Float64Array, tokens: number) {
  const sums = { signal: 0, noise: 0, saturated: 0 };
  for (let t = 0; t < tokens; t++) {
    const from = (t * float.length) / tokens + tap.first;
    const wanted = float.slice(from, from + tap.count);
    tap.prepare?.(wanted);
    add(sums, tap, golden.subarray((t * golden.length) / tokens + tap.first), wanted);
  }
  return result(sums, tokens * tap.count);
}

/** Adds the values of `float` and as many of `golden`. */
function add(
  sums: Sums,
  tap: Pick<ComparedTap, 'low' | 'high' | 'unit'>,
  golden: GoldenData,
  float: Float64Array,
) {
  for (let i = 0; i < float.length; i++) {
    const found = golden[i];
    if (found <= tap.low || found >= tap.high) sums.saturated++;
    sums.signal += float[i] ** 2;
    sums.noise += (found * tap.unit(i) - float[i]) ** 2;
  }
}

function result({ signal, noise, saturated }: Sums, count: number) {
  const error = noise === 0 ? 0 : Math.min(Math.sqrt(noise / signal), LARGEST_ERROR);
  return { error: Number(error.toPrecision(4)), saturated: Number((saturated / count).toPrecision(4)) };
}
