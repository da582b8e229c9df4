/**
 * MAT array (multiplier adder trees): O x I int8 weights held for the tokens of a chunk, one [I] input word a step, O row sums. While a
 * tile works, the words of the next are shifted into a spare bank of registers; the banks swap at the tile's end. Partial sums lie in a
 * memory one word per slot; a slot comes back after `slots` steps; that is never less than `minSlots`, the steps of an addition.
 * The first tile of a call is loaded alone; from then on tiles and chunks follow each other without a gap. Tile order: tile-order.ts.
 */
import type { NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { sint, typeOf, uint } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extentVal } from '../idioms/extent.js';
import { storageFor } from '../idioms/storage.js';
import { type TileShape, tileWords } from '../movement/tile-order.js';
import { lowerRows, rowOffsets, rowSums } from './mat-products.js';

export interface MatParams {
  /** O, I and how a tile comes in; `ports` channels of [weightLanes] s8, order (chunk, o, k, word). */
  readonly tile: TileShape;
  readonly weights: readonly Channel[];
  /** [I] s8, order (chunk, o, k, slot), only slots with a token. */
  readonly input: Channel;
  /** [O] s32, order (chunk, o, token). */
  readonly output: Channel;
  readonly chunks: Extent;
  /** Tokens of a chunk, and of the last one. */
  readonly chunkTokens: Extent;
  readonly lastTokens: Extent;
  /** Tile rows (o). */
  readonly rowTiles: Extent;
  /** Tiles per row of tiles (k). */
  readonly colTiles: number;
  /** Steps per tile: at least `minSlots`, the words of a tile, and the tokens of a chunk. */
  readonly slots: Extent;
  /** Least steps from the read of a partial sum to the next read of it: what the schedule may count on. */
  readonly minSlots: number;
  /** The last rows, whose products LUTs make; the others come two to a DSP48E1 and are even in number. */
  readonly lutRows: number;
}

/** Adds one process: out[o] = sum over i of weight[o][i] x[i], exact. Steps: (chunks x rowTiles x colTiles + 1) x slots. */
export function mat(net: NetworkBuilder, name: string, params: MatParams): void {
  const { tile, input, output, colTiles, minSlots } = params;
  const words = tileWords(tile);
  check(name, params, words);
  net.process(name, 'MAT', `${tile.rows} rows, each an adder tree over ${tile.cols} products.`, (p) => {
    const chunks = extentVal(p, params.chunks);
    const rowTiles = extentVal(p, params.rowTiles);
    const chunkTokens = extentVal(p, params.chunkTokens);
    const lastTokens = extentVal(p, params.lastTokens);
    const lastChunk = chunks.max(1).sub(1).named('last_chunk');
    const slots = extentVal(p, params.slots);
    if (slots.range.lo < BigInt(Math.max(minSlots, words)))
      throw new KernelError(
        `mat ${name}: slots may be ${slots.range.lo}, expected at least minSlots = ${minSlots} and tile words = ${words}`,
      );
    const lastSlot = slots.sub(1).named('last_slot');
    const tiles = chunks.mul(rowTiles).named('tile_rows').mul(colTiles).named('tiles');
    const depth = Number(slots.range.hi);
    const type = typeOf(sint(32), tile.rows);
    const sums = p.ram(
      'partial_sums',
      type,
      depth,
      storageFor(type, depth),
      'sums of the rows so far, one word for each token slot',
    );
    const loops = [
      { index: 'tile', bound: tiles.add(tiles.min(1)).named('tiles_and_lead') },
      { index: 'slot', bound: slots },
    ];
    p.nest(
      'mat',
      loops,
      ({ tile: step, slot }) => {
        const atEnd = slot.eq(lastSlot).named('at_end');
        const loading = step.lt(tiles).and(slot.lt(words)).named('loading');
        const bank = weightBanks(p, params, loading, atEnd);

        const working = step.gt(0).named('working').note('in step 0 the first tile is loaded, nothing else');
        const walk = [
          { index: 'chunk', bound: chunks },
          { index: 'row_tile', bound: rowTiles },
          { index: 'col_tile', bound: colTiles },
        ];
        const { chunk, col_tile: k } = p.counters(walk, working.and(atEnd).named('tile_done'));
        const inChunk = chunk.eq(lastChunk).select(lastTokens, chunkTokens).named('in_chunk');
        const present = working.and(slot.lt(inChunk)).named('present');

        const x = p.read(input, present).named('x');
        const partial = rowSums(p, bank, x, params.lutRows);
        const offsets = rowOffsets(tile.rows, tile.cols, params.lutRows);
        const start = p.constants(offsets.map((offset) => -offset * colTiles)).named('start');
        const before = k
          .eq(0)
          .named('is_first_tile')
          .select(start, p.load(sums, slot).named('sum_so_far'))
          .named('sum_before')
          .note('the offsets of all tiles are taken out before the first');
        const sum = before
          .add(partial)
          .wrap(sint(32))
          .named('row_sum')
          .note('wraps only before the last tile');
        p.store(sums, slot, sum, present);
        p.write(output, sum, present.and(k.eq(colTiles - 1).named('is_last_tile')).named('sum_done'));
      },
      { distances: new Map([[sums, minSlots]]), doc: 'Multiplies with one tile while the next is loaded.' },
    );
  });
}

/**
 * The bank at work, [O, I] u8: int8 weights as their bits, but those of the lower rows of pairs plus 128 (mat-products.ts). The spare one takes
 * a word of every port where `loading` and moves over `atEnd`.
 */
function weightBanks(p: ProcessBuilder, params: MatParams, loading: Val, atEnd: Val): Val {
  const { tile, weights } = params;
  const { rows, cols, ports } = tile;
  const portBytes = (rows * cols) / ports;
  const lowerBytes = lowerRows(rows, params.lutRows) * cols;
  const filled = weights.map((channel, port) => {
    const spare = p.register(`spare_${port}`, typeOf(uint(8), portBytes), null);
    const word = p.read(channel, loading).slice(7, 0).named(`weight_word_${port}`);
    const kept = spare.read();
    const lower = Math.min(Math.max(0, lowerBytes - port * portBytes), portBytes);
    const next = loading.select(shifted(p, kept, word, lower), kept).named(`filled_${port}`);
    spare.write(next);
    return next;
  });
  const working = p.register('working_bank', typeOf(uint(8), rows, cols), null);
  const complete = filled.length === 1 ? filled[0] : p.gather(filled).named('next_tile');
  working.write(complete.reshape(rows, cols), atEnd);
  return working.read().named('weights');
}

/** The bytes of a bank moved down by a word, which comes in above. What comes into the lowest `lower` bytes gets 128 added: a bit inverted. */
function shifted(p: ProcessBuilder, kept: Val, word: Val, lower: number): Val {
  const [bytes] = kept.shape;
  const [lanes] = word.shape;
  /** Bytes `from` to `to` of what was kept and the word above it. */
  const source = (from: number, to: number): Val[] => [
    ...(from < Math.min(to, bytes) ? [kept.lanes(from, Math.min(to, bytes) - from)] : []),
    ...(Math.max(from, bytes) < to
      ? [word.lanes(Math.max(from, bytes) - bytes, to - Math.max(from, bytes))]
      : []),
  ];
  const crossed = Math.max(0, lower - lanes);
  const parts = [
    ...source(lanes, lanes + crossed),
    ...source(lanes + crossed, lanes + lower).map((part) => part.xor(1 << 7)),
    ...source(lanes + lower, lanes + bytes),
  ];
  return parts.length === 1 ? parts[0] : p.gather(parts);
}

function check(name: string, { tile, weights, lutRows, colTiles, minSlots }: MatParams, words: number): void {
  if (weights.length !== tile.ports)
    throw new KernelError(`mat ${name}: ${weights.length} weight channels for ${tile.ports} ports`);
  if (lutRows < 0 || lutRows > tile.rows || (tile.rows - lutRows) % 2 !== 0)
    throw new KernelError(
      `mat ${name}: ${tile.rows} rows, ${lutRows} of them in LUTs: two products per DSP block need an even number of others`,
    );
  if (colTiles < 1 || minSlots < 1 || words < 1)
    throw new KernelError(`mat ${name}: colTiles ${colTiles} and minSlots ${minSlots} must be 1 or more`);
  if (tile.cols * colTiles > 2 ** 17 - 1)
    throw new KernelError(
      `mat ${name}: ${tile.cols * colTiles} columns, sums of more than 131071 may leave 32 bits`,
    );
}
