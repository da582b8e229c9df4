/**
 * The weights of a matrix as a port reads them (docs/integer-model.md section 3): row of tiles after row of tiles, in each the tiles from left to
 * right, in each the port's rows (tile-order.ts). With fewer than 8 bits a weight's code stands there, from the lowest bits of a word on; every
 * few groups of columns their scales come first.
 */
import { KernelError } from '../../kernel/kernel-error.js';
import type { WeightBits } from '../../quant/types.js';

/** Bits of a group's scale less 1. */
export const SCALE_BITS = 4;

/** A MAT array and the ports that fill it. */
export interface StreamedArray {
  readonly rows: number;
  readonly cols: number;
  readonly ports: number;
  /** Bytes of a port's word. */
  readonly portBytes: number;
  /** The narrowest weights that the ports bring: a port word of these is one word of the array. */
  readonly leastBits: WeightBits;
}

/** A matrix in memory. */
export interface StoredMatrix {
  /** Columns. */
  readonly width: number;
  readonly bits: WeightBits;
  /** Columns that share a scale; 0: no scales. Of no meaning with 8 bits. */
  readonly group: number;
}

/** What a port brings for a row of tiles: `blocks` times the scales of some steps, and after them the codes of these steps. */
export interface WeightStream {
  readonly bits: WeightBits;
  /** int8 weights of a word that the array takes, and port words that hold these. */
  readonly lanes: number;
  readonly parts: number;
  /** Words of a tile, as the array takes them. */
  readonly tileWords: number;
  /** Tiles side by side in which no scale changes, and how often they come in a row of tiles; the last ones may be fewer. */
  readonly stepTiles: number;
  readonly steps: number;
  readonly lastTiles: number;
  /** Scales of a step: of every row of the port and, where a tile is wider than a group, of every group in it. 0: none. */
  readonly scales: number;
  /** Weights side by side that have one of them. */
  readonly scaleLanes: number;
  /** Steps whose scales come together, and the port words that they take. */
  readonly blockSteps: number;
  readonly blockWords: number;
  /** Port words of a row of tiles. */
  readonly rowWords: number;
}

/** Lays a stream out. Throws KernelError where words, tiles and groups do not go together. */
export function weightStream(array: StreamedArray, { width, bits, group }: StoredMatrix): WeightStream {
  const { rows, cols, ports, portBytes, leastBits } = array;
  const lanes = (portBytes * 8) / leastBits;
  const parts = bits / leastBits;
  const colTiles = width / cols;
  const tileWords = (rows * cols) / (ports * lanes);
  const codeWords = colTiles * tileWords * parts;
  // Searches lay out tens of thousands of streams: whole objects, since copies of parts take longer than the arithmetic.
  if (bits === 8 || group === 0)
    return {
      bits,
      lanes,
      parts,
      tileWords,
      stepTiles: colTiles,
      steps: 1,
      lastTiles: colTiles,
      scales: 0,
      scaleLanes: lanes,
      blockSteps: 1,
      blockWords: 0,
      rowWords: codeWords,
    };
  checkGroups(array, lanes, group);
  const stepTiles = Math.max(1, group / cols);
  const steps = Math.ceil(colTiles / stepTiles);
  const scales = (rows / ports) * Math.max(1, cols / group);
  const wordScales = (portBytes * 8) / SCALE_BITS;
  const blockSteps = greatestDivisor(steps, Math.max(1, Math.floor(wordScales / scales)));
  const blockWords = Math.ceil((blockSteps * scales) / wordScales);
  return {
    bits,
    lanes,
    parts,
    tileWords,
    stepTiles,
    steps,
    lastTiles: colTiles - (steps - 1) * stepTiles,
    scales,
    scaleLanes: Math.min(cols, group),
    blockSteps,
    blockWords,
    rowWords: (steps / blockSteps) * blockWords + codeWords,
  };
}

/** Whether tiles of so many columns go with groups and with words of `lanes` weights: of two sizes one is a multiple of the other. */
export function fitsGroups(cols: number, lanes: number, group: number): boolean {
  const suit = (a: number, b: number) => a % b === 0 || b % a === 0;
  return group === 0 || (suit(cols, group) && suit(Math.min(cols, group), lanes));
}

function checkGroups({ rows, cols, ports }: StreamedArray, lanes: number, group: number): void {
  if (rows % ports !== 0)
    throw new KernelError(
      `weights in groups: ${ports} ports must divide the ${rows} rows of a tile, so that each brings the scales of its own`,
    );
  if (!fitsGroups(cols, lanes, group))
    throw new KernelError(
      `weights in groups: tiles of ${cols} columns, groups of ${group} and words of ${lanes} weights: expected one a multiple of the other`,
    );
}

/** The largest divisor of `whole` that is at most `most`. */
function greatestDivisor(whole: number, most: number): number {
  let divisor = Math.min(whole, most);
  while (whole % divisor !== 0) divisor--;
  return divisor;
}
