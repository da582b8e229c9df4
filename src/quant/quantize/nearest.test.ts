/**
 * What golden against csim cannot see, because both read the same integers: that each integer is the nearest to its float at its scale, and each
 * scale the best there is. Floats are read from the checkpoint here, scales from the stored shifts and multipliers.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Checkpoint, openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import { FloatLayer, type LayerWeights } from '../../model/float/layer.js';
import { makeSyntheticCheckpoint } from '../../model/synthetic/checkpoint.js';
import { packagePath } from '../../util/package-path.js';
import { calibrate } from '../calibrate/calibrate.js';
import { calibrationWindows } from '../calibrate/tokens.js';
import type { Calibration } from '../calibrate/types.js';
import type { QuantizedLayer, QuantizedLinear, QuantizedNorm, QuantOptions } from '../types.js';
import { type QuantizedParts, quantizeToParts } from './in-memory.js';

/** Biases everywhere, groups, no power of two. */
const GROUPED = {
  ...{ hidden_size: 48, num_hidden_layers: 2, num_heads: 6, head_dim: 16, state_size: 16, n_groups: 3 },
  ...{ conv_kernel: 3, expand: 2, vocab_size: 101, use_bias: true, tie_word_embeddings: false },
};
/** Rounding may be this far off half a unit: scales read back from 16-bit multipliers are so exact. */
const SLACK = 0.01;

let folder: string;
const paths: Record<string, string> = {
  'hf-f32': packagePath('test', 'data', 'reference', 'hf-f32'),
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nearest-test-'));
  paths.grouped = join(folder, 'grouped');
  await makeSyntheticCheckpoint(paths.grouped, {
    fields: GROUPED,
    seed: 7,
    type: 'F32',
    maxShardBytes: 1e9,
  });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Loaded {
  readonly checkpoint: Checkpoint;
  readonly calibration: Calibration;
  readonly parts: QuantizedParts;
  readonly floats: readonly LayerWeights[];
}

async function load(name: string, options: Partial<QuantOptions> = {}): Promise<Loaded> {
  const checkpoint = await openCheckpoint(paths[name]);
  const calibration = await calibrate(checkpoint, calibrationWindows(checkpoint.config, undefined, 512, 5));
  const parts = await quantizeToParts(checkpoint, calibration, { options });
  const floats: LayerWeights[] = [];
  for (let i = 0; i < checkpoint.config.nLayers; i++) {
    floats.push((await FloatLayer.load(checkpoint, i)).weights);
  }
  return { checkpoint, calibration, parts, floats };
}

/** |stored - exact| is at most a half where the range allows. */
function expectNearest(
  pairs: readonly { stored: number; exact: number }[],
  [least, most]: readonly [number, number],
  slack = 1e-9,
): void {
  const far = pairs.filter(({ stored, exact }) => {
    const inside = Math.min(Math.max(exact, least), most);
    return !(Math.abs(stored - inside) <= 0.5 + slack * Math.max(1, Math.abs(exact) / 127));
  });
  expect(far).toEqual([]);
}

const tensorOf = ({ dInner, nGroups, dState }: Mamba2Config, channel: number) =>
  channel < dInner ? 'x' : channel < dInner + nGroups * dState ? 'b' : 'c';

describe.each(['hf-f32', 'grouped'])('%s', (name) => {
  let loaded: Loaded;
  beforeAll(async () => {
    loaded = await load(name);
  });
  afterAll(() => loaded.checkpoint.close());

  const eachLayer = (visit: (layer: QuantizedLayer, float: LayerWeights) => void) => {
    for (const [i, layer] of loaded.parts.layers.entries()) visit(layer, loaded.floats[i]);
  };

  it('convolution: nearest weights and biases, in the finest scale that holds them', () => {
    const { config } = loaded.parts;
    const taps = config.convKernel;
    eachLayer(({ fracBits, siluIn, convWeight, convBias, convShift }, float) => {
      const weights: { stored: number; exact: number }[] = [];
      const biases: typeof weights = [];
      for (let c = 0; c < convBias.length; c++) {
        const tensor = tensorOf(config, c);
        // v = acc 2^-shift has siluIn fraction bits, acc those of the input and the weight together.
        const scale = 2 ** (convShift[c] + siluIn[tensor] - fracBits[tensor]);
        const accScale = scale * 2 ** fracBits[tensor];
        const bias = float.convBias?.[c] ?? 0;
        biases.push({ stored: convBias[c], exact: bias * accScale });
        let largest = 0;
        for (let k = 0; k < taps; k++) {
          const exact = float.convWeight[c * taps + k] * scale;
          weights.push({ stored: convWeight[c * taps + k], exact });
          largest = Math.max(largest, Math.abs(exact));
        }
        const twiceFits =
          Math.round(2 * largest) <= 32767 &&
          Math.round(Math.abs(2 * bias * accScale)) < 2 ** 31 &&
          convShift[c] < 36;
        expect(twiceFits, `channel ${c}`).toBe(false);
      }
      expectNearest(weights, [-32767, 32767]);
      expectNearest(biases, [-(2 ** 31), 2 ** 31 - 1]);
    });
  });

  it('D: nearest, for results larger by 1 / ln 2', () => {
    eachLayer(({ siluOut, uShift, injectShift, skipShift, dSkip }, float) => {
      const pairs = Array.from(dSkip, (stored, head) => {
        const u = 20 + siluOut.x - uShift[head];
        const product = siluOut.c + u + siluOut.b + injectShift[head] - 17;
        return {
          stored,
          exact: (float.d[head] / Math.LN2) * 2 ** (product - siluOut.x - skipShift[head]),
        };
      });
      expectNearest(pairs, [-32767, 32767]);
      // Fewer than 14 bits only where the products' format has no room for more.
      pairs.forEach(({ stored }, head) => {
        expect(Math.abs(stored) >= 2 ** 14 || skipShift[head] === 0).toBe(true);
      });
    });
  });

  it('embedding: nearest in the format of the residual stream', async () => {
    const { checkpoint, calibration } = loaded;
    const { embedding, scalars } = await quantizeToParts(checkpoint, calibration, {
      options: { hadamard: 'none' },
    });
    const { data } = await checkpoint.read('embedding');
    const scale = 2 ** scalars.residualFracBits;
    const pairs = Array.from(data, (value, i) => ({ stored: embedding[i], exact: value * scale }));
    expectNearest(pairs, [-(2 ** 31), 2 ** 31 - 1]);
  });

  it.each([
    {},
    { hadamard: 'none' },
    { weightBits: 4, headBits: 4, rounding: 'nearest', weightGroup: 16 },
    { headBits: 4, rounding: 'nearest', weightGroup: 0 },
    { weightBits: 4, rounding: 'nearest', hadamard: 'none' },
    { weightBits: 2, headBits: 2, rounding: 'nearest', weightGroup: 32 },
  ] satisfies Partial<QuantOptions>[])('linear layers with %o', async (options) => {
    const { checkpoint, calibration, floats } = loaded;
    const { config, layers, head, scalars } = await quantizeToParts(checkpoint, calibration, { options });
    const isRotated = options.hadamard !== 'none';
    const { dModel, dInner, nGroups, dState } = config;
    const ends = [dInner, 2 * dInner, 2 * dInner + nGroups * dState, 2 * (dInner + nGroups * dState)];
    layers.forEach((layer, i) => {
      const float = floats[i];
      const scales = [layer.fracBits.z, layer.fracBits.x, layer.fracBits.b, layer.fracBits.c].map(
        (f) => 2 ** f,
      );
      expectLinear(layer.inProj, {
        weight: rotatedColumns(float.inProj, float.norm, dModel, isRotated),
        inStep: inputStep(layer.norm, layer.inProj, dModel),
        outScale: (row) => scales[ends.findIndex((end) => row < end)] ?? Math.LOG2E * 2 ** 11,
        bias: (row) => (float.inProjBias?.[row] ?? 0) + (row >= ends[3] ? float.dtBias[row - ends[3]] : 0),
      });
      const width = config.groupNorm ? dInner / nGroups : dInner;
      const outProj = rotatedColumns(float.outProj, float.gatedNorm, dInner, isRotated);
      const outBias = Float64Array.from(float.outProjBias ?? new Float64Array(dModel));
      if (isRotated) {
        rotateRows(outProj, dInner);
        rotateRows(outBias, 1);
      }
      expectLinear(layer.outProj, {
        weight: outProj,
        inStep: inputStep(layer.gatedNorm, layer.outProj, width),
        outScale: () => 2 ** scalars.residualFracBits,
        bias: (row) => outBias[row],
      });
    });
    const gain = (await checkpoint.read('finalNorm')).data;
    const lmHead = (await checkpoint.read('lmHead')).data;
    expectLinear(head.lmHead, {
      weight: rotatedColumns(lmHead, gain, dModel, isRotated),
      inStep: inputStep(head.norm, head.lmHead, dModel),
      outScale: () => 2 ** head.logitFracBits,
      bias: () => 0,
    });
  });
});

interface FloatLinear {
  /** [rows][cols] with gains and rotations. */
  readonly weight: Float64Array;
  /** Real value of an int8 input of 1. */
  readonly inStep: number;
  readonly outScale: (row: number) => number;
  readonly bias: (row: number) => number;
}

function expectLinear(linear: QuantizedLinear, float: FloatLinear): void {
  const { rows, cols, weight, weightBits, weightGroup, groupScale, bias, multiplier, shift } = linear;
  const groups = weightGroup === 0 ? 0 : Math.ceil(cols / weightGroup);
  const range = ({ 8: [-127, 127], 4: [-8, 7], 2: [-1, 1] } as const)[weightBits];
  const weights: { stored: number; exact: number }[] = [];
  const biases: typeof weights = [];
  const errorOf = (from: number, to: number, step: number) => {
    let error = 0;
    for (let i = from; i < to; i++) {
      const code = Math.min(Math.max(Math.round(float.weight[i] / step), range[0]), range[1]);
      error += (float.weight[i] - code * step) ** 2;
    }
    return error;
  };
  for (let row = 0; row < rows; row++) {
    const unit = multiplier[row] / 2 ** shift[row] / (float.inStep * float.outScale(row));
    // Neither neighbour among the steps of a row with one scale is better, no scale of 1 to 16 of a group; the unit is known to 16 bits.
    const [begin, end] = [row * cols, (row + 1) * cols];
    const ratio = weightBits === 8 ? 0.97 : 2 ** (-1 / 16);
    const clips = float.weight.subarray(begin, end).some((value) => Math.abs(value / unit) > range[1] + 1.5);
    if (groups === 0)
      for (const factor of clips ? [ratio, 1 / ratio] : [ratio])
        expect(errorOf(begin, end, unit)).toBeLessThanOrEqual(
          1.001 * errorOf(begin, end, unit * factor) + 1e-15,
        );
    for (let g = 0; g < groups; g++) {
      const from = begin + g * weightGroup;
      const to = Math.min(end, from + weightGroup);
      const stored = errorOf(from, to, unit * (groupScale[row * groups + g] + 1));
      const all = Array.from({ length: 16 }, (_, i) => errorOf(from, to, unit * (i + 1)));
      expect(stored).toBeLessThanOrEqual(1.001 * Math.min(...all) + 1e-15);
    }
    biases.push({ stored: bias[row], exact: float.bias(row) / (float.inStep * unit) });
    for (let col = 0; col < cols; col++) {
      const i = row * cols + col;
      const scale = groups === 0 ? 1 : groupScale[row * groups + Math.floor(col / weightGroup)] + 1;
      weights.push({ stored: weight[i] / scale, exact: float.weight[i] / (unit * scale) });
    }
  }
  expectNearest(weights, range, SLACK);
  expectNearest(biases, [-(2 ** 30), 2 ** 30], SLACK);
}

/** Of the multiplier, the shift and the norm's format; the transform is not normalized. */
function inputStep(norm: QuantizedNorm, linear: QuantizedLinear, width: number): number {
  const { hatSize, inputMultiplier, inputShift } = linear;
  const unit = Math.sqrt(width) * 2 ** -norm.outFracBits;
  return (unit / Math.sqrt(hatSize)) * (2 ** inputShift / inputMultiplier[0]);
}

/** Largest power of two that divides it, at most 256. */
const blockOf = (width: number) => Math.min(256, width & -width);
const bitCount = (value: number) => [...value.toString(2)].filter((bit) => bit === '1').length;
/** Entry of the orthonormal Hadamard matrix. */
const hadamard = (i: number, j: number, block: number) =>
  (bitCount(i & j) % 2 === 0 ? 1 : -1) / Math.sqrt(block);

/** W diag(gain) Q^T, by the definition of a product. */
function rotatedColumns(
  weight: ArrayLike<number>,
  gain: ArrayLike<number>,
  cols: number,
  isRotated: boolean,
): Float64Array {
  const out = new Float64Array(weight.length);
  const block = blockOf(cols);
  for (let i = 0; i < out.length; i++) {
    const col = i % cols;
    if (!isRotated) out[i] = weight[i] * gain[col];
    else {
      const from = col - (col % block);
      for (let k = from; k < from + block; k++) {
        out[i] += weight[i - col + k] * gain[k] * hadamard(col - from, k - from, block);
      }
    }
  }
  return out;
}

/** Q W in place, by the definition of a product. */
function rotateRows(weight: Float64Array, cols: number): void {
  const rows = weight.length / cols;
  const before = weight.slice();
  const block = blockOf(rows);
  weight.fill(0);
  for (let row = 0; row < rows; row++) {
    const from = row - (row % block);
    for (let k = from; k < from + block; k++) {
      for (let col = 0; col < cols; col++) {
        weight[row * cols + col] += hadamard(row - from, k - from, block) * before[k * cols + col];
      }
    }
  }
}
