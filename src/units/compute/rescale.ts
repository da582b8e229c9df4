/**
 * The rescale after a MAT array (PMA): out = satB(rsh((acc + bias) * multiplier, shift)) with bias, multiplier and shift a row,
 * docs/integer-model.md section 3. Accumulators come tile by tile, within a tile token by token; a tile's parameters are read with its
 * first token and go round a delay line for the others. Results go to a channel by tile.
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { type Count, countOf } from '../../kernel/size.js';
import { laneCount, sameType, sint, typeOf, uint } from '../../kernel/type.js';
import { delayLine } from '../idioms/delay.js';
import type { Extent } from '../idioms/extent.js';
import { extent, extentVal } from '../idioms/extent.js';
import { pmu } from '../idioms/lanes.js';

/** u16 fields per row: bias low, bias high, multiplier, shift. */
export const RESCALE_FIELDS = 4;

export interface RescaleOutput {
  /** [lanes] s16 or s32; all outputs the same. */
  readonly channel: Channel;
  /** Takes the tiles from `firstTile` up to but not including `lastTile`. */
  readonly firstTile: Extent;
  readonly lastTile: Extent;
}

export interface RescaleParams {
  /** [lanes] s32, order (chunk, tile, token, word). */
  readonly input: Channel;
  /** [4 lanes] u16, order (chunk, tile, word): once a chunk. */
  readonly parameters: Channel;
  readonly outputs: readonly RescaleOutput[];
  readonly chunks: Extent;
  /** Tiles per chunk. */
  readonly tiles: Extent;
  /** Tokens of a chunk, and of the last one. */
  readonly chunkTokens: Extent;
  readonly lastTokens: Extent;
  /** Words per tile and token: rows of the array / lanes. */
  readonly rowWords: Count;
}

/** Adds one process. Throws KernelError where the channels' types do not fit together. */
export function rescale(net: NetworkBuilder, name: string, params: RescaleParams): void {
  const { input, parameters, outputs, rowWords } = params;
  const lanes = laneCount(input.type.shape);
  checkTypes(name, params, lanes);
  net.process(name, 'PMA', 'Adds the bias of each row, multiplies, shifts with rounding, saturates.', (p) => {
    const chunkTokens = extentVal(p, params.chunkTokens);
    const loops = [
      { index: 'chunk', bound: extent(p, params.chunks) },
      { index: 'tile', bound: extent(p, params.tiles) },
      { index: 'token', bound: chunkTokens },
      { index: 'word', bound: rowWords },
    ];
    const lastTokens = extentVal(p, params.lastTokens);
    const lastChunk = extentVal(p, params.chunks).max(1).sub(1).named('last_chunk');
    const sections = outputs.map(({ channel, firstTile, lastTile }) => ({
      channel,
      first: extentVal(p, firstTile),
      last: extentVal(p, lastTile),
    }));
    const fields = delayLine(p, 'tile_fields', parameters.type, rowWords);
    p.nest(
      'rescale',
      loops,
      ({ chunk, tile, token, word }) => {
        const inChunk = chunk.eq(lastChunk).select(lastTokens, chunkTokens).named('in_chunk');
        const present = token.lt(inChunk).named('present');
        const firstToken = token.eq(0).named('first_token');
        const line = fields.step(word);
        const packed = firstToken
          .select(p.read(parameters, firstToken).named('new_fields'), line.oldest.named('held_fields'))
          .named('fields');
        line.push(packed);

        const { bias, multiplier, shift } = unpackFields(packed, lanes);
        const sum = p
          .read(input, present)
          .named('accumulator')
          .add(bias)
          .assume(-(2 ** 31), 2 ** 31 - 1)
          .named('sum')
          .note('the quantizer chooses biases so that this never leaves 32 bits');
        const rounded = pmu(sum, multiplier).named('product').roundShift(shift).named('rounded_product');
        const result = rounded.saturate(outputs[0].channel.type.element).named('result');
        for (const { channel, first, last } of sections) {
          const due = present.and(tile.ge(first)).and(tile.lt(last)).named(`to_${channel.name}`);
          p.write(channel, result, due);
        }
      },
      { distances: fields.distances },
    );
  });
}

/** The four fields of each row: 64 bits per row, bias lowest. */
function unpackFields(packed: Val, lanes: number): { bias: Val; multiplier: Val; shift: Val } {
  const row = packed.bitcast(uint(16), typeOf(uint(64), lanes)).named('row_fields');
  return {
    bias: row.slice(31, 0).wrap(sint(32)).named('bias'),
    multiplier: row.slice(47, 32).named('multiplier'),
    shift: row.slice(53, 48).assume(0, 48).named('shift'),
  };
}

function checkTypes(name: string, { parameters, outputs, rowWords }: RescaleParams, lanes: number): void {
  if (laneCount(parameters.type.shape) !== RESCALE_FIELDS * lanes)
    throw new KernelError(
      `rescale ${name}: ${parameters.name} has ${laneCount(parameters.type.shape)} lanes, expected ${RESCALE_FIELDS * lanes}`,
    );
  if (outputs.length === 0 || outputs.some(({ channel }) => !sameType(channel.type, outputs[0].channel.type)))
    throw new KernelError(`rescale ${name}: expected outputs of one type`);
  if (!Number.isInteger(countOf(rowWords)) || countOf(rowWords) < 1)
    throw new KernelError(`rescale ${name}: ${countOf(rowWords)} words per tile, expected 1 or more`);
}
