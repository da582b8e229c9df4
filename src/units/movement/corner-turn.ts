/**
 * Corner turn: a MAT array's results come tile by tile and within a tile token by token; what follows wants a token whole. A block buffer
 * whose bank holds the rows of a chunk, token after token, with the rows that pad the last tile, which are never read. Two such
 * buffers take turns where the array is to work on the next chunk while this one is read (`cornerTurnPair`).
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { type Count, countOf, product } from '../../kernel/size.js';
import type { Extent } from '../idioms/extent.js';
import { blockBuffer, type WriteWindow } from './block-buffer.js';
import { takeTurns } from './take-turns.js';

export interface CornerTurnParams {
  /** [R] lanes, order (chunk, tile, token, word). */
  readonly input: Channel;
  /** [R] lanes, order (chunk, token, word of the token). */
  readonly output: Channel;
  readonly chunks: Extent;
  /** Tokens of a chunk, and of the last one. */
  readonly chunkTokens: Extent;
  readonly lastTokens: Extent;
  /** Most tokens that a chunk may have (T): what a bank has room for. */
  readonly mostTokens: Count;
  readonly tiles: Count;
  /** Words of a tile and token: rows of the array / R. */
  readonly tileWords: Count;
  /** Words of a token that go on: the padding of the last tile is dropped. */
  readonly tokenWords: Count;
  /** `after` when absent. */
  readonly writeWindow?: WriteWindow;
}

/** Adds one process. Throws KernelError where a token has more words than its tiles. */
export function cornerTurn(net: NetworkBuilder, name: string, params: CornerTurnParams): void {
  const { input, output, chunks, chunkTokens, tiles, tileWords, tokenWords } = params;
  const stride = countOf(tiles) * countOf(tileWords);
  if (countOf(tokenWords) > stride)
    throw new KernelError(
      `corner turn ${name}: ${countOf(tokenWords)} words per token, its tiles have ${stride}`,
    );
  const slot = { index: 'slot', bound: chunkTokens, stride };
  blockBuffer(net, name, {
    input,
    output,
    blocks: chunks,
    bankWords: product(params.mostTokens, tiles, tileWords),
    write: {
      digits: [
        { index: 'tile', bound: tiles, stride: countOf(tileWords) },
        slot,
        { index: 'word', bound: tileWords, stride: 1 },
      ],
      token: 'slot',
    },
    read: { digits: [slot, { index: 'word', bound: tokenWords, stride: 1 }], token: 'slot' },
    writeWindow: params.writeWindow ?? 'after',
    chunk: { chunkTokens, lastTokens: params.lastTokens },
    doc: 'Takes words tile by tile and gives them token by token.',
  });
}

/** Adds two buffers of one bank that take turns (take-turns.ts), for `tokens` tokens in all: `<name>_0` and `<name>_1`. */
export function cornerTurnPair(
  net: NetworkBuilder,
  name: string,
  params: CornerTurnParams & { readonly tokens: Extent },
): void {
  const turns = {
    ...params,
    inputWords: countOf(params.tiles) * countOf(params.tileWords),
    outputWords: countOf(params.tokenWords),
  };
  takeTurns(net, name, turns, (half, own) => cornerTurn(net, half, { ...params, ...own }));
}
