/**
 * Test support: quantized layers and heads with every field drawn from its stated range, ends included, without regard to
 * meaning: what reaches every saturation and every largest shift. Bounds are those of docs/integer-model.md.
 */
import { dConv, dInProj, type Mamba2Config } from '../../model/config/mamba2-config.js';
import { Random } from '../../util/random.js';
import type {
  QuantizedHead,
  QuantizedLayer,
  QuantizedLinear,
  QuantizedNorm,
  QuantOptions,
  WeightBits,
} from '../types.js';
import { hatSizeFor } from './random-linear.js';

/** `count` draws into a typed array. */
function fill<A extends { [i: number]: number; readonly length: number }>(array: A, draw: () => number): A {
  for (let i = 0; i < array.length; i++) array[i] = draw();
  return array;
}

function extremeLinear(
  random: Random,
  options: QuantOptions,
  place: 'residual' | 'inner',
  weightBits: WeightBits,
  rows: number,
  cols: number,
): QuantizedLinear {
  const weightGroup = weightBits === 8 ? 0 : options.weightGroup;
  const groups = weightGroup === 0 ? 0 : Math.ceil(cols / weightGroup);
  const groupScale = fill(new Uint8Array(rows * groups), () => random.edgy(0, 15));
  const largest = 2 ** (weightBits - 1);
  const scaleOf = (i: number) =>
    groups === 0 ? 1 : groupScale[Math.floor(i / cols) * groups + Math.floor((i % cols) / weightGroup)] + 1;
  // Shifts near those that keep the size, so that results are neither all zero nor all saturated.
  const inputShift = random.edgy(1, 40) > 38 ? 40 : random.integer(16, 28);
  return {
    rows,
    cols,
    hatSize: hatSizeFor(options.hadamard, place, cols),
    inputMultiplier: fill(new Uint16Array(options.hadamard === 'smooth' ? cols : 1), () =>
      random.edgy(32768, 65535),
    ),
    inputShift,
    weight: Int8Array.from(
      { length: rows * cols },
      (_, i) => random.edgy(-largest, largest - 1) * scaleOf(i),
    ),
    ...{ weightBits, weightGroup, groupScale },
    bias: fill(new Int32Array(rows), () =>
      random.bits() & 3 ? random.integer(-99999, 99999) : random.edgy(-(2 ** 30), 2 ** 30),
    ),
    multiplier: fill(new Uint16Array(rows), () => random.edgy(0, 65535)),
    shift: fill(new Uint8Array(rows), () =>
      random.bits() & 3 ? random.integer(10, 20) : random.edgy(0, 48),
    ),
  };
}

function extremeNorm(random: Random, inShift: number): QuantizedNorm {
  return { inShift, eps: random.edgy(0, 2 ** random.integer(0, 48)), outFracBits: random.edgy(8, 17) };
}

/** A layer; `index` tells the layers of a model apart. */
export function extremeLayer(
  config: Mamba2Config,
  options: QuantOptions,
  seed: number,
  index: number,
): QuantizedLayer {
  const random = new Random(seed, `extreme layer ${index}`);
  const { nHeads, dModel, dInner } = config;
  const channels = dConv(config);
  const four = (draw: () => number) => ({ z: draw(), x: draw(), b: draw(), c: draw() });
  const siluIn = four(() => random.edgy(7, 14));
  const perHead = (low: number, high: number) => fill(new Uint8Array(nHeads), () => random.edgy(low, high));
  return {
    index,
    norm: extremeNorm(random, random.edgy(0, 14)),
    inProj: extremeLinear(random, options, 'residual', options.weightBits, dInProj(config), dModel),
    fracBits: { ...four(() => random.edgy(0, 15)), z: siluIn.z },
    convWeight: fill(new Int16Array(channels * config.convKernel), () => random.edgy(-32768, 32767)),
    convBias: fill(new Int32Array(channels), () => random.edgy(-(2 ** 31), 2 ** 31 - 1)),
    convShift: fill(new Uint8Array(channels), () => (random.bits() & 1 ? random.edgy(0, 36) : 16)),
    siluIn,
    siluOut: four(() => random.edgy(0, 15)),
    absA: fill(new Uint32Array(nHeads), () => random.edgy(0, 2 ** 17 - 1)),
    aShift: fill(new Uint8Array(nHeads), () => 6 * random.integer(1, 4)),
    uShift: perHead(0, 40),
    injectShift: perHead(0, 15),
    dSkip: fill(new Int16Array(nHeads), () => random.edgy(-32768, 32767)),
    skipShift: perHead(0, 20),
    yShift: perHead(0, 47),
    gateShift: perHead(0, 31),
    gatedNorm: extremeNorm(random, 0),
    outProj: extremeLinear(random, options, 'inner', options.weightBits, dModel, dInner),
  };
}

/** A head for `config`. */
export function extremeHead(config: Mamba2Config, options: QuantOptions, seed: number): QuantizedHead {
  const random = new Random(seed, 'extreme head');
  return {
    norm: extremeNorm(random, random.edgy(0, 14)),
    lmHead: extremeLinear(
      random,
      options,
      'residual',
      options.headBits,
      config.paddedVocabSize,
      config.dModel,
    ),
    logitFracBits: 8,
  };
}
