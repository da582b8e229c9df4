/** Which modules go through Yosys together: a run by itself costs some seconds, a large module minutes. */

import type { Sources } from './sources.js';
import type { Counted } from './units.js';

/** Modules of one run. It depends on the list of all modules only, never on what is cached: the same project gives the same runs. */
export interface Batch {
  /** Of its files. */
  readonly name: string;
  readonly choices: readonly Counted[];
  readonly isContainer: boolean;
}

/** A run takes no more modules when it holds so many, or so many look-up tables. */
const mostModules = 24;
const mostTables = 8000;
/** Look-up tables of a library module, and per character of text of a module without an expected number. */
const libraryTables = 200;
const tablesACharacter = 0.1;

/** Batches, those that probably take longest first. `expected`: look-up tables of a module, as far as known. */
export function batchesOf(
  units: readonly Counted[],
  sources: Sources,
  expected: Readonly<Record<string, number>> = {},
): Batch[] {
  const cost = ({ module }: Counted) => {
    const { isLibrary, text } = sources.file(module);
    return expected[module] ?? (isLibrary ? libraryTables : text.length * tablesACharacter);
  };
  const batches: { choices: Counted[]; cost: number }[] = [];
  let open: { choices: Counted[]; cost: number } | undefined;
  for (const unit of [...units].sort((a, b) => cost(b) - cost(a))) {
    const own = cost(unit);
    if (!open || open.choices.length >= mostModules || open.cost + own > mostTables) {
      open = { choices: [], cost: 0 };
      batches.push(open);
    }
    open.choices.push(unit);
    open.cost += own;
  }
  return batches.map(({ choices }, i) => {
    const more = choices.length > 1 ? `_and_${choices.length - 1}_more` : '';
    return {
      name: `${i}_${choices[0].module}${more}`,
      choices,
      isContainer: false,
    };
  });
}
