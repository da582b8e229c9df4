/**
 * What the search may choose from. Arrays of any even number of rows and any columns that divide the matrix; chunks of any length that cuts
 * the prompt evenly, and round numbers; lanes of the other engines in powers of two. Tests hand in smaller spaces and try every member.
 */
import { accumulatorSteps } from '../../units/layer/slots.js';
import { fitsGroups } from '../../units/movement/weight-stream.js';
import { type ArrayShape, type ModelDims, type TurnPairs, weightFormat } from '../../units/shape.js';
import { dividingPower, powerBelow, powersTo } from '../../util/powers-of-two.js';
import type { Device } from '../board/device.js';
import { MOST_ROWS, spacedSsm, ssmArray, type TiledMatrix } from '../shape/array-shapes.js';
import { matrices, streamWeights } from '../shape/shape-limits.js';

export interface SearchSpace {
  readonly chunkTokens: readonly number[];
  readonly inProj: readonly ArrayShape[];
  readonly outProj: readonly ArrayShape[];
  /** Fewest lanes first. */
  readonly ssm: readonly ArrayShape[];
  readonly pairs: readonly TurnPairs[];
  /** Whether rows of an array may be built of LUT multipliers where DSP blocks run out. */
  readonly lutRows: boolean;
}

const MOST_MACS = 8192;
const MOST_COLS = 256;
const ROW_STEP = 8;
/** Narrower words are not worth their handling; smaller matrices use what they have. */
const LEAST_COLS = 16;
/** A chunk keeps an array busy for at least so many tiles, so that filling and draining the pipeline take a small share. */
const LEAST_TILES = 256;
/** State arrays whose words heads share: columns, rows at most, and what divides the rows, so that a part of a state word is a memory word. */
const SHARED_COLS = 16;
const MOST_SHARED_ROWS = 40;
const SHARED_STEP = 4;
const ROUND_CHUNKS = [16, 24, 32, 48, 64, 96, 128];
const MOST_CHUNK = 128;

/** Everything there is for a model on a device, for prompts of `tokens`. */
export function wholeSpace(dims: ModelDims, device: Device, tokens: number): SearchSpace {
  const both = matrices(dims);
  const suits = tileRule(dims, device);
  return {
    chunkTokens: chunkLengths(tokens),
    inProj: arrays(both.in, suits),
    outProj: arrays(both.out, suits),
    ssm: ssmArrays(dims),
    pairs: [
      { xbc: true, z: true, out: true },
      { xbc: true, z: false, out: true },
      { xbc: true, z: false, out: false },
      { xbc: false, z: false, out: false },
    ],
    lutRows: true,
  };
}

/** Round lengths, and those that cut the prompt into equal chunks. */
function chunkLengths(tokens: number): number[] {
  const found = new Set(ROUND_CHUNKS);
  for (let chunks = 1; chunks <= tokens / accumulatorSteps; chunks++) {
    const length = Math.ceil(tokens / chunks);
    if (length >= accumulatorSteps && length <= MOST_CHUNK) found.add(length);
  }
  return [...found].filter((t) => t >= accumulatorSteps).sort((a, b) => a - b);
}

/** Whether a tile is whole words of all ports, of groups and rows as they can stream in; tiles of a power of two have shorter words. */
function tileRule(dims: ModelDims, device: Device): (array: ArrayShape) => boolean {
  const wordWeights = streamWeights(dims, device);
  const { bits, group } = weightFormat(dims);
  const hasScales = bits < 8 && group > 0;
  const { channels } = device.memory;
  return ({ rows, cols }) => {
    const macs = rows * cols;
    if (hasScales && (rows % channels !== 0 || !fitsGroups(cols, wordWeights, group))) return false;
    return macs % wordWeights === 0 || macs === dividingPower(macs);
  };
}

/** Arrays with tiles that `suits`. */
function arrays({ sections, width }: TiledMatrix, suits: (array: ArrayShape) => boolean): ArrayShape[] {
  const rowsInAll = sections.reduce((sum, rows) => sum + rows, 0);
  const mostMacs = Math.min(MOST_MACS, Math.max(4, (rowsInAll * width) / LEAST_TILES));
  const leastCols = Math.min(LEAST_COLS, dividingPower(width), powerBelow(mostMacs / 2));
  const found: ArrayShape[] = [];
  for (let cols = leastCols; cols <= Math.min(width, MOST_COLS); cols++) {
    if (width % cols !== 0 || dividingPower(cols) < Math.min(4, leastCols)) continue;
    for (let rows = 2; rows <= MOST_ROWS && rows * cols <= mostMacs; rows += 2) {
      // The vector lanes after an array divide its rows.
      if (rows % Math.min(ROW_STEP, powerBelow(rows / 2)) !== 0) continue;
      if (suits({ rows, cols })) found.push({ rows, cols });
    }
  }
  return found;
}

function ssmArrays(dims: ModelDims): ArrayShape[] {
  const states = dims.dInner * dims.dState;
  const arrays = powersTo(dividingPower(dims.headDim) * dividingPower(dims.dState)).flatMap(
    (lanes) => ssmArray(lanes, dims.headDim, dims.dState) ?? [],
  );
  return [...arrays, ...sharedArrays(dims)]
    .filter((array) => {
      const spaced = spacedSsm(array, states);
      return spaced.rows === array.rows && spaced.cols === array.cols;
    })
    .sort((a, b) => a.rows * a.cols - b.rows * b.cols);
}

/** Rows between the powers of two, whose words heads share: worth their gearboxes where a power of two would be too coarse a step. */
function sharedArrays(dims: ModelDims): ArrayShape[] {
  if (dims.nGroups > 1 || dims.dState % SHARED_COLS !== 0) return [];
  const rows = Array.from({ length: MOST_SHARED_ROWS / SHARED_STEP }, (_, i) => (i + 1) * SHARED_STEP);
  return rows
    .filter((n) => n > SHARED_COLS && n < dims.headDim && dims.headDim % n !== 0)
    .map((n) => ({ rows: n, cols: SHARED_COLS }));
}
