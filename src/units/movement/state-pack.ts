/**
 * The memory form of the state: 24 bits per value whatever its width, so that three port words of n bytes hold n values, value 0 in
 * the lowest bytes. Widths of 16 to 24 bits are sign-extended. Further lane counts are a gearbox's matter.
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { laneCount, rangeOf, sint, typeOf, uint } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extent } from '../idioms/extent.js';
import { collect, dealOut, shaped } from './gearbox.js';

const MEMORY = sint(24);
const BYTE = uint(8);
/** Port words (bytes per lane) that hold one word of state (24 bits per lane). */
export const STATE_WORD_BYTES = 3;

export interface StatePackParams {
  readonly input: Channel;
  readonly output: Channel;
  /** Words of state (n values); three times as many port words. */
  readonly words: Extent;
}

/** Adds one process: three [n] u8 words to one word of n signed values of at most 24 bits, [n] or a matrix of n lanes. */
export function unpackState(net: NetworkBuilder, name: string, params: StatePackParams): void {
  const { input, output } = params;
  const lanes = checked(name, input, output);
  net.process(
    name,
    'gearbox',
    'Three words of memory to one word of state; in memory a value has 24 bits.',
    (p) => {
      p.nest('unpack', loopsOf(extent(p, params.words)), ({ part }) => {
        const bytes = collect(p, p.read(input).named('bytes'), BYTE, STATE_WORD_BYTES);
        const values = bytes.bitcast(BYTE, typeOf(MEMORY, lanes)).named('values');
        const { lo, hi } = rangeOf(output.type.element);
        // Parts of two neighbours stand here before the third word; only whole values must be in range.
        const complete = part.eq(STATE_WORD_BYTES - 1).named('complete');
        const state = complete.select(values, 0).assume(lo, hi).named('state');
        p.write(output, shaped(state, output.type.shape).named('state_word'), complete);
      });
    },
  );
}

/** Adds one process: one word of n signed values of at most 24 bits to three [n] u8 words. */
export function packState(net: NetworkBuilder, name: string, params: StatePackParams): void {
  const { input, output } = params;
  const lanes = checked(name, output, input);
  net.process(
    name,
    'gearbox',
    'One word of state to three words of memory; in memory a value has 24 bits.',
    (p) => {
      p.nest('pack', loopsOf(extent(p, params.words)), ({ part }) => {
        const fresh = part.eq(0).named('fresh');
        const state = shaped(p.read(input, fresh), [lanes]).named('state');
        const bytes = state.bitcast(MEMORY, typeOf(BYTE, lanes * STATE_WORD_BYTES)).named('bytes');
        p.write(output, dealOut(p, bytes, BYTE, STATE_WORD_BYTES, fresh));
      });
    },
  );
}

const loopsOf = (words: ReturnType<typeof extent>) => [
  { index: 'word', bound: words },
  { index: 'part', bound: STATE_WORD_BYTES },
];

function checked(name: string, memory: Channel, state: Channel): number {
  const lanes = laneCount(state.type.shape);
  const { bits, signed } = memory.type.element;
  if (bits !== 8 || signed || memory.type.shape.length !== 1 || memory.type.shape[0] !== lanes)
    throw new KernelError(
      `${name}: ${memory.name} must hold [${lanes}] u8, as many bytes as ${state.name} has lanes`,
    );
  if (!state.type.element.signed || state.type.element.bits > MEMORY.bits)
    throw new KernelError(`${name}: ${state.name} must be signed with at most ${MEMORY.bits} bits`);
  return lanes;
}
