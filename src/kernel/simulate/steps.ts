/**
 * Prepares a timed simulation: numbers for channels and ports, and for each nest what each of its iterations does. The pipeline of a nest has
 * `issueStage` stages in which an iteration waits for its turn; once issued it goes on for `tailCycles`, a stage a cycle, whatever happens.
 */
import type { Channel, Network, Port } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import {
  type Access,
  accessesOf,
  type BurstAddresses,
  type CompiledSlices,
  compileSlices,
  type NestTrace,
} from './control-slice.js';

/** When a pipelined nest uses its channels. Stages count from 0, up to depth - 1. */
export interface NestTiming {
  readonly process: string;
  readonly nest: string;
  /** Cycles from one iteration to the next. */
  readonly interval: number;
  readonly depth: number;
  /** Where an iteration takes its words, when all have come and all that it writes has a place. */
  readonly issueStage: number;
  /** Stage of each write, by channel or port; the issue stage where not given. */
  readonly writeStage: Readonly<Record<string, number>>;
}

export interface PlannedAccess {
  readonly kind: Access['kind'];
  /** Number of the channel or port. */
  readonly target: number;
  /** Cycles from the issue to the word. */
  readonly delay: number;
}

export interface PlannedNest {
  readonly label: string;
  readonly accesses: readonly PlannedAccess[];
  readonly iterations: number;
  /** The accesses of each iteration, a bit each; or one number where all iterations are alike. */
  readonly masks: NestTrace['masks'];
  readonly burst: number;
  readonly addresses: BurstAddresses;
  /** At least so many cycles lie between two issues. */
  readonly interval: number;
  /** Cycles from the start of the nest to the first issue, and from the last issue to the start of what follows. */
  readonly leadCycles: number;
  readonly tailCycles: number;
}

export interface PlannedProcess {
  readonly name: string;
  readonly nests: readonly PlannedNest[];
}

/** Cycles that a nest takes where nothing keeps it waiting. */
export function unhinderedCycles({ iterations, interval, leadCycles, tailCycles }: PlannedNest): number {
  return iterations === 0 ? 0 : (iterations - 1) * interval + leadCycles + tailCycles;
}

/** Every nest of a network for one call. Throws KernelError where a timing is missing or makes no sense. */
export function planSteps(
  network: Network,
  scalars: readonly (number | bigint)[],
  timings: readonly NestTiming[] | undefined,
  slices: CompiledSlices = compileSlices(network),
): PlannedProcess[] {
  const channels = new Map<Channel | Port, number>(network.channels.map((c, i) => [c, i]));
  const ports = new Map<Channel | Port, number>(network.ports.map((p, i) => [p, i]));
  const traces = slices.trace(scalars);
  const byName = new Map(timings?.map((timing) => [`${timing.process} ${timing.nest}`, timing]));
  return network.processes.map((process, p) => ({
    name: process.name,
    nests: process.nests.map((nest, n): PlannedNest => {
      const timing = byName.get(`${process.name} ${nest.label}`);
      if (timings && !timing)
        throw new KernelError(`process ${process.name}, nest ${nest.label}: no timing for it`);
      const { iterations, masks, burst, addresses } = traces[p][n];
      const issue = timing?.issueStage ?? 0;
      const depth = timing?.depth ?? 1;
      if (issue < 0 || issue >= depth)
        throw new KernelError(`${process.name}.${nest.label}: issued in stage ${issue} of ${depth}`);
      return {
        label: nest.label,
        accesses: accessesOf(nest).map((access) => ({
          kind: access.kind,
          target: (access.kind === 'read' || access.kind === 'write' ? channels : ports).get(access.target)!,
          delay: delayOf(access, timing, `${process.name}.${nest.label}`),
        })),
        ...{ iterations, masks, burst, addresses },
        interval: timing?.interval ?? nest.interval,
        leadCycles: issue,
        tailCycles: depth - issue,
      };
    }),
  }));
}

function delayOf({ kind, target }: Access, timing: NestTiming | undefined, where: string): number {
  if (!timing || kind === 'read' || kind === 'portRead') return 0;
  const stage = timing.writeStage[target.name] ?? timing.issueStage;
  if (stage < timing.issueStage || stage >= timing.depth)
    throw new KernelError(
      `${where}: ${target.name} written in stage ${stage}, issued in ${timing.issueStage} of ${timing.depth}`,
    );
  if (kind === 'portWrite' && stage > timing.issueStage)
    throw new KernelError(
      `${where}: port ${target.name} written in stage ${stage}, expected the issue stage ${timing.issueStage}`,
    );
  return stage - timing.issueStage;
}
