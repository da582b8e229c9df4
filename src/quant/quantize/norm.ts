/**
 * Formats of an RMSNorm and of the int8 quantizer after it (docs/integer-model.md sections 2, 3 and 8). The factor
 * sqrt(width) of RMSNorm, 1 / sqrt(n) of the Hadamard transform and the activation step meet in one multiplier.
 */
import { UserError } from '../../errors.js';
import type { NormCalibration } from '../calibrate/types.js';
import type { LinearInput } from '../golden/linear.js';
import { hatSizeOf } from '../rotate/rotate.js';
import { leastSquaresFracBits, leastSquaresStep } from '../scale/choose.js';
import { INPUT_SHIFTS, toMultiplierShift } from '../scale/multiplier.js';
import type { HadamardMode, QuantizedNorm } from '../types.js';

/** Epsilon in the scale of the sum of squares stays below this (section 2). */
const EPS_LIMIT = 2 ** 50;
export const MAX_NORM_OUT_FRAC_BITS = 17;

/** Where a linear layer stands: after the residual stream's norm, or after the gated norm. */
export type InputPlace = 'residual' | 'inner';

/** The first half of a QuantizedLinear, and how its weights are to be prepared. */
export interface InputQuantizer {
  readonly hatSize: number;
  readonly multiplier: Uint16Array;
  readonly shift: number;
  /** Real value (norm with rotation, sqrt(width) included) of one unit of the int8 input. */
  readonly step: number;
  /** What the weights' columns are multiplied with before rotation: the gain, or SmoothQuant's share of it. */
  readonly columnScale: Float64Array;
}

/** The same as the golden model reads it. */
export function linearInputOf(cols: number, { hatSize, multiplier, shift }: InputQuantizer): LinearInput {
  return { cols, hatSize, inputMultiplier: multiplier, inputShift: shift };
}

/**
 * A norm whose input has `inFracBits` (before `inShift`), over `width` values; eps is in real units. Throws UserError when
 * eps does not fit.
 */
export function quantizeNorm(
  where: string,
  calibration: NormCalibration,
  isRotated: boolean,
  { inShift, fracBits, width, eps }: { inShift: number; fracBits: number; width: number; eps: number },
): QuantizedNorm {
  const scaledEps = Math.round(eps * width * 2 ** (2 * fracBits));
  if (!(scaledEps < EPS_LIMIT)) {
    throw new UserError(
      `${where}: epsilon ${eps} is ${scaledEps} at ${fracBits} fraction bits, expected below 2^50: the norm's input is too small`,
    );
  }
  const histogram = isRotated ? calibration.out.rotated : calibration.out.plain;
  const range = { min: 0, max: MAX_NORM_OUT_FRAC_BITS };
  const outFracBits = leastSquaresFracBits(histogram, 16, range, { factor: 1 / Math.sqrt(width) });
  return { inShift, eps: scaledEps, outFracBits };
}

/** Most fraction bits for which the norm's epsilon still fits. */
export function epsFracBitsLimit(eps: number, width: number): number {
  return eps === 0 ? 62 : Math.floor((Math.log2(EPS_LIMIT / (eps * width)) - 1e-9) / 2);
}

/** Whether the norm's output is rotated before its HAT. */
export function isNormRotated(mode: HadamardMode, place: InputPlace): boolean {
  return mode === 'folded' && place === 'residual';
}

/** A norm over groups of `width` values, as the linear layer after it sees it. */
export interface NormedInput {
  /** For errors. */
  readonly where: string;
  readonly mode: HadamardMode;
  readonly place: InputPlace;
  readonly calibration: NormCalibration;
  readonly norm: QuantizedNorm;
  readonly width: number;
  readonly gain: ArrayLike<number>;
  /** [cols], largest absolute weight of each column; asked for with `smooth` only. */
  readonly columnWeightMax: () => Float64Array | Promise<Float64Array>;
}

/** The input quantizer of the linear layer after a norm. Throws UserError where no multiplier reaches the step. */
export async function quantizeInput(normed: NormedInput): Promise<InputQuantizer> {
  const { where, mode, place, calibration, norm, width, gain } = normed;
  // Real value of one unit of the norm's output.
  const unit = Math.sqrt(width) * 2 ** -norm.outFracBits;
  if (mode === 'smooth') {
    return smoothInput(normed, unit, await normed.columnWeightMax());
  }
  const hatSize = mode === 'none' || isNormRotated(mode, place) ? 1 : hatSizeOf(gain.length);
  const isRotated = mode !== 'none';
  const step = leastSquaresStep(isRotated ? calibration.out.rotated : calibration.out.plain, 127);
  const pair = toMultiplierShift(unit / Math.sqrt(hatSize) / step, INPUT_SHIFTS);
  if (pair === undefined || pair.multiplier < 2 ** 15) {
    throw new UserError(`${where}: found an activation step of ${step}, which no input multiplier reaches`);
  }
  return {
    hatSize,
    multiplier: Uint16Array.of(pair.multiplier),
    shift: pair.shift,
    step,
    columnScale: Float64Array.from(gain),
  };
}

/** SmoothQuant with alpha 0.5: column j of the activations is divided by sqrt(max |X_j| / max |W_j|). */
function smoothInput(
  { where, calibration: { columnMax }, gain }: NormedInput,
  unit: number,
  weightMax: Float64Array,
): InputQuantizer {
  const smoothing = columnMax.map((x, j) => (x > 0 && weightMax[j] > 0 ? Math.sqrt(x / weightMax[j]) : 1));
  let largest = 0;
  for (let j = 0; j < columnMax.length; j++) largest = Math.max(largest, columnMax[j] / smoothing[j]);
  const step = largest > 0 ? largest / 127 : 1;
  const factors = smoothing.map((s, j) => (unit * Math.abs(gain[j])) / (s * step));
  const top = toMultiplierShift(Math.max(...factors), INPUT_SHIFTS);
  if (top === undefined) {
    throw new UserError(`${where}: found an activation step of ${step}, which no input multiplier reaches`);
  }
  return {
    hatSize: 1,
    multiplier: Uint16Array.from(factors, (f) => Math.min(Math.round(f * 2 ** top.shift), 65535)),
    shift: top.shift,
    step,
    columnScale: smoothing.map((s, j) => s * Math.sign(gain[j])),
  };
}
