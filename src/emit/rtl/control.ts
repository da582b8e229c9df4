/**
 * Control of a process: its nests one after the other, each from its first iteration until the last one has left the pipeline; a nest
 * without iterations takes no cycle. Counters of the loops, and the bits that say which stages hold an iteration.
 */
import type { Nest, Node } from '../../kernel/ir.js';
import { elementFor } from '../../kernel/type.js';
import { lastMove, type NestSchedule } from '../../schedule/schedule.js';
import type { Lines } from '../network/lines.js';
import type { Names } from '../network/names.js';
import { compare } from './expression.js';
import type { NestControl } from './nest-control.js';
import type { SettledValues } from './settled.js';
import { constant, literal, rangeText, resize, type Term } from './term.js';

/** A nest's control signals and its bounds. */
export interface NestSignals extends NestControl {
  /** In front of the names of the nest's own signals. */
  readonly prefix: string;
  /** High while an iteration begins. */
  readonly issue: string;
  /** Bits of the iterations on their way, stage 1 lowest. */
  readonly stages: string;
  readonly some: string;
  readonly finish: string;
  readonly next: string;
  /** For each loop: the index of its last pass. */
  readonly lasts: readonly Term[];
}

/**
 * Makes the names and writes what follows from the bounds alone: whether there is anything to do, and the last indices. `isAsked`: somebody
 * must know whether the nest is at work.
 */
export function nestSignals(
  nest: Nest,
  prefix: string,
  isAsked: boolean,
  names: Names,
  bounds: BoundWriter,
): NestSignals {
  const own = (end: string) => names.claim(`${prefix}${end}`);
  const [stages, issue] = [own('at'), own('issue')];
  return {
    ...{ prefix, stages, issue },
    at: (stage) => (stage === 0 ? issue : `${stages}[${stage}]`),
    active: isAsked ? own('active') : null,
    enter: own('enter'),
    some: bounds.some(nest, own('any')),
    finish: own('finish'),
    next: own('next'),
    indices: nest.loops.map((loop) => names.claim(loop.index)),
    lasts: nest.loops.map((loop) => bounds.last(loop.bound, loop.index)),
  };
}

/** Registers beside the prologue. */
export class BoundWriter {
  private readonly lasts = new Map<Node, Term>();
  /** Cycles until all of it has settled. */
  cycles = 0;

  constructor(
    private readonly settled: SettledValues,
    private readonly names: Names,
    private readonly lines: Lines,
  ) {}

  last(bound: Node, index: string): Term {
    const { term, cycles } = this.settled.of(bound);
    if (term.constant !== undefined) return constant(term.constant > 0n ? term.constant - 1n : 0n);
    const known = this.lasts.get(bound);
    if (known) return known;
    const most = bound.range.hi > 0n ? bound.range.hi - 1n : 0n;
    const { bits } = elementFor({ lo: 0n, hi: most });
    const name = this.names.claim(`${index}_end`);
    this.lines.add(
      `logic ${rangeText({ bits, signed: false })}${name};`,
      `always_ff @(posedge clk) ${name} <= ${bits}'(${term.text} - ${literal(1n, term.bits, term.signed)});`,
    );
    this.cycles = Math.max(this.cycles, cycles + 1);
    const last: Term = { text: name, bits, signed: false, plain: true };
    this.lasts.set(bound, last);
    return last;
  }

  some(nest: Nest, name: string): string {
    const tests: string[] = [];
    for (const { bound } of nest.loops) {
      const { term, cycles } = this.settled.of(bound);
      if (bound.range.lo > 0n) continue;
      tests.push(`(${compare('<', constant(0n), term)})`);
      this.cycles = Math.max(this.cycles, cycles + 1);
    }
    if (tests.length === 0) this.lines.add(`localparam logic ${name} = 1'b1;`);
    else
      this.lines.add(
        `logic ${name};  // the nest has iterations in this call`,
        `always_ff @(posedge clk) ${name} <= ${tests.join(' & ')};`,
      );
    return name;
  }
}

/** Which nest runs: `running`, and for each nest `active`, `enter` and `finish`. */
export function writeSequence(signals: readonly NestSignals[], lines: Lines): void {
  lines.add('', '// A nest begins in the cycle after the one before it has left the pipeline.');
  lines.add('logic running;');
  let before = 'start';
  for (const { finish } of signals) lines.add(`wire ${finish};`);
  for (const { next, enter, some, finish } of signals) {
    lines.add(`wire ${next} = ${before};`, `wire ${enter} = ${next} & ${some};`);
    before = `(${next} & ~${some}) | ${finish}`;
  }
  lines.add(`wire leave = ${before};`);
  lines.add(
    'always_ff @(posedge clk)',
    "  if (rst | leave) running <= 1'b0;",
    "  else if (start) running <= 1'b1;",
  );
  lines.add('assign done = ~running;');
}

/** Counters and stage bits of a nest. */
export function writeNestControl(
  nest: Nest,
  schedule: NestSchedule,
  signals: NestSignals,
  names: Names,
  lines: Lines,
): void {
  const { prefix, stages, issue, active, enter, finish, indices, lasts } = signals;
  const { depth, interval } = schedule;
  const own = (end: string) => names.claim(`${prefix}${end}`);
  const [issuing, last] = [own('issuing'), own('last')];
  if (active)
    lines.add(
      `logic ${active};  // its iterations are in the pipeline`,
      'always_ff @(posedge clk)',
      `  if (rst | ${finish}) ${active} <= 1'b0;`,
      `  else if (${enter}) ${active} <= 1'b1;`,
    );
  lines.add(`logic ${issuing};  // iterations are still to come`);
  if (interval > 1) {
    const phase = own('phase');
    const bits = Math.ceil(Math.log2(interval));
    lines.add(
      `logic [${bits - 1}:0] ${phase};`,
      'always_ff @(posedge clk)',
      `  if (${enter}) ${phase} <= '0;`,
      `  else if (en) ${phase} <= ${phase} == ${bits}'d${interval - 1} ? '0 : ${phase} + ${bits}'d1;`,
      `wire ${issue} = ${issuing} & ${phase} == '0;`,
    );
  } else lines.add(`wire ${issue} = ${issuing};`);
  const ends = indices.map((index, loop) => {
    const { bits } = elementFor({ lo: 0n, hi: BigInt(Math.max(0, nest.loops[loop].maxBound - 1)) });
    const end = names.claim(`${index}_last`);
    lines.add(`logic [${bits - 1}:0] ${index};`, `wire ${end} = ${index} == ${resize(lasts[loop], bits)};`);
    return { index, end, bits };
  });
  lines.add(
    `wire ${last} = ${[issue, ...ends.map(({ end }) => end)].join(' & ')};`,
    'always_ff @(posedge clk)',
    `  if (rst) ${issuing} <= 1'b0;`,
    `  else if (${enter}) ${issuing} <= 1'b1;`,
    `  else if (en & ${last}) ${issuing} <= 1'b0;`,
  );
  ends.forEach(({ index, end, bits }, loop) => {
    const inner = ends.slice(loop + 1).map((e) => e.end);
    lines.add(
      'always_ff @(posedge clk)',
      `  if (${enter}) ${index} <= '0;`,
      `  else if (${['en', issue, ...inner].join(' & ')}) ${index} <= ${end} ? '0 : ${index} + ${bits}'d1;`,
    );
  });
  const shifted = (name: string, length: number, first: number, next: string) =>
    length === 1 ? next : `{${name}[${first + length - 2}:${first}], ${next}}`;
  const steps = lastMove(nest, schedule);
  if (steps > 0)
    lines.add(
      `logic [${steps}:1] ${stages};  // ${stages}[s]: an iteration stands in stage s`,
      'always_ff @(posedge clk)',
      `  if (rst) ${stages} <= '0;`,
      `  else if (en) ${stages} <= ${shifted(stages, steps, 1, issue)};`,
    );
  if (depth === 1) {
    lines.add(`assign ${finish} = en & ${last};`);
    return;
  }
  const ending = own('ending');
  lines.add(
    `logic [${depth - 2}:0] ${ending};  // the last iteration on its way`,
    'always_ff @(posedge clk)',
    `  if (rst) ${ending} <= '0;`,
    `  else if (en) ${ending} <= ${shifted(ending, depth - 1, 0, last)};`,
    `assign ${finish} = en & ${ending}[${depth - 2}];`,
  );
}
