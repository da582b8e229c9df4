/**
 * A schedule as plain data: for every nest of every process, the stage of each operation, and what follows from it (depth, the stage in which
 * iterations are issued, the stages in which channels are written, the critical stage). Made by a scheduler, checked by `verify.ts`, read by the emitters and the cycle model.
 */
import type { Channel, Nest, Network } from '../kernel/ir.js';
import { isMove } from '../kernel/operations.js';
import { fifoLatencyCycles } from './memory-choice.js';
import type { TimingTarget } from './target.js';

export interface ScheduledNode {
  readonly node: number;
  readonly stage: number;
  /** When the operation starts in its stage. */
  readonly startNs: number;
  /** Stage and time of its result. */
  readonly resultStage: number;
  readonly resultNs: number;
}

export interface NestSchedule {
  readonly process: string;
  readonly nest: string;
  /** Iterations start this many cycles apart (II). */
  readonly interval: number;
  /** Stages from the first to the last operation. */
  readonly depth: number;
  /** In body order. */
  readonly nodes: readonly ScheduledNode[];
  /**
   * The stage in which an iteration is issued: it waits there until every word that it reads has come and every word that it writes has a
   * place, takes the words, and goes through the later stages without ever waiting again. Earlier stages work out whether it reads and writes.
   */
  readonly issueStage: number;
  /** Stage of each write to a channel or port, by name: the issue stage or a later one. */
  readonly writeStage: Readonly<Record<string, number>>;
  /** The stage with the longest path, its length, and the names or kinds of the operations on that path. */
  readonly critical: { readonly stage: number; readonly ns: number; readonly path: readonly string[] };
}

/** Stages of all nests of a network, for one clock. */
export interface Schedule {
  readonly network: string;
  readonly target: TimingTarget;
  readonly nests: readonly NestSchedule[];
}

/** The schedule of one nest; throws RangeError where there is none. */
export function nestSchedule(schedule: Schedule, process: string, nest: string): NestSchedule {
  const found = schedule.nests.find((n) => n.process === process && n.nest === nest);
  if (!found) throw new RangeError(`no schedule for nest ${nest} of process ${process}`);
  return found;
}

/**
 * Channels whose words come after the issue of their iteration, and by how many cycles at most: their places are reserved at the issue. All
 * other words come with it.
 */
export function lateWrites(network: Network, schedule: Schedule): ReadonlyMap<Channel, number> {
  const delays = new Map<string, number>();
  for (const { issueStage, writeStage } of schedule.nests)
    for (const [name, stage] of Object.entries(writeStage))
      delays.set(name, Math.max(delays.get(name) ?? 0, stage - issueStage));
  const late = network.channels.map((channel): [Channel, number] => [channel, delays.get(channel.name) ?? 0]);
  return new Map(late.filter(([, delay]) => delay > 0));
}

/** What the timed simulation has to know of the hardware of a schedule: when nests use their channels, and when words can be read. */
export const simulatedTiming = ({ nests }: Pick<Schedule, 'nests'>) => ({
  timings: nests,
  fifoLatencyCycles,
});

/** The last stage in which something happens only where there is an iteration: a word moves, or a memory or register is written. */
export function lastMove({ body }: Nest, { nodes }: NestSchedule): number {
  return body.reduce((last, node, i) => (isMove(node) ? Math.max(last, nodes[i].stage) : last), 0);
}
