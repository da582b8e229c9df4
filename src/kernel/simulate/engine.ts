/**
 * The cycle engine of the timed simulation. In a cycle every process looks at the network as it was at the end of the cycle before and issues
 * its next iteration, or, where a word that it reads has not come or one that it writes has no place, waits. What is issued takes its words and
 * places at once; the words it writes come so many cycles later, and nothing holds them up. A process that waits for a FIFO
 * sleeps until the other end moves; where nothing moves, time jumps to the next word of a FIFO or a memory. Of calls that follow each other a
 * process begins the next one when its own part of the one before has ended and all others have begun that one.
 */

import type { PortDriver } from './ports.js';
import type { Queue } from './queue.js';
import { type PlannedNest, type PlannedProcess, unhinderedCycles } from './steps.js';

/** What a process waits for. */
export type Wait =
  | { readonly kind: 'empty' | 'full'; readonly channel: number }
  | { readonly kind: 'port'; readonly port: number };

export interface FifoState {
  /** Words it can hold; Infinity for unbounded. */
  readonly depth: number;
  /** From the cycle in which a word is written to the first in which it can be read. */
  readonly latencyCycles: number;
  /** Words inside and on their way. */
  fill: number;
  /** For each of them, oldest first, the first cycle in which it can be read. */
  readonly arrivals: Queue;
  /** Room it would have needed so far for no write to wait. */
  highest: number;
  lastRead: number;
  /** Cycles a writer, or a reader, waited for it. */
  fullCycles: number;
  emptyCycles: number;
  /** Processes at the ends, -1 at a boundary. */
  readonly writer: number;
  readonly reader: number;
}

export interface ProcessState {
  /** Its place in the order of flow. */
  readonly index: number;
  /** Of the call that it is at. */
  plan: PlannedProcess;
  call: number;
  /** What it does between two calls: waits for the memory to acknowledge, for the next call, for its prologue. */
  between: 'ending' | 'waiting' | 'settling' | null;
  nest: number;
  iteration: number;
  wait: Wait | null;
  /** The cycle it began to wait. */
  since: number;
  done: boolean;
  finishedAt: number;
  busy: number;
  starved: number;
  blocked: number;
  memory: number;
  /** Iterations at ports so far in this nest, for the starts of bursts. */
  portWords: number;
}

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

  /** For each process when it looks again: its next iteration may be issued, or what it waits for is on its way. Infinity: when another one moves. */
  private readonly wakes: Float64Array;

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
    this.wakes = new Float64Array(processes.length);
    this.takers = calls.map((_, call) => (call === 0 ? processes.length : 0));
    this.offers = calls.map((_, call) => (call < 2 ? call * OFFER_CYCLES : undefined));
    this.ends = calls.map(() => 0);
    for (const process of processes) this.enterNest(process, 0);
  }

  /** Runs until all processes have ended, none can move any more, or `limit` cycles are over. */
  run(limit: number): Outcome {
    const { processes, wakes } = this;
    while (this.left > 0) {
      if (this.cycle >= limit) return 'limit';
      const now = this.cycle;
      this.next = Number.POSITIVE_INFINITY;
      // From the last to the first in flow order: a reader moves before its writer, which must not see that in the same cycle.
      for (let i = processes.length - 1; i >= 0; i--) {
        if (wakes[i] <= now) {
          const process = processes[i];
          if (process.between) this.betweenCalls(process, now);
          if (!process.between && wakes[i] <= now) this.advance(process, now);
        }
        if (wakes[i] < this.next) this.next = wakes[i];
      }
      this.cycle = now + 1;
      if (this.left === 0) break;
      if (this.next === Number.POSITIVE_INFINITY) return 'deadlock';
      this.cycle = Math.max(this.cycle, Math.ceil(this.next));
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
      this.wakes[process.index] = settled;
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
    this.wakes[process.index] = this.offers[next] ?? Number.POSITIVE_INFINITY;
    if (this.wakes[process.index] > now) return;
    process.call = next;
    process.plan = this.calls[next][process.index];
    process.nest = 0;
    process.between = 'settling';
    this.wakes[process.index] = now + START_CYCLES;
    for (const port of portsOf(process.plan)) this.ports[port].take(next);
    if (++this.takers[next] === this.processes.length && next + 1 < this.calls.length)
      this.offer(next + 1, now + OFFER_CYCLES);
  }

  /** Offers a call; processes that wait for it look again. */
  private offer(call: number, cycle: number): void {
    this.offers[call] = cycle;
    for (const process of this.processes)
      if (process.between === 'waiting' && process.call === call - 1) this.wakes[process.index] = cycle;
    this.next = Math.min(this.next, cycle);
  }

  /** When the first of those seen in this cycle looks again. */
  private next = 0;

  private advance(process: ProcessState, now: number): void {
    const nest = process.plan.nests[process.nest];
    const mask = typeof nest.masks === 'number' ? nest.masks : nest.masks[process.iteration];
    if (mask !== 0) {
      const wait = this.obstacle(process, nest, mask, now);
      if (wait) {
        this.hold(process, wait, now);
        return;
      }
      if (process.wait) this.account(process, now);
      this.issue(process, nest, mask, now);
    } else if (process.wait) this.account(process, now);
    process.iteration++;
    if (process.iteration < nest.iterations) {
      this.wakes[process.index] = now + nest.interval;
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
        this.wakes[process.index] = cycle + END_CYCLES;
        return;
      }
      let end = cycle;
      for (const nest of nests)
        for (const { kind, target } of nest.accesses)
          if (kind === 'portWrite') end = Math.max(end, this.ports[target].drained);
      process.done = true;
      this.wakes[process.index] = Number.POSITIVE_INFINITY;
      process.finishedAt = Math.ceil(end);
      this.left--;
      return;
    }
    const { accesses, burst, iterations, addresses, leadCycles } = nests[process.nest];
    for (const { kind, target } of accesses)
      if (kind === 'portRead' || kind === 'portWrite')
        this.ports[target].start(cycle, iterations / burst, burst, addresses);
    this.wakes[process.index] = cycle + leadCycles;
  }

  /** The first access of the iteration that cannot be made now. */
  private obstacle(process: ProcessState, nest: PlannedNest, mask: number, now: number): Wait | null {
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const { kind, target } = nest.accesses[31 - Math.clz32(rest & -rest)];
      if (kind === 'read') {
        const fifo = this.fifos[target];
        if (fifo.writer >= 0 && !(fifo.arrivals.first <= now)) return { kind: 'empty', channel: target };
      } else if (kind === 'write') {
        const fifo = this.fifos[target];
        const fill = fifo.lastRead === now ? fifo.fill + 1 : fifo.fill;
        if (fill >= fifo.depth && fifo.reader >= 0) return { kind: 'full', channel: target };
      } else {
        const port = this.ports[target];
        const at =
          kind === 'portRead' ? port.readable(process.portWords % nest.burst === 0, now) : port.writable(now);
        if (at > now) return { kind: 'port', port: target };
      }
    }
    return null;
  }

  private issue(process: ProcessState, nest: PlannedNest, mask: number, now: number): void {
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const { kind, target, delay } = nest.accesses[31 - Math.clz32(rest & -rest)];
      if (kind === 'read') {
        const fifo = this.fifos[target];
        if (fifo.writer < 0) continue;
        fifo.fill--;
        fifo.arrivals.shift();
        fifo.lastRead = now;
        this.wake(fifo.writer, 'full', target, now + 1);
      } else if (kind === 'write') {
        const fifo = this.fifos[target];
        if (fifo.reader < 0) continue;
        const needed = (fifo.lastRead === now ? fifo.fill + 1 : fifo.fill) + 1;
        if (needed > fifo.highest) fifo.highest = needed;
        fifo.fill++;
        const comes = now + delay + fifo.latencyCycles;
        fifo.arrivals.push(comes);
        this.wake(fifo.reader, 'empty', target, comes);
      } else {
        const starts = process.portWords++ % nest.burst === 0;
        if (kind === 'portRead') this.ports[target].read(now);
        else this.ports[target].write(now, starts);
      }
    }
  }

  private hold(process: ProcessState, wait: Wait, now: number): void {
    const before = process.wait;
    if (before && (before.kind !== wait.kind || targetOf(before) !== targetOf(wait)))
      this.account(process, now);
    if (!process.wait) {
      process.wait = wait;
      process.since = now;
    }
    this.wakes[process.index] = Math.max(now + 1, this.endOf(wait, process, now));
  }

  /** The first cycle in which it is worth while to look again; Infinity where the other end of a FIFO has to move first. */
  private endOf(wait: Wait, process: ProcessState, now: number): number {
    if (wait.kind === 'port') {
      const { accesses, burst } = process.plan.nests[process.nest];
      const reads = accesses.some((a) => a.kind === 'portRead' && a.target === wait.port);
      const port = this.ports[wait.port];
      return reads ? port.readable(process.portWords % burst === 0, now) : port.writable(now);
    }
    const fifo = this.fifos[wait.channel];
    if (wait.kind === 'empty') return fifo.fill > 0 ? fifo.arrivals.first : Number.POSITIVE_INFINITY;
    // The reader has moved in this very cycle and will not wake us.
    return fifo.lastRead === now ? now + 1 : Number.POSITIVE_INFINITY;
  }

  /** Somebody has moved the channel: who waits for it looks again in the next cycle, or when the word is there. */
  private wake(index: number, kind: 'empty' | 'full', channel: number, cycle: number): void {
    const { wait } = this.processes[index];
    if (wait?.kind !== kind || wait.channel !== channel || this.wakes[index] <= cycle) return;
    this.wakes[index] = cycle;
    this.next = Math.min(this.next, cycle);
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

const targetOf = (wait: Wait) => (wait.kind === 'port' ? wait.port : wait.channel);
