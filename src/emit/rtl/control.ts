/**
 * Control of a nest: what the template of a process, its counters and the library's `nest_control` and `nest_sequence` are given. All of it
 * is here: names and expressions of the signals that say when an iteration begins, where it stands and when the nest is over.
 */
import type { Nest } from '../../kernel/ir.js';
import { elementFor } from '../../kernel/type.js';
import { lastMove, type NestSchedule } from '../../schedule/schedule.js';
import type { Names } from '../network/names.js';
import type { BoundWriter } from './bounds.js';
import type { NestControl } from './nest-control.js';
import { rangeText, resize, type Term } from './term.js';

/** A nest's control signals and its bounds. */
export interface NestSignals extends NestControl {
  /** High while an iteration begins. */
  readonly issue: string;
  /** Bits of the iterations on their way, stage 1 lowest. */
  readonly stages: string;
  /** High where the nest has iterations in this call. */
  readonly some: string;
  readonly finish: string;
  /** For each loop: the index of its last pass. */
  readonly lasts: readonly Term[];
}

/** Makes the names of a nest's signals; what follows from its bounds goes to the prologue. `prefix` tells them from other nests'. */
export function nestSignals(nest: Nest, prefix: string, names: Names, bounds: BoundWriter): NestSignals {
  const own = (end: string) => names.claim(`${prefix}${end}`);
  const [stages, issue] = [own('at'), own('issue')];
  const indices = nest.loops.map(({ index }) => names.claim(index, `${prefix}${index}`));
  return {
    ...{ prefix, stages, issue, indices },
    at: (stage) => (stage === 0 ? issue : `${stages}[${stage}]`),
    enter: own('enter'),
    finish: own('finish'),
    some: bounds.some(nest, own('any')),
    lasts: nest.loops.map(({ bound }, loop) => bounds.last(bound, indices[loop])),
  };
}

/** In front of the names of a nest's signals: nothing where it is the only one. */
export function prefixOf({ label }: Nest, isOnly: boolean): string {
  return isOnly ? '' : `${label.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()}_`;
}

/** One loop: the index of its pass, from 0 to `most` and round again. */
export interface Counter {
  readonly index: string;
  readonly type: string;
  readonly bits: number;
  /** Name of the signal that says that the pass is the last one. */
  readonly last: string;
  readonly most: string;
  readonly clear: string;
  readonly step: string;
}

/**
 * Counters of loops inside each other, given outermost first: each takes a step when `step` is high and all inside it are in their last pass.
 * Innermost first, so that what a counter asks for is declared before it.
 */
export function countersOf(
  loops: readonly { readonly index: string; readonly last: Term; readonly maxBound: number }[],
  clear: string,
  step: string,
  names: Names,
): Counter[] {
  const ends = loops.map(({ index }) => names.claim(`${index}_last`));
  const counters = loops.map(({ index, last, maxBound }, loop) => {
    const { bits } = elementFor({ lo: 0n, hi: BigInt(Math.max(0, maxBound - 1)) });
    return {
      ...{ index, bits, clear },
      type: rangeText({ bits, signed: false }),
      last: ends[loop],
      most: resize(last, bits),
      step: [step, ...ends.slice(loop + 1)].join(' & '),
    };
  });
  return counters.reverse();
}

/** What the template of a process says of a nest's control. */
export interface ControlFacts {
  readonly issue: string;
  readonly enter: string;
  readonly finish: string;
  readonly some: string;
  /** Name of the instance. */
  readonly control: string;
  readonly stages: number;
  readonly interval: number;
  readonly counters: readonly Counter[];
  /** High in the last pass of all loops. */
  readonly last: string;
  /** The bits of the iterations on their way, if something moves after stage 0. */
  readonly stageBits: readonly { readonly name: string; readonly count: number; readonly issue: string }[];
}

export function controlFacts(
  nest: Nest,
  { depth, interval, ...schedule }: NestSchedule,
  signals: NestSignals,
  names: Names,
): ControlFacts {
  const { prefix, stages, issue, enter, finish, some, indices, lasts } = signals;
  const loops = nest.loops.map(({ maxBound }, loop) => ({
    index: indices[loop],
    last: lasts[loop],
    maxBound,
  }));
  const counters = countersOf(loops, enter, `en & ${issue}`, names);
  const count = lastMove(nest, { depth, interval, ...schedule });
  return {
    ...{ issue, enter, finish, some, interval, counters },
    control: names.claim(`${prefix}control`),
    stages: depth,
    last: counters.map((counter) => counter.last).join(' & '),
    stageBits: count > 0 ? [{ name: stages, count, issue }] : [],
  };
}
