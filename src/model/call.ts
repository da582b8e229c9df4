/**
 * What a call is (docs/integer-model.md section 10): tokens of several sequences, each with its state in a slot of its own. One mechanism for
 * prompts in pieces, prompts packed end to end, decode of many sequences, and drafts that may turn out wrong.
 */
import { UserError } from '../errors.js';

/** Tokens of a call that belong to one sequence. */
export interface Part {
  /** Where the sequence's states are. */
  readonly slot: number;
  /** Token ids, at least one. The states before the first come from the slot. */
  readonly tokens: readonly number[];
  /** After how many of them the states go to the slot: 0 never, `tokens.length` after the last. */
  readonly gives: number;
}

/** What an engine takes. */
export interface CallLimits {
  readonly slots: number;
  /** Tokens of a call, of all parts together. */
  readonly maxTokens: number;
}

/** Tokens of all parts. */
export function tokensOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { tokens }) => sum + tokens.length, 0);
}

/**
 * Throws UserError for a call that contradicts itself: a slot that there is not or that two parts have, a part without a token, states given after
 * more tokens than there are, more tokens than a call takes, logits of a token that there is not, or not in ascending order.
 */
export function checkCall(parts: readonly Part[], wanted: readonly number[], limits: CallLimits): void {
  const refuse = (text: string) => {
    throw new UserError(`call: ${text}`);
  };
  const { slots, maxTokens } = limits;
  const taken = new Set<number>();
  parts.forEach(({ slot, tokens, gives }, i) => {
    if (!isIndex(slot, slots)) refuse(`part ${i}: found slot ${slot}, expected 0 to ${slots - 1}`);
    if (taken.has(slot)) refuse(`part ${i}: found slot ${slot} again, expected one that no other part has`);
    taken.add(slot);
    if (tokens.length === 0) refuse(`part ${i}: found no token, expected at least one`);
    if (!isIndex(gives, tokens.length + 1))
      refuse(`part ${i}: gives its states after ${gives} tokens, expected 0 to ${tokens.length}`);
  });
  const count = tokensOf(parts);
  if (count === 0) refuse('found no part, expected at least one');
  if (count > maxTokens) refuse(`found ${count} tokens, expected at most ${maxTokens}`);
  wanted.forEach((row, i) => {
    if (!isIndex(row, count)) refuse(`logits of token ${row}, expected 0 to ${count - 1}`);
    if (i > 0 && row <= wanted[i - 1])
      refuse(`logits of token ${row} after ${wanted[i - 1]}, expected ascending order`);
  });
}

const isIndex = (value: number, end: number) => Number.isInteger(value) && value >= 0 && value < end;
