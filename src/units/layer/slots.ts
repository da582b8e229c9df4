/**
 * How long a weight tile stays in a MAT array: one step per token of the chunk, but never fewer than the accumulator's loop takes
 * (a RAM read, an addition, and the write before the next read), nor fewer than the words of the next tile.
 */
import { LUTRAM_WORDS } from '../idioms/storage.js';
import { type AcceleratorShape, type ModelDims, weightFormat } from '../shape.js';

/** Fewest tokens of a chunk: steps from reading an accumulator to reading what was written back, with some to spare. */
export const accumulatorSteps = 8;

/**
 * The same steps as an array counts on; the scheduler proves that they are enough. In decode every step more holds up the weights. Those of 8
 * bits come too slowly for that; narrower ones get as few as the sums' memory takes, LUT RAM or block RAM.
 */
export function loopSteps(dims: Pick<ModelDims, 'weights'>, chunkTokens: number): number {
  if (weightFormat(dims).bits === 8) return accumulatorSteps;
  return chunkTokens <= LUTRAM_WORDS ? 4 : 5;
}

/** Least and largest steps per tile of in_proj's or out_proj's array. */
export function matSlots(shape: AcceleratorShape, side: 'in' | 'out'): { least: number; most: number } {
  const { dims, chunkTokens, sizes } = shape;
  const tileWords = side === 'in' ? sizes.tileWordsIn : sizes.tileWordsOut;
  const least = Math.max(loopSteps(dims, chunkTokens), tileWords);
  return { least, most: Math.max(least, chunkTokens) };
}

/** Steps per tile for chunks of this many tokens. */
export function slotsFor(chunkTokens: number, shape: AcceleratorShape, side: 'in' | 'out'): number {
  return Math.max(matSlots(shape, side).least, chunkTokens);
}
