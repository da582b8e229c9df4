/** Random parts of a call for the units that take and give states, and a reference's states by part. */

import { partWord } from '../../src/units/idioms/call-parts.js';
import type { Random } from '../../src/util/random.js';

/** Parts that the units under test have. */
export const UNIT_PARTS = 3;

/** A part: tokens from `start` up to `end`, and the state after `gives` of the call's tokens; 0: none. */
export interface UnitPart {
  readonly start: number;
  readonly end: number;
  readonly gives: number;
  /** Nothing comes before it: its state is zero and is not sent. */
  readonly begins?: boolean;
}

/** Some tokens dealt to one part or to several. */
export function randomParts(random: Random, tokens: number): UnitPart[] {
  const parts: UnitPart[] = [];
  for (let start = 0; start < tokens; ) {
    const isLast = parts.length === UNIT_PARTS - 1;
    const end = isLast ? tokens : random.integer(start + 1, tokens);
    const gives = random.integer(0, 2) === 0 ? random.integer(0, end - start) : end - start;
    parts.push({ start, end, gives: gives > 0 ? start + gives : 0 });
    start = end;
  }
  const taking = random.integer(0, parts.length);
  return parts.map((part, i) => ({ ...part, begins: i >= taking }));
}

/** How many parts take a state: the first ones. */
export function takesOf(parts: readonly UnitPart[]): number {
  return parts.filter(({ begins = false }) => !begins).length;
}

/** A state for each part: what `draw` gives for those that take, zeros for the others. */
export function statesOf(parts: readonly UnitPart[], draw: () => number[]): number[][] {
  return parts.map(({ begins = false }) => (begins ? draw().fill(0) : draw()));
}

/** The scalars of the parts; those that are not used are 0. */
export function partWords(parts: readonly UnitPart[]): number[] {
  return Array.from({ length: UNIT_PARTS }, (_, i) =>
    parts[i] ? partWord({ start: parts[i].start, gives: parts[i].gives, slot: i }) : 0,
  );
}

/** Runs `run` on the tokens of each part up to the one that gives, and on the others; states go on. Returns those that are given. */
export function givenStates<S>(
  parts: readonly UnitPart[],
  states: readonly S[],
  run: (from: number, to: number, state: S) => S,
): S[] {
  return parts.flatMap(({ start, end, gives }, i) => {
    const state = run(start, gives || start, states[i]);
    run(gives || start, end, state);
    return gives > 0 ? [state] : [];
  });
}
