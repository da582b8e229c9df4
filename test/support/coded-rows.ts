/** Rows of tiles with random codes and scales, and the weights that they stand for, from the text of docs/integer-model.md section 3. */
import type { WeightBits } from '../../src/quant/types.js';
import type { CodedRows } from '../../src/units/movement/pack-weights.js';
import { packTile, type TileShape, type WeightMatrix } from '../../src/units/movement/tile-order.js';
import type { Random } from '../../src/util/random.js';

export interface RandomRows {
  readonly coded: CodedRows;
  readonly matrix: WeightMatrix;
}

/** Columns of a group; 0: no scales. */
export function randomRows(
  random: Random,
  { rows, cols, bits, group }: { rows: number; cols: number; bits: WeightBits; group: number },
): RandomRows {
  const groups = bits === 8 || group === 0 ? 0 : Math.ceil(cols / group);
  const scales = Uint8Array.from({ length: rows * groups }, () => random.integer(0, 15));
  const half = 2 ** (bits - 1);
  const codes = Int8Array.from({ length: rows * cols }, () => random.integer(-half, half - 1));
  const scaleOf = (i: number) =>
    groups === 0 ? 1 : scales[Math.floor(i / cols) * groups + Math.floor((i % cols) / group)] + 1;
  const weight = codes.map((code, i) => code * scaleOf(i));
  return { coded: { codes, scales, cols }, matrix: { weight, rows, cols } };
}

/** The int8 weights of some rows of tiles as a port brings them to an array. */
export function portWeights(rows: readonly RandomRows[], tile: TileShape, port: number): number[] {
  return rows.flatMap(({ matrix }) =>
    Array.from({ length: matrix.cols / tile.cols }, (_, k) => [
      ...packTile(matrix, 0, k * tile.cols, tile)[port],
    ]).flat(),
  );
}
