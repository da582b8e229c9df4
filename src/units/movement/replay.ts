/**
 * Replays: block buffers whose blocks are read several times. `replay` gives the quantized inputs of a chunk to every row of weight
 * tiles; `tokenReplay` gives the B or C of a token to every head of its group.
 */
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

export interface TokenReplayParams {
  /** [Nl] s16, order (token, g, n). */
  readonly input: Channel;
  /** [Nl] s16, order (token, head, p, n), head h taking the words of group floor(h G / H). */
  readonly output: Channel;
  readonly tokens: Extent;
  readonly groups: Count;
  readonly headsPerGroup: Count;
  /** Words of a group: N / Nl. */
  readonly groupWords: Count;
  /** How often a head needs them: P / Pl. */
  readonly headRows: Count;
  /** `after` when absent: the words of the next token may come last in the input FIFO, after the x of the present one. */
  readonly writeWindow?: WriteWindow;
}

/** Adds one process. Steps per token: groups x headsPerGroup x headRows x groupWords, and with `after` groups x groupWords more. */
export function tokenReplay(net: NetworkBuilder, name: string, params: TokenReplayParams): void {
  const { input, output, groupWords } = params;
  const group = { index: 'group', bound: params.groups, stride: countOf(groupWords) };
  const n = { index: 'n', bound: groupWords, stride: 1 };
  blockBuffer(net, name, {
    input,
    output,
    blocks: params.tokens,
    bankWords: product(params.groups, groupWords),
    write: { digits: [group, n] },
    read: {
      digits: [
        group,
        { index: 'head', bound: params.headsPerGroup, stride: 0 },
        { index: 'row', bound: params.headRows, stride: 0 },
        n,
      ],
    },
    writeWindow: params.writeWindow ?? 'after',
    doc: "Repeats a group's words of a token for every head of the group, row by row.",
  });
}
