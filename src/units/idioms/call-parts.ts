/**
 * The parts of a call (docs/integer-model.md, "What a call is") as the hardware has them: a scalar a part, with the token that takes the
 * states of a slot, the token after which they are given back, and the slot. Scalars are control values, so that they may steer channels and
 * addresses. An unused part is 0: it takes with the call's first token, which takes in any case, and never gives.
 */
import type { ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Scalar } from '../../kernel/ir.js';

/** Most parts of a call: they and all other scalars of a layer fill four words of a descriptor. */
export const MOST_PARTS = 16;
/** Slots that a part can name. */
export const MOST_SLOTS = 128;

/** Bits of the fields, lowest first: the first token, tokens of the call up to the one that gives, the slot. */
const [START_BITS, GIVES_BITS, SLOT_BITS] = [12, 13, 7] as const;
const field = (lo: number, bits: number) => ({ hi: lo + bits - 1, lo });
const START = field(0, START_BITS);
const GIVES = field(START_BITS, GIVES_BITS);
const SLOT = field(START_BITS + GIVES_BITS, SLOT_BITS);

/** Tokens of the longest call whose tokens all have a number. */
export const MOST_TOKENS = 2 ** START_BITS;

/** What a part's scalar says. */
export interface PartFields {
  /** Its first token in the call: that token takes. */
  readonly start: number;
  /** The token before this one in the call gives; 0: none does. */
  readonly gives: number;
  readonly slot: number;
}

/** The scalar. Throws RangeError for a field that is too large. */
export function partWord({ start, gives, slot }: PartFields): number {
  const fits = start < 2 ** START_BITS && gives < 2 ** GIVES_BITS && slot < 2 ** SLOT_BITS;
  if (!fits) throw new RangeError(`part with start ${start}, gives ${gives}, slot ${slot}`);
  return start + 2 ** GIVES.lo * gives + 2 ** SLOT.lo * slot;
}

/** The tokens of a call that take and give. To be made outside a nest. */
export interface TokenFlags {
  /** One bit each for a token's index, made inside the nest. */
  of(token: Val): { readonly takes: Val; readonly gives: Val };
}

/** Which tokens take, and which give. */
export function tokenFlags(p: ProcessBuilder, parts: readonly Scalar[]): TokenFlags {
  const starts = fieldsOf(p, parts, START, 'start');
  const ends = fieldsOf(p, parts, GIVES, 'end');
  return {
    of: (token) => ({
      takes: p.gather(starts).named('starts').eq(token).maximum().named('takes'),
      gives: p.gather(ends).named('ends').eq(token.add(1)).maximum().named('gives'),
    }),
  };
}

/** The slot of a part: a function of its index, of which the address of a burst may be made. To be called outside a nest. */
export function slotOf(p: ProcessBuilder, parts: readonly Scalar[]): (part: Val) => Val {
  const slots = fieldsOf(p, parts, SLOT, 'slot');
  return (part) => choice(slots, part);
}

/** The same of its first token. */
export function startOf(p: ProcessBuilder, parts: readonly Scalar[]): (part: Val) => Val {
  const starts = fieldsOf(p, parts, START, 'start');
  return (part) => choice(starts, part);
}

const fieldsOf = (p: ProcessBuilder, parts: readonly Scalar[], { hi, lo }: typeof START, name: string) =>
  parts.map((part, i) => p.arg(part).slice(hi, lo).named(`${name}_${i}`));

/** One of some values, by its index: a tree of choices between scalars. */
function choice(all: readonly Val[], index: Val): Val {
  let left = [...all];
  for (let bit = 0; left.length > 1; bit++) {
    const isOdd = index.shr(bit).slice(0, 0);
    left = Array.from({ length: Math.ceil(left.length / 2) }, (_, i) =>
      2 * i + 1 < left.length ? isOdd.select(left[2 * i + 1], left[2 * i]) : left[2 * i],
    );
  }
  return left[0];
}
