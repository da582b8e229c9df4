/**
 * Test support: random linear layers and norms whose results have a wanted size, for models whose activations neither vanish
 * nor saturate. All from a seed.
 */

import type { Random } from '../../util/random.js';
import { hatSizeOf } from '../rotate/rotate.js';
import type { HadamardMode, QuantizedLinear, QuantizedNorm, WeightBits } from '../types.js';

/** Deviation of quantized inputs and weights, in int8 units: four deviations and a bit in the range. */
const INPUT_DEVIATION = 30;

/** What the caller wants of a random linear layer. */
export interface RandomLinearSpec {
  readonly rows: number;
  readonly cols: number;
  readonly hatSize: number;
  readonly smooth: boolean;
  readonly weightBits: WeightBits;
  readonly weightGroup: number;
  /** Deviation of the input, in its integer units. */
  readonly inputDeviation: number;
  /** Deviation and mean wanted of result o, in its integer units. */
  outDeviation(o: number): number;
  outMean(o: number): number;
}

/** Block of the transform before a layer of this width; 1 where the mode has no transform at run time. */
export function hatSizeFor(mode: HadamardMode, place: 'residual' | 'inner', width: number): number {
  const present = mode === 'online' || (mode === 'folded' && place === 'inner');
  return present ? hatSizeOf(width) : 1;
}

/** Multiplier in [2^15, 2^16) and shift with multiplier / 2^shift near `scale`. */
function toMultiplier(scale: number): { multiplier: number; shift: number } {
  const shift = 15 - Math.floor(Math.log2(scale));
  return { multiplier: Math.min(65535, Math.round(scale * 2 ** shift)), shift };
}

/** Weights over most of int8, or codes times scales of their groups; `deviation` is theirs. */
function randomWeights(
  random: Random,
  { rows, cols, weightBits, weightGroup }: RandomLinearSpec,
): Pick<QuantizedLinear, 'weight' | 'groupScale'> & { readonly deviation: number } {
  const groups = weightBits === 8 || weightGroup === 0 ? 0 : Math.ceil(cols / weightGroup);
  const groupScale = Uint8Array.from({ length: rows * groups }, () => random.integer(0, 15));
  const largest = weightBits === 2 ? 1 : 2 ** (weightBits - 1) - 1;
  const least = weightBits === 4 ? -8 : -largest;
  const deviation = largest / 3.5;
  const weight = new Int8Array(rows * cols);
  for (let i = 0; i < weight.length; i++) {
    const code = Math.max(least, Math.min(largest, Math.round(random.normal() * deviation)));
    const group = Math.floor(i / cols) * groups + Math.floor((i % cols) / weightGroup);
    weight[i] = code * (groups === 0 ? 1 : groupScale[group] + 1);
  }
  // The mean square of scales of 1 to 16 is 93.5.
  return { weight, groupScale, deviation: groups === 0 ? deviation : deviation * Math.sqrt(93.5) };
}

/** A random layer; see RandomLinearSpec. */
export function randomLinear(random: Random, spec: RandomLinearSpec): QuantizedLinear {
  const { rows, cols, hatSize } = spec;
  const input = toMultiplier(INPUT_DEVIATION / (spec.inputDeviation * Math.sqrt(hatSize)));
  const inputMultiplier = Uint16Array.from({ length: spec.smooth ? cols : 1 }, (_, i) =>
    i === 0 ? input.multiplier : random.integer(32768, 65535),
  );
  const { weightBits } = spec;
  const { deviation, ...stored } = randomWeights(random, spec);
  const accDeviation = Math.sqrt(cols) * deviation * INPUT_DEVIATION;
  const linear = {
    ...{ rows, cols, hatSize, inputMultiplier, inputShift: input.shift, weightBits },
    ...stored,
    weightGroup: weightBits === 8 ? 0 : spec.weightGroup,
    bias: new Int32Array(rows),
    multiplier: new Uint16Array(rows),
    shift: new Uint8Array(rows),
  };
  for (let o = 0; o < rows; o++) {
    const scale = (spec.outDeviation(o) / accDeviation) * random.between(0.7, 1.3);
    const { multiplier, shift } = toMultiplier(scale);
    linear.bias[o] = Math.max(-(2 ** 30), Math.min(2 ** 30, Math.round(spec.outMean(o) / scale)));
    linear.multiplier[o] = multiplier;
    linear.shift[o] = shift;
  }
  return linear;
}

/** Fraction bits for values of length 1 spread over `width` entries, so that five deviations fit int16; at most 17. */
export function normOutFracBits(width: number): number {
  return Math.min(17, Math.floor(15 + Math.log2(Math.max(1, Math.sqrt(width) / 5))));
}

/** A norm over `width` values with `fracBits` fraction bits; epsilon 1e-5. */
export function randomNorm(width: number, inShift: number, fracBits: number): QuantizedNorm {
  const eps = Math.round(1e-5 * width * 4 ** fracBits);
  return { inShift, eps, outFracBits: normOutFracBits(width) };
}
