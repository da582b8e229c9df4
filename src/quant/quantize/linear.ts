/**
 * int8 weights, biases and output multipliers of one linear layer (docs/integer-model.md section 3), a piece of rows at a
 * time so that the float64 copy stays small.
 */
import { UserError } from '../../errors.js';
import { RESCALE_SHIFTS, toMultiplierShift } from '../scale/multiplier.js';
import { leastSquaresRowStep, quantizeRow } from '../scale/weights.js';
import type { QuantizedLinear } from '../types.js';
import type { InputQuantizer } from './norm.js';

const ROWS_AT_ONCE = 512;
/** Bound on a bias in units of the accumulator, half of what section 3 allows. */
const BIAS_LIMIT = 2 ** 29;
/** Step of a row of zeros. */
const SMALLEST_STEP = 2 ** -80;

/** What a linear layer is made from. */
export interface LinearSource {
  /** For errors: 'layer 3: in_proj'. */
  readonly where: string;
  readonly rows: number;
  readonly cols: number;
  readonly weightBits: number;
  readonly input: InputQuantizer;
  /** Rows [first, first + count) with gains and rotations folded in, [count][cols]. */
  readonly foldedRows: (first: number, count: number) => Float64Array | Promise<Float64Array>;
  /** Real bias of a row. */
  readonly bias: (row: number) => number;
  /** Output integer for a real result of 1. */
  readonly outScale: (row: number) => number;
}

/** Quantizes; throws UserError naming layer and row when a multiplier leaves its range. */
export async function quantizeLinear(source: LinearSource): Promise<QuantizedLinear> {
  const { where, rows, cols, weightBits, input } = source;
  const qMax = 2 ** (weightBits - 1) - 1;
  const result = {
    rows,
    cols,
    hatSize: input.hatSize,
    inputMultiplier: input.multiplier,
    inputShift: input.shift,
    weight: new Int8Array(rows * cols),
    bias: new Int32Array(rows),
    multiplier: new Uint16Array(rows),
    shift: new Uint8Array(rows),
  };
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, rows - first);
    const piece = await source.foldedRows(first, count);
    for (let r = 0; r < count; r++) {
      const row = first + r;
      const bias = source.bias(row);
      const minStep = Math.max(SMALLEST_STEP, Math.abs(bias) / (input.step * BIAS_LIMIT));
      const step = leastSquaresRowStep(piece, r * cols, cols, qMax, minStep);
      quantizeRow(piece, r * cols, cols, step, qMax, result.weight, row * cols);
      result.bias[row] = Math.round(bias / (input.step * step));
      const factor = input.step * step * source.outScale(row);
      const pair = toMultiplierShift(factor, RESCALE_SHIFTS);
      if (pair === undefined) {
        throw new UserError(
          `${where}: row ${row}: found a rescale factor of ${factor}, expected below 65536`,
        );
      }
      result.multiplier[row] = pair.multiplier;
      result.shift[row] = pair.shift;
    }
  }
  return result;
}

/** Largest absolute weight of every column of [rows][cols]. */
export function columnMax(weight: ArrayLike<number>, cols: number, into = new Float64Array(cols)) {
  for (let i = 0; i < weight.length; i++) into[i % cols] = Math.max(into[i % cols], Math.abs(weight[i]));
  return into;
}
