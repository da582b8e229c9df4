/**
 * The memory form of the state: whole bytes a value, two for a state of 16 bits and three for a wider one, so that as many port words of n bytes
 * hold n values, value 0 in the lowest bytes. Widths of 17 to 23 bits are sign-extended. Further lane counts are a gearbox's matter.
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { laneCount, rangeOf, sint, typeOf, uint } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extent } from '../idioms/extent.js';
import { collect, dealOut, shaped } from './gearbox.js';

const BYTE = uint(8);
const MAX_BITS = 24;

/** Bytes in memory of a value of a state of `stateBits` bits, 1 to 24: as many port words hold one word of state. */
export const stateValueBytes = (stateBits: number): number => Math.ceil(stateBits / 8);

const COUNT = ['no words', 'one word', 'two words', 'three words'];

export interface StatePackParams {
  readonly input: Channel;
  readonly output: Channel;
  /** Words of state (n values); times the bytes of a value, port words. */
  readonly words: Extent;
}

/** Adds one process: a [n] u8 word for each byte of a value to one word of n signed values of at most 24 bits, [n] or a matrix of n lanes. */
export function unpackState(net: NetworkBuilder, name: string, params: StatePackParams): void {
  const { input, output } = params;
  const { lanes, ratio, held, doc } = checked(name, input, output);
  net.process(
    name,
    'gearbox',
    `${doc[0].toUpperCase()}${doc.slice(1)} of memory to one word of state; in memory a value has ${held.bits} bits.`,
    (p) => {
      p.nest('unpack', loopsOf(extent(p, params.words), ratio), ({ part }) => {
        const bytes = collect(p, p.read(input).named('bytes'), BYTE, ratio);
        const values = bytes.bitcast(BYTE, typeOf(held, lanes)).named('values');
        const { lo, hi } = rangeOf(output.type.element);
        // Parts of two neighbours stand here before the last word; only whole values must be in range.
        const complete = part.eq(ratio - 1).named('complete');
        const state = complete.select(values, 0).assume(lo, hi).named('state');
        p.write(output, shaped(state, output.type.shape).named('state_word'), complete);
      });
    },
  );
}

/** Adds one process: one word of n signed values of at most 24 bits to a [n] u8 word for each byte of a value. */
export function packState(net: NetworkBuilder, name: string, params: StatePackParams): void {
  const { input, output } = params;
  const { lanes, ratio, held, doc } = checked(name, output, input);
  net.process(
    name,
    'gearbox',
    `One word of state to ${doc} of memory; in memory a value has ${held.bits} bits.`,
    (p) => {
      p.nest('pack', loopsOf(extent(p, params.words), ratio), ({ part }) => {
        const fresh = part.eq(0).named('fresh');
        const state = shaped(p.read(input, fresh), [lanes]).named('state');
        const bytes = state.bitcast(held, typeOf(BYTE, lanes * ratio)).named('bytes');
        p.write(output, dealOut(p, bytes, BYTE, ratio, fresh));
      });
    },
  );
}

const loopsOf = (words: ReturnType<typeof extent>, ratio: number) => [
  { index: 'word', bound: words },
  { index: 'part', bound: ratio },
];

/** Lanes of a word, port words to a word of state, what a value is in memory, and how many port words in words. */
function checked(name: string, memory: Channel, state: Channel) {
  const lanes = laneCount(state.type.shape);
  const { bits, signed } = memory.type.element;
  if (bits !== 8 || signed || memory.type.shape.length !== 1 || memory.type.shape[0] !== lanes)
    throw new KernelError(
      `${name}: ${memory.name} must hold [${lanes}] u8, as many bytes as ${state.name} has lanes`,
    );
  const ratio = stateValueBytes(state.type.element.bits);
  if (!state.type.element.signed || ratio < 2 || state.type.element.bits > MAX_BITS)
    throw new KernelError(`${name}: ${state.name} must be signed with 9 to ${MAX_BITS} bits`);
  return { lanes, ratio, held: sint(8 * ratio), doc: COUNT[ratio] };
}
