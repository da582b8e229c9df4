/** In which chunks the tokens of a call go through the layer, and what that says to a descriptor. The host program has the same (host/runtime/model.cpp). */
import type { AcceleratorShape } from '../shape.js';
import { accumulatorSteps, slotsFor } from './slots.js';

/** How the tokens of a call come in chunks. */
export interface CallChunks {
  readonly chunks: number;
  /** Of each but the last one, which may be short. */
  readonly chunkTokens: number;
}

/**
 * Chunks of a call: as few as their length allows, and as long as each other, since a short one takes the arrays as long as any. A prompt by
 * itself (`isPrompt`) that one chunk could hold has two from `splitTokens` on.
 */
export function chunksOf(shape: AcceleratorShape, tokens: number, isPrompt: boolean): CallChunks {
  const least = isPrompt && tokens >= splitTokens(shape) ? 2 : 1;
  const chunks = Math.max(least, Math.ceil(tokens / shape.chunkTokens));
  const chunkTokens = Math.ceil(tokens / chunks);
  return { chunkTokens, chunks: tokens === 0 ? 0 : Math.ceil(tokens / chunkTokens) };
}

/** Share of the bytes at the pins that weights get beside everything else. */
const WEIGHTS_SHARE = 0.87;

/**
 * The shortest prompt that is worth two chunks: they read the weights twice, but in_proj of one works beside out_proj of the other. Above
 * `chunkTokens` where no prompt is.
 */
export function splitTokens(shape: AcceleratorShape): number {
  const { dtTiles, xbcTiles, zTiles, inColTiles, outTiles, outColTiles, weightsIn, weightsOut } = shape.sizes;
  const inTiles = dtTiles + xbcTiles + zTiles;
  const steps = inTiles * inColTiles + outTiles * outColTiles;
  const words = inTiles * weightsIn.rowWords + outTiles * weightsOut.rowWords;
  // One chunk of n tokens: n x steps. Two: their weights, if those take longer than the slower array.
  return Math.max(2 * accumulatorSteps, Math.ceil((2 * words) / WEIGHTS_SHARE / steps));
}

/** How much there is to do, the same for layers and head: `tiles` rows of tiles of in_proj's array over `tokens` rows that follow each other. */
export function callWork(shape: AcceleratorShape, tokens: number, tiles: number, isPrompt: boolean) {
  const { chunks, chunkTokens } = chunksOf(shape, tokens, isPrompt);
  return {
    ...{ tokens, chunks, chunkTokens },
    inSlots: slotsFor(chunkTokens, shape, 'in'),
    outSlots: slotsFor(chunkTokens, shape, 'out'),
    inTiles: tiles,
    runTokens: tokens,
  };
}
