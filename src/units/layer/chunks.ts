/**
 * In which chunks the tokens of a call go through the layers, and what that says to a descriptor. The host program chooses the same
 * (host/runtime/model.cpp).
 */
import { type AcceleratorShape, stateSteps } from '../shape.js';
import { slotWords } from './ports.js';
import { slotsFor } from './slots.js';

/** How the tokens of a call come in chunks. */
export interface CallChunks {
  readonly chunks: number;
  /** Of each but the last one, and of that. */
  readonly chunkTokens: number;
  readonly lastTokens: number;
}

/** What the choice of chunks rests on, in whole numbers that the host program gets with the image. */
export interface ChunkCosts {
  /** Words that a port brings for every chunk: the weights of both arrays; and for every part of a call: its state. */
  readonly chunkWords: number;
  readonly partWords: number;
  /** Steps a token of in_proj, of out_proj and of the state space. */
  readonly inSteps: number;
  readonly outSteps: number;
  readonly ssmSteps: number;
}

/** Words that memory brings a port in a hundred cycles, beside everything else. */
const WORDS_IN_100_CYCLES = 87;
/** More chunks than the fewest are worth while only where those are few. */
export const MORE_CHUNKS = 3;

export function chunkCosts(shape: AcceleratorShape): ChunkCosts {
  const { dtTiles, xbcTiles, zTiles, inColTiles, outTiles, outColTiles, weightsIn, weightsOut } = shape.sizes;
  const inTiles = dtTiles + xbcTiles + zTiles;
  return {
    chunkWords: inTiles * weightsIn.rowWords + outTiles * weightsOut.rowWords,
    partWords: slotWords(shape).state,
    inSteps: inTiles * inColTiles,
    outSteps: outTiles * outColTiles,
    ssmSteps: stateSteps(shape),
  };
}

/**
 * Chunks of a layer's call of `parts` parts: as long as each other, since a short one takes the arrays as long as any, and as many as make
 * the layer fastest. Fewer read the weights less often; with more, a layer begins earlier beside the one before it.
 */
export function chunksOf(shape: AcceleratorShape, tokens: number, parts: number): CallChunks {
  const costs = chunkCosts(shape);
  const fewest = Math.ceil(tokens / shape.chunkTokens);
  const most = Math.min(fewest + MORE_CHUNKS, tokens, Math.ceil(shape.maxTokens / shape.chunkTokens));
  let best = inChunks(tokens, fewest);
  let least = layerCost(shape, costs, best, parts);
  for (let count = fewest + 1; count <= most; count++) {
    const found = inChunks(tokens, count);
    const cost = layerCost(shape, costs, found, parts);
    if (cost < least) [best, least] = [found, cost];
  }
  return best;
}

/** Chunks of the LM head over so many rows: as few as can be. */
export function headChunks(shape: AcceleratorShape, rows: number): CallChunks {
  return inChunks(rows, Math.ceil(rows / shape.chunkTokens));
}

function inChunks(tokens: number, count: number): CallChunks {
  if (tokens === 0) return { chunks: 0, chunkTokens: 0, lastTokens: 0 };
  const chunkTokens = Math.ceil(tokens / count);
  const chunks = Math.ceil(tokens / chunkTokens);
  return { chunks, chunkTokens, lastTokens: tokens - (chunks - 1) * chunkTokens };
}

/**
 * Cycles of a layer among others, times 87: its words, its slower array, or the way of a chunk through both arrays and the state space, after
 * which the next layer can begin.
 */
function layerCost(
  shape: AcceleratorShape,
  { chunkWords, partWords, inSteps, outSteps, ssmSteps }: ChunkCosts,
  { chunks, chunkTokens }: CallChunks,
  parts: number,
): number {
  const ofIn = inSteps * slotsFor(chunkTokens, shape, 'in');
  const ofOut = outSteps * slotsFor(chunkTokens, shape, 'out');
  const way = ofIn + ofOut + ssmSteps * chunkTokens;
  const words = chunks * chunkWords + parts * partWords;
  return Math.max(100 * words, WORDS_IN_100_CYCLES * Math.max(way, chunks * Math.max(ofIn, ofOut)));
}

/** How much there is to do, the same for layers and head: `tiles` rows of tiles of in_proj's array over the rows of `chunks`. */
export function callWork(shape: AcceleratorShape, tokens: number, tiles: number, chunks: CallChunks) {
  return {
    ...{ tokens, ...chunks },
    inSlots: slotsFor(chunks.chunkTokens, shape, 'in'),
    outSlots: slotsFor(chunks.chunkTokens, shape, 'out'),
    inTiles: tiles,
    runTokens: tokens,
  };
}
