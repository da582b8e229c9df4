/**
 * Prepares a timed simulation: numbers for channels and ports, and for each nest what it does in each of its steps. A step is a cycle in
 * which the pipeline moves; iteration i makes an access of stage s in step i * interval + s, and the nest is over after
 * (iterations - 1) * interval + depth steps.
 */
import type { Channel, Network, Port } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import {
  type Access,
  accessesOf,
  type CompiledSlices,
  compileSlices,
  type NestTrace,
} from './control-slice.js';

/** When a pipelined nest uses its channels. Stages count from 0, up to depth - 1; channels and ports by name, 0 where not given. */
export interface NestTiming {
  readonly process: string;
  readonly nest: string;
  /** Cycles from one iteration to the next. */
  readonly interval: number;
  readonly depth: number;
  readonly readStage: Readonly<Record<string, number>>;
  readonly writeStage: Readonly<Record<string, number>>;
}

export interface PlannedAccess {
  readonly kind: Access['kind'];
  /** Number of the channel or port. */
  readonly target: number;
}

export interface PlannedNest {
  readonly label: string;
  readonly accesses: readonly PlannedAccess[];
  readonly steps: number;
  /** The accesses of each step, a bit each; or one number where all steps are alike. */
  readonly masks: number | Uint8Array | Uint16Array | Uint32Array;
  readonly burst: number;
  readonly iterations: number;
}

export interface PlannedProcess {
  readonly name: string;
  readonly nests: readonly PlannedNest[];
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
    nests: process.nests.map((nest, n) => {
      const timing = byName.get(`${process.name} ${nest.label}`);
      if (timings && !timing)
        throw new KernelError(`process ${process.name}, nest ${nest.label}: no timing for it`);
      const accesses = accessesOf(nest);
      const stages = accesses.map((access) => stageOf(access, timing, `${process.name}.${nest.label}`));
      const trace = traces[p][n];
      const interval = timing?.interval ?? nest.interval;
      const steps = trace.iterations === 0 ? 0 : (trace.iterations - 1) * interval + (timing?.depth ?? 1);
      return {
        label: nest.label,
        accesses: accesses.map(({ kind, target }) => ({
          kind,
          target: (kind === 'read' || kind === 'write' ? channels : ports).get(target)!,
        })),
        steps,
        masks: stepMasks(trace, stages, interval, steps),
        burst: trace.burst,
        iterations: trace.iterations,
      };
    }),
  }));
}

function stageOf({ kind, target }: Access, timing: NestTiming | undefined, where: string): number {
  if (!timing) return 0;
  const reads = kind === 'read' || kind === 'portRead';
  const stage = (reads ? timing.readStage : timing.writeStage)[target.name] ?? 0;
  if (stage < 0 || stage >= timing.depth)
    throw new KernelError(`${where}: ${target.name} in stage ${stage} of a pipeline ${timing.depth} deep`);
  return stage;
}

function stepMasks(
  { iterations, masks }: NestTrace,
  stages: readonly number[],
  interval: number,
  steps: number,
): PlannedNest['masks'] {
  const together = interval === 1 && stages.every((stage) => stage === 0) && steps === iterations;
  if (together) return masks;
  const all =
    stages.length <= 8
      ? new Uint8Array(steps)
      : stages.length <= 16
        ? new Uint16Array(steps)
        : new Uint32Array(steps);
  stages.forEach((stage, i) => {
    const bit = 2 ** i;
    for (let k = 0, step = stage; k < iterations; k++, step += interval) {
      const mask = typeof masks === 'number' ? masks : masks[k];
      if (mask & bit) all[step] = all[step] | bit;
    }
  });
  return all;
}
