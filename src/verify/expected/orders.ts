/** Re-orderings from the golden model's arrays (token, width) to the order of words on channels (docs/accelerator.md). */

import { paddingRow } from '../../emit/image/rows.js';
import { type AcceleratorShape, rowWords, stateValues } from '../../units/shape.js';

export type Numbers = ArrayLike<number>;

/** Columns of [tokens][width] picked and re-ordered: one entry of `columns` a result column, `paddingRow` giving `filler`. */
export function pickColumns(
  data: Numbers,
  width: number,
  columns: ArrayLike<number>,
  filler = 0,
): Float64Array {
  const tokens = data.length / width;
  const out = new Float64Array(tokens * columns.length);
  for (let t = 0, at = 0; t < tokens; t++)
    for (let i = 0; i < columns.length; i++, at++) {
      const column = columns[i];
      out[at] = column === paddingRow ? filler : data[t * width + column];
    }
  return out;
}

/** [tokens][tiles x tileRows] to (chunk, tile, token, row): the order in which a MAT array gives its results. */
export function tileOrder(
  data: Numbers,
  tokens: number,
  tileRows: number,
  chunkTokens: number,
): Float64Array {
  const width = data.length / Math.max(1, tokens);
  const out = new Float64Array(data.length);
  let at = 0;
  for (let first = 0; first < tokens; first += chunkTokens)
    for (let row0 = 0; row0 < width; row0 += tileRows)
      for (let t = first; t < Math.min(tokens, first + chunkTokens); t++)
        for (let row = row0; row < row0 + tileRows; row++) out[at++] = data[t * width + row];
  return out;
}

/** [tokens][cols] to (chunk, o, k, token): what `replay` gives a MAT array. */
export function replayOrder(
  data: Numbers,
  cols: number,
  tileCols: number,
  rowTiles: number,
  chunkTokens: number,
): Float64Array {
  const tokens = data.length / cols;
  const out = new Float64Array(data.length * rowTiles);
  let at = 0;
  for (let first = 0; first < tokens; first += chunkTokens)
    for (let o = 0; o < rowTiles; o++)
      for (let k = 0; k < cols; k += tileCols)
        for (let t = first; t < Math.min(tokens, first + chunkTokens); t++)
          for (let i = k; i < k + tileCols; i++) out[at++] = data[t * cols + i];
  return out;
}

/** State [..][H P][N] to (.., row, col, position, index): the words of the state update; positions after the last head's are 0. */
export function stateOrder(h: Numbers, shape: AcceleratorShape): Float64Array {
  return Float64Array.from(statePlaces(h.length, shape), (place) => (place < 0 ? 0 : h[place]));
}

/** Where each value of the words stands in `length` values [..][H P][N]; -1 for none. */
function statePlaces(length: number, shape: AcceleratorShape): Int32Array {
  const { dInner, dState } = shape.dims;
  const { rows, cols } = shape.ssm;
  const own = dInner * dState;
  const out = new Int32Array((length / own) * stateValues(shape));
  let at = 0;
  for (let base = 0; base < length; base += own)
    for (let row = 0; row < dInner; row += rows)
      for (let col = 0; col < dState; col += cols)
        for (let p = row; p < row + rows; p++)
          for (let n = col; n < col + cols; n++) out[at++] = p < dInner ? base + p * dState + n : -1;
  return out;
}

/** Rows [tokens][H P] with a token's last word filled up with 0, where heads share words. */
export function filledRows(data: Numbers, shape: AcceleratorShape): Float64Array {
  const { dInner } = shape.dims;
  const filled = rowWords(shape.dims, shape.ssm) * shape.ssm.rows;
  return pickColumns(
    data,
    dInner,
    Int32Array.from({ length: filled }, (_, i) => (i < dInner ? i : -1)),
  );
}

/** The inverse of `stateOrder` for one state: memory order to [H][P][N]. */
export function stateFromOrder(words: Numbers, shape: AcceleratorShape): Int32Array {
  const own = shape.dims.dInner * shape.dims.dState;
  const length = (words.length / stateValues(shape)) * own;
  const out = new Int32Array(length);
  statePlaces(length, shape).forEach((place, i) => {
    if (place >= 0) out[place] = words[i];
  });
  return out;
}

/** Inputs of the convolution [K-1][x, B, C] to (group, tap, lane), channels in the order B, C, x. */
export function convStateOrder(
  state: Numbers,
  channels: ArrayLike<number>,
  taps: number,
  lanes: number,
): Float64Array {
  const width = channels.length;
  const out = new Float64Array(state.length);
  let at = 0;
  for (let group = 0; group < width; group += lanes)
    for (let k = 0; k < taps - 1; k++)
      for (let lane = 0; lane < lanes; lane++) out[at++] = state[k * width + channels[group + lane]];
  return out;
}

/** Signed values as `each` bytes, lowest first: the memory form of the state. */
export function stateBytes(values: Numbers, each: number): Uint8Array {
  const bytes = new Uint8Array(values.length * each);
  for (let i = 0, at = 0; i < values.length; i++)
    for (let part = 0; part < each; part++) bytes[at++] = values[i] >> (8 * part);
  return bytes;
}
