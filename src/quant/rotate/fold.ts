/**
 * Folds norm gains and rotations into weights, in float64, so that the network computes the same function with rotated
 * activations. Input side: W x = (W diag(gain) Q^T)(Q (x / gain)). Output side: Q (W x) = (Q W) x.
 */
import type { Rotation } from './rotate.js';

/**
 * Rows of W diag(gain) Q^T from rows of W. `rows`: [count][rotation.width] row-major. A gain that is left out is 1.
 */
export function foldInput(
  rows: ArrayLike<number>,
  count: number,
  rotation: Rotation,
  gain?: ArrayLike<number>,
): Float64Array {
  const { width } = rotation;
  const out = new Float64Array(count * width);
  for (let r = 0; r < count; r++) {
    const base = r * width;
    for (let c = 0; c < width; c++) out[base + c] = rows[base + c] * (gain ? gain[c] : 1);
    rotation.apply(out, base);
  }
  return out;
}

/** Q W in place; `weight`: [rotation.width][cols] row-major, or a bias with cols = 1. */
export function foldOutput(weight: Float64Array, cols: number, rotation: Rotation): void {
  const column = new Float64Array(rotation.width);
  for (let c = 0; c < cols; c++) {
    for (let r = 0; r < rotation.width; r++) column[r] = weight[r * cols + c];
    rotation.apply(column);
    for (let r = 0; r < rotation.width; r++) weight[r * cols + c] = column[r];
  }
}
