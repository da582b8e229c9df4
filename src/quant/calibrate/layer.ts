/**
 * Collects one layer's calibration from the taps of the float model, window by window.
 */
import { dConv, dInProj, type Mamba2Config } from '../../model/config/mamba2-config.js';
import { silu } from '../../model/float/math.js';
import type { TapName } from '../../model/float/taps.js';
import type { Rotation } from '../rotate/rotate.js';
import { ScaleHistogram } from '../scale/histogram.js';
import type { LayerCalibration, NormCalibration } from './types.js';

/** Taps that `LayerCollector.observe` needs. */
export const CALIBRATION_TAPS: ReadonlySet<TapName> = new Set<TapName>([
  'residual',
  'inProj',
  'convSilu',
  'dt',
  'statePeak',
  'ssmY',
  'gated',
]);

/** The small tensors of a layer that calibration itself needs. */
export interface CollectorWeights {
  readonly norm: Float32Array;
  readonly gatedNorm: Float32Array;
  /** [dConv, convKernel] */
  readonly convWeight: Float32Array;
  readonly convBias: Float32Array | undefined;
}

/** Gathers the statistics of a norm given its input. `width` is the part that is normed together. */
export class NormCollector {
  readonly result: NormCalibration;

  constructor(
    private readonly gain: Float32Array,
    private readonly width: number,
    private readonly eps: number,
    private readonly rotation: Rotation,
  ) {
    this.result = {
      inputMax: { plain: 0, rotated: 0 },
      out: { plain: new ScaleHistogram(), rotated: new ScaleHistogram() },
      columnMax: new Float64Array(gain.length),
    };
  }

  /** `x`: [tokens, gain.length], the norm's input. */
  observe(x: Float64Array): void {
    const { gain, width, rotation } = this;
    const { inputMax, out, columnMax } = this.result;
    const row = new Float64Array(gain.length);
    for (let base = 0; base < x.length; base += gain.length) {
      for (let part = 0; part < gain.length; part += width) {
        let squares = 0;
        for (let i = base + part; i < base + part + width; i++) squares += x[i] * x[i];
        const scale = 1 / Math.sqrt(squares / width + this.eps);
        for (let i = part; i < part + width; i++) {
          row[i] = x[base + i] * scale;
          inputMax.plain = Math.max(inputMax.plain, Math.abs(x[base + i]));
          columnMax[i] = Math.max(columnMax[i], Math.abs(row[i] * gain[i]));
        }
      }
      out.plain.addRange(row, 0, row.length);
      rotation.apply(row);
      out.rotated.addRange(row, 0, row.length);
      for (let i = 0; i < row.length; i++) row[i] = x[base + i];
      rotation.apply(row);
      for (const value of row) inputMax.rotated = Math.max(inputMax.rotated, Math.abs(value));
    }
  }
}

const histograms = () => ({ x: new ScaleHistogram(), b: new ScaleHistogram(), c: new ScaleHistogram() });

/** Statistics of one layer; feed it every window's taps in the order in which the float model calls them. */
export class LayerCollector {
  readonly result: LayerCalibration;
  private readonly norm: NormCollector;
  private readonly gatedNorm: NormCollector;
  /** x after SiLU of the present window, [tokens, dInner]. */
  private x = new Float64Array(0);

  constructor(
    private readonly config: Mamba2Config,
    private readonly weights: CollectorWeights,
    residualRotation: Rotation,
    innerRotation: Rotation,
  ) {
    const { dModel, dInner, nGroups, nHeads, groupNorm, normEps } = config;
    const part = groupNorm ? dInner / nGroups : dInner;
    this.norm = new NormCollector(weights.norm, dModel, normEps, residualRotation);
    this.gatedNorm = new NormCollector(weights.gatedNorm, part, normEps, innerRotation);
    this.result = {
      norm: this.norm.result,
      raw: { z: new ScaleHistogram(), ...histograms() },
      conv: histograms(),
      silu: { z: new ScaleHistogram(), ...histograms() },
      xMax: new Float64Array(nHeads),
      uMax: new Float64Array(nHeads),
      stateMax: new Float64Array(nHeads),
      y: Array.from({ length: nHeads }, () => new ScaleHistogram()),
      gated: new ScaleHistogram(),
      gatedNorm: this.gatedNorm.result,
    };
  }

  observe(name: TapName, values: Float64Array): void {
    if (name === 'residual') this.norm.observe(values);
    else if (name === 'inProj') this.inProj(values);
    else if (name === 'convSilu') this.convSilu(values);
    else if (name === 'dt') this.dt(values);
    else if (name === 'statePeak') headMax(this.result.stateMax, values);
    else if (name === 'ssmY') this.ssmY(values);
    else if (name === 'gated') {
      this.result.gated.addRange(values, 0, values.length);
      this.gatedNorm.observe(values);
    }
  }

  private inProj(values: Float64Array): void {
    const { dInner, convKernel: taps } = this.config;
    const { convWeight, convBias } = this.weights;
    const stride = dInProj(this.config);
    const channels = dConv(this.config);
    const { raw, silu: after, conv } = this.result;
    for (let row = 0; row < values.length; row += stride) {
      raw.z.addRange(values, row, dInner);
      for (let i = 0; i < dInner; i++) after.z.add(silu(values[row + i]));
      this.split(values, row + dInner, raw);
    }
    const sums = new Float64Array(channels);
    for (let row = 0; row < values.length; row += stride) {
      for (let c = 0; c < channels; c++) {
        let sum = convBias ? convBias[c] : 0;
        for (let k = 0; k < taps; k++) {
          const from = row - (taps - 1 - k) * stride;
          if (from >= 0) sum += convWeight[c * taps + k] * values[from + dInner + c];
        }
        sums[c] = sum;
      }
      this.split(sums, 0, conv);
    }
  }

  private convSilu(values: Float64Array): void {
    const channels = dConv(this.config);
    const { dInner } = this.config;
    this.x = new Float64Array((values.length / channels) * dInner);
    for (let row = 0; row < values.length; row += channels) {
      this.split(values, row, this.result.silu);
      this.x.set(values.subarray(row, row + dInner), (row / channels) * dInner);
    }
  }

  private dt(values: Float64Array): void {
    const { headDim, nHeads } = this.config;
    const { xMax, uMax } = this.result;
    for (let i = 0; i < values.length; i++) {
      const head = i % nHeads;
      for (let p = 0; p < headDim; p++) {
        xMax[head] = Math.max(xMax[head], Math.abs(this.x[i * headDim + p]));
        uMax[head] = Math.max(uMax[head], Math.abs(values[i] * this.x[i * headDim + p]));
      }
    }
  }

  private ssmY(values: Float64Array): void {
    const { headDim, nHeads } = this.config;
    for (let base = 0; base < values.length; base += headDim) {
      this.result.y[(base / headDim) % nHeads].addRange(values, base, headDim);
    }
  }

  /** One token's x, B, C from index `first` on. */
  private split(values: Float64Array, first: number, into: ReturnType<typeof histograms>): void {
    const { dInner, nGroups, dState } = this.config;
    const width = nGroups * dState;
    into.x.addRange(values, first, dInner);
    into.b.addRange(values, first + dInner, width);
    into.c.addRange(values, first + dInner + width, width);
  }
}

function headMax(max: Float64Array, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const head = i % max.length;
    max[head] = Math.max(max[head], values[i]);
  }
}
