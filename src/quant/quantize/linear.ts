/**
 * Integer weights, biases and output multipliers of one linear layer (docs/integer-model.md section 3), a piece of rows at a
 * time so that the float64 copies stay small.
 */
import { UserError } from '../../errors.js';
import type { InputFactor } from '../gptq/factor.js';
import type { RoundedRows } from '../gptq/round-rows.js';
import type { Workers } from '../gptq/workers.js';
import { codeRange, rowUnit } from '../scale/group-scales.js';
import { RESCALE_SHIFTS, toMultiplierShift } from '../scale/multiplier.js';
import { INT8_RANGE, leastSquaresRowStep, quantizeRow } from '../scale/weights.js';
import type { QuantizedLinear, WeightBits } from '../types.js';
import type { InputQuantizer } from './norm.js';

const ROWS_AT_ONCE = 512;
/** Bound on a bias in units of the accumulator, half of what section 3 allows. */
const BIAS_LIMIT = 2 ** 29;
/** Step of a row of zeros. */
const SMALLEST_STEP = 2 ** -80;

/** How the weights of a layer are rounded. */
export interface WeightRounding {
  readonly weightBits: WeightBits;
  /** Columns of a group where there are fewer than 8 bits; 0: no groups. */
  readonly group: number;
  /** Of the layer's inputs; without it weights are rounded to the nearest. */
  readonly factor?: InputFactor | undefined;
  readonly workers: Workers;
}

/** What a linear layer is made from. */
export interface LinearSource {
  /** For errors: 'layer 3: in_proj'. */
  readonly where: string;
  readonly rows: number;
  readonly cols: number;
  readonly rounding: WeightRounding;
  readonly input: InputQuantizer;
  /** Rows [first, first + count) with gains and rotations folded in, [count][cols]. */
  readonly foldedRows: (first: number, count: number) => Float64Array | Promise<Float64Array>;
  /** Real bias of a row. */
  readonly bias: (row: number) => number;
  /** Output integer for a real result of 1. */
  readonly outScale: (row: number) => number;
}

/** A piece of rows with their real steps. */
interface Piece {
  readonly first: number;
  readonly rounded: RoundedRows;
  /** Real value of a weight of 1, a row. */
  readonly units: Float64Array;
}

/** Quantizes; throws UserError naming layer and row when a multiplier leaves its range. */
export async function quantizeLinear(source: LinearSource): Promise<QuantizedLinear> {
  const { where, rows, cols, input } = source;
  const { weightBits, group, workers } = source.rounding;
  const weightGroup = weightBits === 8 ? 0 : group;
  const groups = weightGroup === 0 ? 0 : Math.ceil(cols / weightGroup);
  const result = {
    rows,
    cols,
    hatSize: input.hatSize,
    inputMultiplier: input.multiplier,
    inputShift: input.shift,
    weight: new Int8Array(rows * cols),
    ...{ weightBits, weightGroup },
    groupScale: new Uint8Array(rows * groups),
    bias: new Int32Array(rows),
    multiplier: new Uint16Array(rows),
    shift: new Uint8Array(rows),
  };
  for (let first = 0; first < rows; first += ROWS_AT_ONCE * workers.threads) {
    const ends = Math.min(rows, first + ROWS_AT_ONCE * workers.threads);
    const pieces: Promise<Piece>[] = [];
    for (let from = first; from < ends; from += ROWS_AT_ONCE) {
      pieces.push(roundPiece(source, from, Math.min(ROWS_AT_ONCE, ends - from)));
    }
    for (const { first: from, rounded, units } of await Promise.all(pieces)) {
      result.weight.set(rounded.weight, from * cols);
      result.groupScale.set(rounded.groupScale, from * groups);
      units.forEach((unit, r) => {
        const row = from + r;
        const bias = source.bias(row) + rounded.lost[r] * input.step;
        result.bias[row] = Math.round(bias / (input.step * unit));
        const factor = input.step * unit * source.outScale(row);
        const pair = toMultiplierShift(factor, RESCALE_SHIFTS);
        if (pair === undefined) {
          throw new UserError(
            `${where}: row ${row}: found a rescale factor of ${factor}, expected below 65536`,
          );
        }
        result.multiplier[row] = pair.multiplier;
        result.shift[row] = pair.shift;
      });
    }
  }
  return result;
}

async function roundPiece(source: LinearSource, first: number, count: number): Promise<Piece> {
  const { cols, input } = source;
  const { weightBits, group, factor, workers } = source.rounding;
  const weights = await source.foldedRows(first, count);
  const minStep = (row: number) =>
    Math.max(SMALLEST_STEP, Math.abs(source.bias(first + row)) / (input.step * BIAS_LIMIT));
  const units = new Float64Array(count);
  if (weightBits === 8) {
    const weight = new Int8Array(weights.length);
    for (let r = 0; r < count; r++) {
      units[r] = leastSquaresRowStep(weights, r * cols, cols, INT8_RANGE, minStep(r));
      quantizeRow(weights, r * cols, cols, units[r], INT8_RANGE, weight, r * cols);
    }
    return {
      first,
      units,
      rounded: { weight, groupScale: new Uint8Array(0), lost: new Float64Array(count) },
    };
  }
  const range = codeRange(weightBits);
  for (let r = 0; r < count; r++) {
    units[r] = Math.max(minStep(r), rowUnit(weights, r * cols, cols, group, range));
  }
  return {
    ...{ first, units },
    rounded: await workers.run('roundRows', { weights, cols, range, group, units, factor }),
  };
}

/** Largest absolute weight of every column of [rows][cols]. */
export function columnMax(weight: ArrayLike<number>, cols: number, into = new Float64Array(cols)) {
  for (let i = 0; i < weight.length; i++) into[i % cols] = Math.max(into[i % cols], Math.abs(weight[i]));
  return into;
}
