/**
 * One Mamba2 layer in float64: residual -> RMSNorm -> in_proj -> convolution and SiLU -> state space scan -> gate ->
 * norm -> out_proj -> residual. It works on a window of tokens at a time, so that a large model can be run layer by
 * layer with one layer's weights in memory.
 */
import { type Checkpoint, layerTensor } from '../checkpoint/checkpoint.js';
import type { LayerTensor } from '../checkpoint/tensors.js';
import { dConv, dInProj, type Mamba2Config } from '../config/mamba2-config.js';
import { causalConvSilu } from './conv.js';
import { linear } from './linear.js';
import { rmsNorm, silu, softplus } from './math.js';
import { recurrentScan, type ScanInput } from './scan.js';
import { chunkedScan } from './ssd.js';
import { emptyLayerState, type LayerPart, type LayerState } from './state.js';
import { type Taps, tap } from './taps.js';

/** The weights of a layer by tensor; biases only where the config has them. Shapes as in `tensors.ts`. */
export type LayerWeights = Record<
  Exclude<LayerTensor, 'inProjBias' | 'outProjBias' | 'convBias'>,
  Float32Array
> &
  Partial<Record<'inProjBias' | 'outProjBias' | 'convBias', Float32Array>>;

/** How to run a window. */
export interface ForwardOptions {
  readonly taps?: Taps | undefined;
  /** Scan by chunks of so many tokens (SSD); token by token when left out. */
  readonly chunk?: number | undefined;
}

const LAYER_TENSORS: LayerTensor[] = [
  'norm',
  'inProj',
  'inProjBias',
  'convWeight',
  'convBias',
  'dtBias',
  'aLog',
  'd',
  'gatedNorm',
  'outProj',
  'outProjBias',
];

/** Reads the weights of layer `index`. Throws UserError as `Checkpoint.read` does. */
export async function loadLayerWeights(checkpoint: Checkpoint, index: number): Promise<LayerWeights> {
  const weights: Partial<Record<LayerTensor, Float32Array>> = {};
  for (const tensor of LAYER_TENSORS) {
    const name = layerTensor(index, tensor);
    if (checkpoint.has(name)) weights[tensor] = (await checkpoint.read(name)).data;
  }
  return weights as LayerWeights;
}

/** The two loops that take the time: in float64, or faster (float32.ts). */
export interface FloatMath {
  readonly linear: typeof linear;
  readonly scan: typeof recurrentScan;
}

const FLOAT64: FloatMath = { linear, scan: recurrentScan };

/** A layer with its weights in memory. */
export class FloatLayer {
  /** A = -exp(A_log), [nHeads]. */
  private readonly a: Float64Array;

  constructor(
    readonly config: Mamba2Config,
    /** From 0. */
    readonly index: number,
    readonly weights: LayerWeights,
    private readonly math: FloatMath = FLOAT64,
  ) {
    this.a = Float64Array.from(weights.aLog, (aLog) => -Math.exp(aLog));
  }

  static async load(checkpoint: Checkpoint, index: number, math?: FloatMath): Promise<FloatLayer> {
    return new FloatLayer(checkpoint.config, index, await loadLayerWeights(checkpoint, index), math);
  }

  /**
   * The residual stream after the layer, [L, dModel], given the one before it, [L, dModel]. The state is that after the
   * tokens before (none when left out) and is moved on in place; or, where the tokens belong to several sequences, one after the other, those of all.
   */
  forward(
    residual: Float64Array,
    state: LayerState | readonly LayerPart[] = emptyLayerState(this.config),
    options: ForwardOptions = {},
  ): Float64Array {
    const { config: c, weights: w, index } = this;
    const { taps } = options;
    tap(taps, index, 'residual', residual, c.dModel);

    const normed = rmsNorm(residual, w.norm, c.dModel, c.normEps);
    tap(taps, index, 'normed', normed, c.dModel);

    const inProj = this.math.linear(normed, w.inProj, c.dModel, w.inProjBias);
    tap(taps, index, 'inProj', inProj, dInProj(c));

    const parts = 'ssm' in state ? [{ count: residual.length / c.dModel, state }] : state;
    const y = this.mixParts(inProj, parts, options);
    const gated = this.gate(y, inProj);
    tap(taps, index, 'gated', gated, c.dInner);

    const normWidth = c.groupNorm ? c.dInner / c.nGroups : c.dInner;
    const gatedNorm = rmsNorm(gated, w.gatedNorm, normWidth, c.normEps);
    tap(taps, index, 'gatedNorm', gatedNorm, c.dInner);

    const outProj = this.math.linear(gatedNorm, w.outProj, c.dInner, w.outProjBias);
    tap(taps, index, 'outProj', outProj, c.dModel);

    const block = residual.map((value, i) => value + outProj[i]);
    tap(taps, index, 'block', block, c.dModel);
    return block;
  }

  /** Convolution and scan of each sequence. */
  private mixParts(inProj: Float64Array, parts: readonly LayerPart[], options: ForwardOptions): Float64Array {
    if (parts.length === 1) return this.mix(inProj, parts[0].state, options);
    const width = dInProj(this.config);
    const { dInner } = this.config;
    const y = new Float64Array((inProj.length / width) * dInner);
    let first = 0;
    for (const { count, state } of parts) {
      const own = inProj.subarray(first * width, (first + count) * width);
      y.set(this.mix(own, state, options), first * dInner);
      first += count;
    }
    return y;
  }

  /** Convolution and scan: y [L, dInner] from in_proj's output [L, dInProj]. */
  private mix(inProj: Float64Array, state: LayerState, { taps, chunk }: ForwardOptions): Float64Array {
    const { config: c, weights: w, index } = this;
    const conv = { channels: dConv(c), kernel: c.convKernel, weight: w.convWeight, bias: w.convBias };
    const xBC = causalConvSilu(conv, inProj, dInProj(c), c.dInner, state.conv);
    tap(taps, index, 'convSilu', xBC, dConv(c));

    const dt = this.timeSteps(inProj);
    tap(taps, index, 'dt', dt, c.nHeads);

    const wantsPeak = taps?.wanted?.has('statePeak');
    const statePeak = wantsPeak ? new Float64Array(dt.length) : undefined;
    const scan: ScanInput = { config: c, xBC, dt, a: this.a, d: w.d, state: state.ssm, statePeak };
    const y = chunk === undefined || statePeak ? this.math.scan(scan) : chunkedScan(scan, chunk);
    if (statePeak) tap(taps, index, 'statePeak', statePeak, c.nHeads);
    tap(taps, index, 'ssmY', y, c.dInner);
    return y;
  }

  /** dt [L, nHeads]: softplus(projected + dt_bias), clamped to the limits of the config. */
  private timeSteps(inProj: Float64Array): Float64Array {
    const { nHeads, dtMin, dtMax } = this.config;
    const stride = dInProj(this.config);
    const dt = new Float64Array((inProj.length / stride) * nHeads);
    for (let i = 0; i < dt.length; i++) {
      const head = i % nHeads;
      const row = ((i - head) / nHeads) * stride;
      const raw = inProj[row + stride - nHeads + head];
      dt[i] = Math.min(Math.max(softplus(raw + this.weights.dtBias[head]), dtMin), dtMax);
    }
    return dt;
  }

  /** y SiLU(z), [L, dInner]; z is the first part of in_proj's output. */
  private gate(y: Float64Array, inProj: Float64Array): Float64Array {
    const { dInner } = this.config;
    const stride = dInProj(this.config);
    const gated = new Float64Array(y.length);
    for (let t = 0; t * dInner < y.length; t++) {
      for (let i = 0; i < dInner; i++)
        gated[t * dInner + i] = y[t * dInner + i] * silu(inProj[t * stride + i]);
    }
    return gated;
  }
}
