/**
 * The parts of a call (docs/integer-model.md, "What a call is") as the hardware has them: a scalar a part, with the token that takes the
 * states of a slot, the token after which they are given back, and the slot. Scalars are control values, so that they may steer channels and
 * addresses. The parts that take are the first ones; before the others there is nothing: their sequences begin. An unused part is 0: it begins
 * with the call's first token, as the first part does in any case, and never gives.
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

/** The tokens of a call that take and give, and those that begin a sequence. To be made outside a nest. */
export interface TokenFlags {
  /** One bit each for a token's index, made inside the nest. `starts`: it takes or begins. */
  of(token: Val): { readonly takes: Val; readonly gives: Val; readonly begins: Val; readonly starts: Val };
}

/** Which tokens take, which give, and before which there is nothing; `takes`: how many parts take. */
export function tokenFlags(p: ProcessBuilder, parts: readonly Scalar[], takes: Scalar): TokenFlags {
  const starts = fieldsOf(p, parts, START, 'start');
  const ends = fieldsOf(p, parts, GIVES, 'end');
  const count = p.arg(takes);
  const taking = parts.map((_, i) => count.gt(i).named(`takes_${i}`));
  // A part that is not used starts with the first token, which is the first part's.
  const beginning = starts.map((start, i) => {
    const isUsed = i === 0 ? undefined : start.ne(0).named(`is_used_${i}`);
    const not = taking[i].not();
    return (isUsed ? not.and(isUsed) : not).named(`begins_${i}`);
  });
  return {
    of: (token) => {
      const isStart = p.gather(starts).named('starts').eq(token).named('is_start');
      const any = (of: readonly Val[], name: string) =>
        isStart
          .and(p.gather(of).named(`parts_${name}`))
          .maximum()
          .named(name);
      return {
        takes: any(taking, 'takes'),
        gives: p.gather(ends).named('ends').eq(token.add(1)).maximum().named('gives'),
        begins: any(beginning, 'begins'),
        starts: isStart.maximum().named('starts_part'),
      };
    },
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
