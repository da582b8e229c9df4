/**
 * Orthogonal rotations of activation vectors, which spread outliers over many channels before int8 quantization (the
 * paper's Hadamard transform). Every rotation here is an orthonormal Q in float64; weights are counter-rotated with the
 * same `apply`, because (W Q^T)(Q x) = W x and row o of W Q^T is Q applied to row o of W. Invariant: Q^T Q = 1.
 */
import { dividingPower } from '../../util/powers-of-two.js';
import { denseHadamard } from './hadamard.js';

/** Largest block of the Hadamard transform that runs on the device (the paper's HAT). */
export const MAX_HAT_SIZE = 256;

/** An orthonormal matrix Q of `width` rows, applied in place. */
export interface Rotation {
  readonly width: number;
  /** Replaces values[offset, offset + width) by Q times them. */
  apply(values: Float64Array, offset?: number): void;
}

/** Block size of the Hadamard transform for a vector of this width: the largest power of two dividing it, at most 256. */
export function hatSizeOf(width: number): number {
  return dividingPower(width, MAX_HAT_SIZE);
}

/** In place: blocks of n consecutive values times the Sylvester matrix of +1 and -1 (not normalised). n: power of two. */
export function hadamardBlocks(values: Float64Array, n: number, offset: number, width: number): void {
  for (let half = 1; half < n; half *= 2) {
    for (let block = offset; block < offset + width; block += 2 * half) {
      for (let i = block; i < block + half; i++) {
        const a = values[i];
        const b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
}

/** Q = 1. */
export function identityRotation(width: number): Rotation {
  return { width, apply: () => {} };
}

/** Blocks of the orthonormal Sylvester-Hadamard matrix; `size` must be a power of two that divides `width`. */
export function blockHadamard(width: number, size = hatSizeOf(width)): Rotation {
  if (width % size !== 0 || !Number.isInteger(Math.log2(size))) {
    throw new RangeError(`Hadamard blocks of ${size} in a vector of ${width}`);
  }
  const factor = 1 / Math.sqrt(size);
  return {
    width,
    apply(values, offset = 0) {
      hadamardBlocks(values, size, offset, width);
      for (let i = offset; i < offset + width; i++) values[i] *= factor;
    },
  };
}

/**
 * One orthonormal Hadamard matrix over the whole width where one of order 1, 12 or 20 times a power of two exists (all
 * published Mamba2 widths); otherwise the same as `blockHadamard`. Only for rotations that are folded offline.
 */
export function fullHadamard(width: number): Rotation {
  const order = [1, 12, 20].find((m) => width % m === 0 && Number.isInteger(Math.log2(width / m)));
  if (order === undefined) return blockHadamard(width);
  const inner = width / order;
  const factor = 1 / Math.sqrt(width);
  const outer = denseHadamard(order);
  const column = new Float64Array(order);
  return {
    width,
    apply(values, offset = 0) {
      hadamardBlocks(values, inner, offset, width);
      for (let i = 0; i < inner; i++) {
        for (let m = 0; m < order; m++) column[m] = values[offset + m * inner + i];
        for (let m = 0; m < order; m++) {
          let sum = 0;
          for (let j = 0; j < order; j++) sum += outer[m * order + j] * column[j];
          values[offset + m * inner + i] = sum * factor;
        }
      }
    },
  };
}
