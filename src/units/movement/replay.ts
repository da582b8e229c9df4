/** Replays: block buffers whose blocks are read several times. `replay` gives the quantized inputs of a chunk to every row of weight tiles. */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel } from '../../kernel/ir.js';
import { type Count, countOf, product } from '../../kernel/size.js';
import { type Extent, extentVal } from '../idioms/extent.js';
import { blockBuffer, type WriteWindow } from './block-buffer.js';
import { takeTurns } from './take-turns.js';

export interface ReplayParams {
  /** [I] s8, order (chunk, token, k). */
  readonly input: Channel;
  /** [I] s8, order (chunk, o, k, slot); slots without a token are not written. */
  readonly output: Channel;
  readonly chunks: Extent;
  /** Tokens of a chunk, and of the last one. */
  readonly chunkTokens: Extent;
  readonly lastTokens: Extent;
  /** Most tokens that a chunk may have (T): what a bank has room for. */
  readonly mostTokens: Count;
  /** Steps per weight tile: at least `chunkTokens`. */
  readonly slots: Extent;
  /** Tile rows (o). */
  readonly rowTiles: Extent;
  /** Tiles per row of tiles (k): words per token. */
  readonly colTiles: Count;
  /** `start` when absent: the writes are spread over the whole exchange. After the reads (`after`) they follow each other. */
  readonly writeWindow?: WriteWindow;
}

/** Adds one process: every row of tiles sees the inputs of the chunk again. Steps per chunk: rowTiles x colTiles x slots. */
export function replay(net: NetworkBuilder, name: string, params: ReplayParams): void {
  const { input, output, chunks, chunkTokens, rowTiles, colTiles, writeWindow = 'start' } = params;
  const word = { index: 'word', bound: colTiles, stride: 1 };
  blockBuffer(net, name, {
    input,
    output,
    blocks: chunks,
    bankWords: product(params.mostTokens, colTiles),
    write: {
      digits: [{ index: 'slot', bound: chunkTokens, stride: countOf(colTiles) }, word],
      token: 'slot',
    },
    read: {
      digits: [
        { index: 'o', bound: rowTiles, stride: 0 },
        word,
        { index: 'slot', bound: params.slots, stride: countOf(colTiles) },
      ],
      token: 'slot',
    },
    writeWindow,
    // As many steps per word as there are rows of tiles: the next chunk may take all the time of the present one.
    ...(writeWindow === 'after' ? {} : { writeEvery: rowTiles }),
    chunk: { chunkTokens, lastTokens: params.lastTokens },
    doc: 'Repeats the inputs of a chunk for every row of weight tiles.',
  });
}

/**
 * Adds two buffers of one bank that take turns (take-turns.ts), for `tokens` tokens in all: where inputs come no faster than the array uses
 * them, neither waits for the other's late words.
 */
export function replayPair(
  net: NetworkBuilder,
  name: string,
  params: ReplayParams & { readonly tokens: Extent },
): void {
  const inputWords = countOf(params.colTiles);
  const outputWords: Extent = (p) => extentVal(p, params.rowTiles).mul(inputWords);
  const turns = { ...params, inputWords, outputWords };
  takeTurns(net, name, turns, (half, own) => replay(net, half, { ...params, ...own, writeWindow: 'after' }));
}
