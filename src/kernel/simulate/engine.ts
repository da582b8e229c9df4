/**
 * The cycle engine of the timed simulation. In a cycle every process looks at the network as it was at the end of the cycle before and issues
 * its next iteration, or, where a word that it reads has not come or one that it writes has no place, waits. What is issued takes its words and
 * places at once; the words it writes come so many cycles later, and nothing holds them up. A process that waits for a FIFO
 * sleeps until the other end moves; where nothing moves, time jumps to the next word of a FIFO or a memory. Of calls that follow each other a
 * process begins the next one when its own part of the one before has ended and all others have begun that one.
 */

import type { PortDriver } from './ports.js';
import type { FifoState, ProcessState, Use, Wait } from './state.js';
import { type PlannedNest, type PlannedProcess, unhinderedCycles } from './steps.js';
import { endOfWait, filled, firstObstacle, Uses } from './uses.js';
import { Wakes } from './wakes.js';

/** Told of a wait when it is over: it took the cycles from `from` to before `to`. In all other cycles up to its last a process is busy. */
export type OnWait = (process: string, wait: Wait, from: number, to: number) => void;

export type Outcome = 'done' | 'deadlock' | 'limit';

/** From the end of a call in a process to where it may take the next one. */
const END_CYCLES = 1;
/** From there to its first iteration: its scalars, its prologue, the start (rtl/lib/call_control.sv). */
const START_CYCLES = 7;
/** From the last process that takes a call to where the next one is offered: it comes from a buffer, word by word (rtl/templates/top.sv.ejs). */
const OFFER_CYCLES = 12;

export class Engine {
  cycle = 0;
  private left: number;

  private readonly uses: Uses;
  /** For each process when it looks again: its next iteration may be issued, or what it waits for is on its way. Infinity: when another one moves. */
  private readonly wakes: Wakes;

  /** For each call: processes that have taken it, where it is offered (undefined: not yet), and where all have ended it. */
  private readonly takers: number[];
  private readonly offers: (number | undefined)[];
  readonly ends: number[];

  constructor(
    /** For each call, in the order of the processes. */
    private readonly calls: readonly (readonly PlannedProcess[])[],
    readonly processes: readonly ProcessState[],
    readonly fifos: readonly FifoState[],
    readonly ports: readonly PortDriver[],
    /** When a memory that they share has done with what was written. */
    private readonly settle: (cycle: number) => number = (cycle) => cycle,
    private readonly onWait?: OnWait,
  ) {
    this.left = processes.length;
    this.uses = new Uses(processes, fifos, ports);
    this.wakes = new Wakes(processes.length);
    this.takers = calls.map((_, call) => (call === 0 ? processes.length : 0));
    this.offers = calls.map((_, call) => (call < 2 ? call * OFFER_CYCLES : undefined));
    this.ends = calls.map(() => 0);
    for (const process of processes) this.enterNest(process, 0);
  }

  /** Runs until all processes have ended, none can move any more, or `limit` cycles are over. */
  run(limit: number): Outcome {
    const { processes, wakes } = this;
    while (this.left > 0) {
      const now = wakes.next();
      if (now < 0) return 'deadlock';
      if (now >= limit) {
        this.cycle = now;
        return 'limit';
      }
      // From the last to the first in flow order: a reader moves before its writer, which must not see that in the same cycle.
      for (let i = wakes.take(); i >= 0; i = wakes.take()) {
        this.cycle = now + 1;
        const process = processes[i];
        if (process.between) this.betweenCalls(process, now);
        if (!process.between && wakes.of(i) <= now) this.advance(process, now);
      }
    }
    for (const process of processes) this.cycle = Math.max(this.cycle, process.finishedAt);
    this.cycle = this.settle(this.cycle);
    this.ends[this.ends.length - 1] = this.cycle;
    return 'done';
  }

  /** From the end of a call to the first iteration of the next one. */
  private betweenCalls(process: ProcessState, now: number): void {
    const ports = portsOf(process.plan);
    if (process.between === 'ending') {
      const settled = Math.max(now, ...ports.map((port) => this.ports[port].settled(now)));
      this.wakes.set(process.index, settled);
      if (settled > now) return;
      this.ends[process.call] = Math.max(this.ends[process.call], now);
      process.between = 'waiting';
    }
    if (process.between === 'settling') {
      process.between = null;
      this.enterNest(process, now);
      return;
    }
    const next = process.call + 1;
    const offered = this.offers[next] ?? Number.POSITIVE_INFINITY;
    this.wakes.set(process.index, offered);
    if (offered > now) return;
    process.call = next;
    process.plan = this.calls[next][process.index];
    process.nest = 0;
    process.between = 'settling';
    this.wakes.set(process.index, now + START_CYCLES);
    for (const port of portsOf(process.plan)) this.ports[port].take(next);
    if (++this.takers[next] === this.processes.length && next + 1 < this.calls.length)
      this.offer(next + 1, now + OFFER_CYCLES);
  }

  /** Offers a call; processes that wait for it look again. */
  private offer(call: number, cycle: number): void {
    this.offers[call] = cycle;
    for (const process of this.processes)
      if (process.between === 'waiting' && process.call === call - 1) this.wakes.set(process.index, cycle);
  }

  private advance(process: ProcessState, now: number): void {
    const nest = process.plan.nests[process.nest];
    const mask = typeof nest.masks === 'number' ? nest.masks : nest.masks[process.iteration];
    const uses = process.uses[mask] ?? this.uses.resolve(nest, mask);
    const obstacle = firstObstacle(process, nest, uses, now);
    if (obstacle) {
      this.hold(process, obstacle, now);
      return;
    }
    if (process.wait) this.account(process, now);
    this.issue(process, nest, uses, now);
    process.iteration++;
    if (process.iteration < nest.iterations) {
      this.wakes.set(process.index, now + nest.interval);
      return;
    }
    process.busy += unhinderedCycles(nest);
    process.nest++;
    this.enterNest(process, now + nest.tailCycles);
  }

  /** Goes on to the next nest that does anything, which begins in `cycle`, or ends the process. */
  private enterNest(process: ProcessState, cycle: number): void {
    const { nests } = process.plan;
    while (process.nest < nests.length && nests[process.nest].iterations === 0) process.nest++;
    process.iteration = 0;
    process.portWords = 0;
    if (process.nest >= nests.length) {
      if (process.call < this.calls.length - 1) {
        process.between = 'ending';
        this.wakes.set(process.index, cycle + END_CYCLES);
        return;
      }
      let end = cycle;
      for (const nest of nests)
        for (const { kind, target } of nest.accesses)
          if (kind === 'portWrite') end = Math.max(end, this.ports[target].drained);
      process.done = true;
      this.wakes.set(process.index, Number.POSITIVE_INFINITY);
      process.finishedAt = Math.ceil(end);
      this.left--;
      return;
    }
    const nest = nests[process.nest];
    const { accesses, burst, iterations, addresses, leadCycles } = nest;
    process.uses = this.uses.ofNest(nest);
    for (const { kind, target } of accesses)
      if (kind === 'portRead' || kind === 'portWrite')
        this.ports[target].start(cycle, iterations / burst, burst, addresses);
    this.wakes.set(process.index, cycle + leadCycles);
  }

  private issue(process: ProcessState, nest: PlannedNest, uses: readonly Use[], now: number): void {
    for (let i = 0; i < uses.length; i++) {
      const use = uses[i];
      if (use.kind === 'read') {
        const { fifo } = use;
        fifo.fill--;
        fifo.arrivals.shift();
        fifo.lastRead = now;
        if (use.other.wait === use.ends) this.wake(use.other, now + 1);
      } else if (use.kind === 'write') {
        const { fifo } = use;
        const needed = filled(fifo, now) + 1;
        if (needed > fifo.highest) fifo.highest = needed;
        fifo.fill++;
        const comes = now + use.delay + fifo.latencyCycles;
        fifo.arrivals.push(comes);
        if (use.other.wait === use.ends) this.wake(use.other, comes);
      } else {
        const starts = process.portWords++ % nest.burst === 0;
        if (use.kind === 'portRead') use.port.read(now);
        else use.port.write(now, starts);
      }
    }
  }

  private hold(process: ProcessState, use: Use, now: number): void {
    if (process.wait && process.wait !== use.wait) this.account(process, now);
    if (!process.wait) {
      process.wait = use.wait;
      process.since = now;
    }
    this.wakes.set(process.index, Math.max(now + 1, endOfWait(process, use, now)));
  }

  /** The other end of a FIFO has moved: who waits for it looks again in the next cycle, or when the word is there. */
  private wake({ index }: ProcessState, cycle: number): void {
    if (this.wakes.of(index) > cycle) this.wakes.set(index, cycle);
  }

  private account(process: ProcessState, now: number): void {
    const wait = process.wait!;
    const cycles = now - process.since;
    this.onWait?.(process.plan.name, wait, process.since, now);
    if (wait.kind === 'port') process.memory += cycles;
    else if (wait.kind === 'empty') {
      process.starved += cycles;
      this.fifos[wait.channel].emptyCycles += cycles;
    } else {
      process.blocked += cycles;
      this.fifos[wait.channel].fullCycles += cycles;
    }
    process.wait = null;
  }
}

/** Ports that a process uses. */
function portsOf({ nests }: PlannedProcess): number[] {
  return nests.flatMap(({ accesses }) =>
    accesses.flatMap(({ kind, target }) => (kind === 'portRead' || kind === 'portWrite' ? [target] : [])),
  );
}
