/**
 * A call as the hardware is told of it (docs/integer-model.md, "What a call is"): its parts one after the other, those first that give
 * states back. host/runtime/call.cpp has the same.
 */
import { KernelError } from '../../kernel/kernel-error.js';
import { MOST_PARTS, MOST_SLOTS, partWord } from '../idioms/call-parts.js';
import type { AcceleratorShape } from '../shape.js';
import type { LayerScalarValues } from './scalars.js';

/** Some tokens of a sequence. */
export interface CallPart {
  /** Where the states of its sequence lie. */
  readonly slot: number;
  readonly tokens: number;
  /** After so many of its tokens the states go to the slot; 0: never. */
  readonly gives: number;
  /** Its sequence begins here: the slot's states are zero, and need not be read. */
  readonly begins?: boolean;
}

/** A call of one sequence, in slot 0. */
export const wholePart = (tokens: number) => equalParts(tokens, 1);

/** Tokens of so many sequences, as many of each (the first ones have one more where that does not go); all give. */
export function equalParts(tokens: number, sequences: number): CallPart[] {
  return Array.from({ length: sequences }, (_, slot) => {
    const own = Math.floor((tokens + sequences - 1 - slot) / sequences);
    return { slot, tokens: own, gives: own };
  }).filter((part) => part.tokens > 0);
}

/** The same of prompts: their sequences begin. */
export const promptParts = (tokens: number, prompts = 1) =>
  equalParts(tokens, prompts).map((part) => ({ ...part, begins: true }));

/** Parts in the order in which the hardware takes them: those that give before those that do not, and of each those that begin last. */
export function callOrder<P extends CallPart>(parts: readonly P[]): P[] {
  const rank = ({ gives, begins = false }: P) => 2 * Number(gives === 0) + Number(begins);
  return [...parts].sort((a, b) => rank(a) - rank(b));
}

/** How many parts give. */
export const givesOf = (parts: readonly CallPart[]) => parts.filter(({ gives }) => gives > 0).length;

/** How many of some parts in that order take the states of their slots: all up to the last that does not begin. */
export const takesOf = (parts: readonly CallPart[]) =>
  parts.findLastIndex(({ begins = false }) => !begins) + 1;

/** Tokens of a call. */
export const tokensOf = (parts: readonly CallPart[]) => parts.reduce((sum, { tokens }) => sum + tokens, 0);

/** Slots that some parts need: one more than the last. */
export const slotsIn = (parts: readonly CallPart[]) =>
  1 + parts.reduce((most, { slot }) => Math.max(most, slot), 0);

/** The scalars that say what the parts are. */
export type PartScalars = Pick<LayerScalarValues, 'takes' | 'gives' | 'stateLoads' | 'stateStores' | 'parts'>;

/** Of parts in the order of `callOrder`. Throws KernelError for parts that contradict each other. */
export function partScalars(shape: AcceleratorShape, parts: readonly CallPart[]): PartScalars {
  check(shape, parts);
  const takes = takesOf(parts);
  const last = parts.at(-1);
  let start = 0;
  const words = parts.map(({ slot, tokens, gives }) => {
    const word = partWord({ start, gives: gives > 0 ? start + gives : 0, slot });
    start += tokens;
    return word;
  });
  return {
    takes,
    gives: givesOf(parts),
    // While the layer before still works, and while the next one begins.
    stateLoads: Math.min(takes, 1),
    stateStores: last && last.gives === last.tokens ? 1 : 0,
    parts: words,
  };
}

function check({ maxTokens }: AcceleratorShape, parts: readonly CallPart[]): void {
  const refuse = (text: string) => {
    throw new KernelError(`call: ${text}`);
  };
  if (parts.length > MOST_PARTS) refuse(`${parts.length} parts, at most ${MOST_PARTS}`);
  const slots = new Set<number>();
  for (const [i, { slot, tokens, gives }] of parts.entries()) {
    if (slot < 0 || slot >= MOST_SLOTS) refuse(`slot ${slot}, expected 0 to ${MOST_SLOTS - 1}`);
    if (slots.has(slot)) refuse(`slot ${slot} in two parts`);
    slots.add(slot);
    if (tokens < 1) refuse(`part ${i} has no token`);
    if (gives < 0 || gives > tokens) refuse(`part ${i} gives after ${gives} of ${tokens} tokens`);
    if (i > 0 && gives > 0 && parts[i - 1].gives === 0)
      refuse(`part ${i} gives and the one before it does not`);
  }
  if (tokensOf(parts) > maxTokens) refuse(`${tokensOf(parts)} tokens, at most ${maxTokens}`);
}

/** Rows for one descriptor of the LM head: runs of as many rows, each from its start on. */
export interface HeadRuns {
  readonly starts: readonly number[];
  readonly length: number;
}

/** Some rows of a call (ascending) as runs of equal length, as few as there can be, so many for each descriptor as it holds. */
export function headRuns(rows: readonly number[]): HeadRuns[] {
  const runs: { start: number; length: number }[] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last && last.start + last.length === row) last.length++;
    else runs.push({ start: row, length: 1 });
  }
  const common = runs.reduce((found, { length }) => gcd(found, length), 0);
  const starts = runs.flatMap(({ start, length }) =>
    Array.from({ length: length / common }, (_, i) => start + i * common),
  );
  return Array.from({ length: Math.ceil(starts.length / MOST_PARTS) }, (_, i) => ({
    starts: starts.slice(i * MOST_PARTS, (i + 1) * MOST_PARTS),
    length: common,
  }));
}

/** The rows of some runs. */
export const rowsOf = ({ starts, length }: HeadRuns) =>
  starts.flatMap((start) => Array.from({ length }, (_, i) => start + i));

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
