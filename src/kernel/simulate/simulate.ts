/**
 * Timed simulation of a network with bounded FIFOs: how many cycles a call takes, who waits for what, how full the channels get, and whether
 * it deadlocks. Only the control slice runs, so no data is needed. An iteration is issued when its words have come and what it writes has a
 * place, and then never waits (engine.ts); nests of a process follow each other when the pipeline is empty; a word can be read in the cycle
 * after the one in which it was written, or as many later as its FIFO takes. Boundary channels never keep anyone waiting.
 */
import { depthOf } from '../depths.js';
import { followingPorts } from '../following-ports.js';
import { checkedScalars } from '../interpret/interpret.js';
import type { Channel, Network } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { type Deadlock, explainDeadlock } from './deadlock.js';
import { Engine, type OnWait } from './engine.js';
import { idealPort, type MemoryDriver, type PortModel, PortState } from './ports.js';
import { Queue } from './queue.js';
import type { FifoState, ProcessState } from './state.js';
import { type NestTiming, type PlannedProcess, planSteps } from './steps.js';

export type { Deadlock } from './deadlock.js';
export type { OnWait } from './engine.js';
export type { MemoryDriver, PortDriver, PortModel } from './ports.js';
export type { Wait } from './state.js';
export type { NestTiming } from './steps.js';

/** What the timed simulation knows beside the network. */
export interface SimulateOptions {
  /** For every nest; without, every iteration does all in one cycle at the nest's interval. */
  readonly timings?: readonly NestTiming[];
  /** By the depth of a FIFO: cycles from the one in which a word is written to the first in which it can be read; 1 when absent. */
  readonly fifoLatencyCycles?: (depth: number) => number;
  /** FIFO depths: those of the channels, none at all, or some given by name (the rest as the channels say). */
  readonly depths?: 'channels' | 'unbounded' | Readonly<Record<string, number>>;
  /** Memory models by port name; a port left out never keeps its process waiting. */
  readonly ports?: Readonly<Record<string, PortModel>>;
  /** In place of `ports`: a memory that all ports share. One for each run. */
  readonly memory?: MemoryDriver;
  /** Give up after this many cycles (10^9). */
  readonly cycleLimit?: number;
  /** Told of every wait, for pictures of a run. */
  readonly onWait?: OnWait;
}

/** What a process did with its cycles. */
export interface ProcessReport {
  readonly process: string;
  /** Cycles in which it issued an iteration, worked one out, or had no more to issue. */
  readonly busyCycles: number;
  /** Cycles it waited for a word, for room, for memory. */
  readonly starvedCycles: number;
  readonly blockedCycles: number;
  readonly memoryCycles: number;
  /** The cycle after its last; writes to memory acknowledged. */
  readonly endCycle: number;
}

/** How full a channel was. */
export interface ChannelReport {
  readonly channel: string;
  /** Words; Infinity for unbounded. */
  readonly depth: number;
  /** The depth with which no write would have waited in this run. */
  readonly highestFill: number;
  readonly fullCycles: number;
  readonly emptyCycles: number;
}

/** What a timed simulation found. */
export interface SimulationReport {
  readonly outcome: 'done' | 'deadlock' | 'limit';
  readonly cycles: number;
  /** For each call the cycle in which all processes have ended it. */
  readonly ends: readonly number[];
  readonly processes: readonly ProcessReport[];
  readonly channels: readonly ChannelReport[];
  readonly deadlock: Deadlock | null;
}

/** Simulates one call. Throws KernelError for scalars, timings or names that do not fit the network; a deadlock is reported, not thrown. */
export function simulate(
  network: Network,
  scalars: Readonly<Record<string, number | bigint>>,
  options: SimulateOptions = {},
): SimulationReport {
  const plan = planSteps(network, checkedScalars(network, scalars), options.timings);
  return simulatePlanned(network, plan, options);
}

/**
 * Simulates calls that follow each other and overlap: a process begins the next one when its own part of the one before has ended. Calls
 * of the same scalars may be the same object.
 */
export function simulateCalls(
  network: Network,
  calls: readonly Readonly<Record<string, number | bigint>>[],
  options: SimulateOptions = {},
): SimulationReport {
  const plans = new Map(
    [...new Set(calls)].map((scalars) => [
      scalars,
      planSteps(network, checkedScalars(network, scalars), options.timings),
    ]),
  );
  return run(
    network,
    calls.map((scalars) => plans.get(scalars)!),
    options,
  );
}

/** The same for a call already planned: for many runs of one call. */
export function simulatePlanned(
  network: Network,
  plan: readonly PlannedProcess[],
  options: SimulateOptions = {},
): SimulationReport {
  return run(network, [plan], options);
}

function run(
  network: Network,
  calls: readonly (readonly PlannedProcess[])[],
  options: SimulateOptions,
): SimulationReport {
  const engine = makeEngine(network, calls, options);
  const outcome = engine.run(options.cycleLimit ?? 1e9);
  return report(network, engine, outcome);
}

/** The engine in its first cycle. */
export function makeEngine(
  network: Network,
  calls: readonly (readonly PlannedProcess[])[],
  { depths = 'channels', ports = {}, memory, onWait, fifoLatencyCycles = () => 1 }: SimulateOptions,
): Engine {
  const [plan] = calls;
  expectNames(network.ports, ports, 'port');
  if (typeof depths === 'object') expectNames(network.channels, depths, 'channel');
  const wordsOf = (channel: Channel) => {
    if (depths === 'unbounded') return Number.POSITIVE_INFINITY;
    const own = depthOf(network, channel);
    return depths === 'channels' ? own : (depths[channel.name] ?? own);
  };
  const end = (kind: 'read' | 'write', channel: number) =>
    plan.findIndex(({ nests }) =>
      nests.some((nest) => nest.accesses.some((a) => a.kind === kind && a.target === channel)),
    );
  const fifos = network.channels.map((channel, i): FifoState => {
    const depth = wordsOf(channel);
    return {
      depth,
      latencyCycles: fifoLatencyCycles(depth),
      fill: 0,
      arrivals: new Queue(),
      highest: 0,
      lastRead: -1,
      fullCycles: 0,
      emptyCycles: 0,
      writer: end('write', i),
      reader: end('read', i),
    };
  });
  const processes = plan.map(
    (process, index): ProcessState => ({
      index,
      plan: process,
      call: 0,
      between: null,
      nest: 0,
      uses: [],
      iteration: 0,
      wait: null,
      since: 0,
      done: false,
      finishedAt: 0,
      busy: 0,
      starved: 0,
      blocked: 0,
      memory: 0,
      portWords: 0,
    }),
  );
  const follows = new Map(followingPorts(network).map(({ port, after }) => [port, after]));
  const states = network.ports.map((port): PortState => {
    const after = follows.get(port);
    return new PortState(
      ports[port.name] ?? idealPort,
      after && (() => states[network.ports.indexOf(after)]),
    );
  });
  const drivers = network.ports.map(({ name }, i) => memory?.port(name) ?? states[i]);
  return new Engine(calls, processes, fifos, drivers, memory && ((cycle) => memory.settle(cycle)), onWait);
}

export function report(
  network: Network,
  engine: Engine,
  outcome: SimulationReport['outcome'],
): SimulationReport {
  return {
    outcome,
    cycles: engine.cycle,
    ends: engine.ends,
    processes: engine.processes.map((process) => ({
      process: process.plan.name,
      busyCycles: process.busy,
      starvedCycles: process.starved,
      blockedCycles: process.blocked,
      memoryCycles: process.memory,
      endCycle: process.done ? process.finishedAt : engine.cycle,
    })),
    channels: engine.fifos.map((fifo, i) => ({
      channel: network.channels[i].name,
      depth: fifo.depth,
      highestFill: fifo.highest,
      fullCycles: fifo.fullCycles,
      emptyCycles: fifo.emptyCycles,
    })),
    deadlock: outcome === 'deadlock' ? explainDeadlock(network, engine) : null,
  };
}

function expectNames(known: readonly { readonly name: string }[], given: object, what: string): void {
  for (const name of Object.keys(given))
    if (!known.some((item) => item.name === name)) throw new KernelError(`simulate: no ${what} ${name}`);
}
