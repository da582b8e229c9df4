/**
 * Which rows a timeline shows: memory and the busiest processes of each stage of the layer; the group that binds first, the others as words
 * flow. A table has all. A row's strip is as high as a bin is wide, so that the area of a colour is exactly its cycles.
 */
import type { Plan } from '../../plan/plan-types.js';
import type { ProcessTimeline, Timeline, WaitKind, WaitTimeline } from '../../plan/timeline/timeline.js';
import { shareText } from './share-text.js';
import { stageNames, stagesOf } from './stages.js';

export interface TimelineRow {
  readonly name: string;
  readonly unit: string;
  readonly busy: string;
  readonly binds: boolean;
  /** The longest waits, in words. */
  readonly waits: string;
  /** Outlines from the largest to the smallest, each drawn over the one before. */
  readonly layers: readonly { readonly kind: LayerKind; readonly d: string }[];
}

export interface TimelineGroup {
  readonly name: string;
  readonly rows: readonly TimelineRow[];
}

export type LayerKind = 'busy' | WaitKind;

const STAGE_ROWS = 7;
/** They only pass words on, in step with their neighbours. */
const plumbing = new Set(['gearbox', 'distributor']);
const LONGEST_WAITS = 2;
const LEAST_WAIT = 0.01;

/** What is waited for, before its name. */
export const waitWords: Readonly<Record<WaitKind, string>> = {
  word: 'a word of',
  room: 'room in',
  memory: 'memory at',
};

/** The groups of a timeline; `bound` names what binds it: a process or `memory`. */
export function timelineGroups(
  timeline: Timeline,
  plan: Pick<Plan, 'processes' | 'channels'>,
  bound: string,
): TimelineGroup[] {
  const stageOf = stagesOf(plan);
  const unitOf = new Map(plan.processes.map(({ name, unit }) => [name, unit]));
  const stages = Object.entries(stageNames).map(([stage, name]) => {
    const rows = timeline.processes
      .filter(({ process }) => stageOf.get(process) === stage)
      .filter(({ process }) => process === bound || !plumbing.has(unitOf.get(process)!))
      .sort(
        (a, b) => b.busyCycles - a.busyCycles || Number(b.process === bound) - Number(a.process === bound),
      )
      .slice(0, STAGE_ROWS);
    return {
      name,
      rows: rows.map((row) => processRow(row, unitOf.get(row.process)!, timeline, row.process === bound)),
    };
  });
  const memory = { name: 'Memory', rows: memoryRows(timeline, bound === 'memory') };
  const groups = [memory, ...stages].filter(({ rows }) => rows.length > 0);
  const binding = groups.filter(({ rows }) => rows.some(({ binds }) => binds));
  return [...binding, ...groups.filter((group) => !binding.includes(group))];
}

function memoryRows({ memory, cycles }: Timeline, binds: boolean): TimelineRow[] {
  return memory.map(({ busyCycles, busy }, i) => ({
    ...{ name: `channel ${i}`, unit: 'DDR3', busy: shareText(busyCycles / cycles), binds, waits: '' },
    layers: [{ kind: 'busy', d: outline(busy) }],
  }));
}

function processRow(
  { process, busyCycles, busy, waits }: ProcessTimeline,
  unit: string,
  { cycles }: Timeline,
  binds: boolean,
): TimelineRow {
  const bins = (kind: WaitKind) =>
    total(
      waits.filter((wait) => wait.kind === kind),
      busy.length,
    );
  const memory = plus(busy, bins('memory'));
  const room = plus(memory, bins('room'));
  const stacked = { word: plus(room, bins('word')), room, memory, busy };
  return {
    ...{ name: process, unit, busy: shareText(busyCycles / cycles), binds },
    waits: waits
      .filter((wait) => wait.cycles >= LEAST_WAIT * cycles)
      .slice(0, LONGEST_WAITS)
      .map((wait) => waitText(wait, cycles))
      .join(', '),
    layers: (['word', 'room', 'memory', 'busy'] as const).map((kind) => ({
      kind,
      d: outline(stacked[kind]),
    })),
  };
}

/** One wait and its share of the call. */
export function waitText({ kind, on, cycles }: WaitTimeline, of: number): string {
  return `${waitWords[kind]} ${on} ${shareText(cycles / of)}`;
}

/** Of each bin: all that was waited. */
function total(waits: readonly WaitTimeline[], length: number): number[] {
  return waits.reduce<number[]>((sum, { bins }) => plus(sum, bins), Array(length).fill(0));
}

const plus = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value + b[i]);

/** The closed outline of a step curve over its bins: x in bins, y upwards in cycles. */
export function outline(bins: readonly number[]): string {
  let d = 'M0 0';
  let height = 0;
  let run = 0;
  for (const cycles of bins) {
    const next = hundredths(cycles);
    if (next !== height) {
      d += `${run > 0 ? `h${run}` : ''}v${hundredths(height - next)}`;
      height = next;
      run = 0;
    }
    run++;
  }
  return `${d}h${run}V0z`;
}

const hundredths = (value: number) => Math.round(100 * value) / 100;
