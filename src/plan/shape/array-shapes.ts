/** Shapes of MAT arrays and state space lanes of a given size: which rows x columns suit a matrix best. */
import { STREAM_BITS } from '../../kernel/type.js';
import type { ArrayShape } from '../../units/shape.js';
import { dividingPower, powerBelow } from '../../util/powers-of-two.js';

/** Above this an input word is wider than its adder tree is worth. */
const MAX_COLS = 256;
/** Most rows of a MAT array: their sums, 32 bits each, are one word of a stream. */
export const MOST_ROWS = STREAM_BITS / 32;
/** Most state indices a cycle: a row of the state, at most 24 bits each, is one word of a stream. */
const MOST_STATE_COLS = powerBelow(STREAM_BITS / 24);
/** What an octave away from a square costs, as a share of the cycles: wide words or deep trees. */
const ASPECT_COST = 0.01;

/** A weight matrix as the array sees it: sections of rows, each padded to whole tiles, over `width` columns. */
export interface TiledMatrix {
  readonly sections: readonly number[];
  readonly width: number;
}

/** Rows with their padding. */
export function paddedRows(sections: readonly number[], tileRows: number): number {
  return sections.reduce((sum, rows) => sum + Math.ceil(rows / tileRows) * tileRows, 0);
}

/** The array of `macs` products that serves the matrix in the fewest cycles, near square; undefined where none is possible. */
export function bestArray(matrix: TiledMatrix, macs: number): ArrayShape | undefined {
  let best: { array: ArrayShape; cost: number } | undefined;
  for (let cols = 1; cols <= dividingPower(matrix.width, MAX_COLS); cols *= 2) {
    const rows = macs / cols;
    // Two rows share a DSP block; the columns divide the width as it is.
    if (!Number.isInteger(rows) || rows % 2 !== 0 || rows > MOST_ROWS) continue;
    const aspect = 1 + ASPECT_COST * Math.abs(Math.log2(rows / cols));
    const cost = paddedRows(matrix.sections, rows) * aspect;
    if (!best || cost < best.cost) best = { array: { rows, cols }, cost };
  }
  return best?.array;
}

/** A state word comes back no sooner than this many steps later: the loop of the state update takes 6 to 7 stages. */
const LEAST_STATE_WORDS = 8;

/** `wanted` lanes of state space, halved until the words of the state keep the update's loop apart. */
export function spacedSsm(wanted: ArrayShape, states: number): ArrayShape {
  let { rows, cols } = wanted;
  while (rows * cols > 1 && states / (rows * cols) < LEAST_STATE_WORDS) {
    if (rows > cols) rows = Math.floor(rows / 2);
    else cols /= 2;
  }
  return { rows, cols };
}

/** `lanes` of state space as near to a square as head and state size allow; undefined where they do not hold so many. */
export function ssmArray(lanes: number, headDim: number, dState: number): ArrayShape | undefined {
  const maxRows = dividingPower(headDim);
  const maxCols = dividingPower(dState, MOST_STATE_COLS);
  let best: ArrayShape | undefined;
  for (let rows = 1; rows <= maxRows && rows <= lanes; rows *= 2) {
    const cols = lanes / rows;
    if (cols > maxCols) continue;
    const isNearer = !best || Math.abs(Math.log2(cols / rows)) < Math.abs(Math.log2(best.cols / best.rows));
    if (isNearer) best = { rows, cols };
  }
  return best;
}
