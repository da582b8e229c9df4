/**
 * The cycle engine of the timed simulation. In a cycle every process looks at the network as it was at the end of the cycle before and moves
 * its whole pipeline by one step, or, where one access of the step cannot be made, holds it: so do enable chains with valid/ready FIFOs
 * whose full and empty flags are registered. A process that waits for a FIFO sleeps until the other end moves; where nothing
 * moves, time jumps to the next word of a memory.
 */

import type { PortDriver } from './ports.js';
import type { PlannedNest, PlannedProcess } from './steps.js';

/** What a process waits for. */
export type Wait =
  | { readonly kind: 'empty' | 'full'; readonly channel: number }
  | { readonly kind: 'port'; readonly port: number };

export interface FifoState {
  /** Words it can hold; Infinity for unbounded. */
  depth: number;
  fill: number;
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
  readonly plan: PlannedProcess;
  nest: number;
  step: number;
  wait: Wait | null;
  /** The cycle it began to wait. */
  since: number;
  asleep: boolean;
  /** When a sleeper that waits for a port wakes by itself. */
  wakeAt: number;
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

export class Engine {
  cycle = 0;
  private left: number;

  /** Processes from the last to the first in flow order: a reader moves before its writer, which must not see that in the same cycle. */
  private readonly order: readonly number[];

  constructor(
    readonly processes: readonly ProcessState[],
    readonly fifos: readonly FifoState[],
    readonly ports: readonly PortDriver[],
    /** When a memory that they share has done with what was written. */
    private readonly settle: (cycle: number) => number = (cycle) => cycle,
    private readonly onWait?: OnWait,
  ) {
    this.left = processes.length;
    this.order = processes.map((_, i) => processes.length - 1 - i);
    for (const process of processes) this.enterNest(process);
  }

  /** Runs until all processes have ended, none can move any more, or `limit` cycles are over. May be called again after a deadlock. */
  run(limit: number): Outcome {
    const { processes, order } = this;
    while (this.left > 0) {
      if (this.cycle >= limit) return 'limit';
      const now = this.cycle;
      let awake = 0;
      let next = Number.POSITIVE_INFINITY;
      for (let i = 0; i < order.length; i++) {
        const process = processes[order[i]];
        if (process.done) continue;
        if (process.asleep) {
          if (process.wakeAt > now) {
            if (process.wakeAt < next) next = process.wakeAt;
            continue;
          }
          process.asleep = false;
        }
        this.advance(process, now);
        if (!process.asleep) awake++;
        else if (process.wakeAt < next) next = process.wakeAt;
      }
      this.cycle = now + 1;
      if (this.left === 0 || awake > 0 || this.woken) {
        this.woken = false;
        continue;
      }
      if (next === Number.POSITIVE_INFINITY) return 'deadlock';
      this.cycle = Math.max(this.cycle, Math.ceil(next));
    }
    for (const process of processes) this.cycle = Math.max(this.cycle, process.finishedAt);
    this.cycle = this.settle(this.cycle);
    return 'done';
  }

  private woken = false;

  private advance(process: ProcessState, now: number): void {
    const nest = process.plan.nests[process.nest];
    const mask = typeof nest.masks === 'number' ? nest.masks : nest.masks[process.step];
    if (mask !== 0) {
      const wait = this.obstacle(process, nest, mask, now);
      if (wait) {
        this.hold(process, wait, now);
        return;
      }
      if (process.wait) this.account(process, now);
      this.move(process, nest, mask, now);
    } else if (process.wait) this.account(process, now);
    process.busy++;
    process.step++;
    if (process.step < nest.steps) return;
    process.nest++;
    this.cycleOfNest = now + 1;
    this.enterNest(process);
  }

  private cycleOfNest = 0;

  /** Goes on to the next nest that does anything, or ends the process. */
  private enterNest(process: ProcessState): void {
    const { nests } = process.plan;
    let end = this.cycleOfNest;
    while (process.nest < nests.length && nests[process.nest].steps === 0) process.nest++;
    for (const nest of nests)
      for (const { kind, target } of nest.accesses)
        if (kind === 'portWrite') end = Math.max(end, this.ports[target].drained);
    process.step = 0;
    process.portWords = 0;
    if (process.nest >= nests.length) {
      process.done = true;
      process.finishedAt = Math.ceil(end);
      this.left--;
      return;
    }
    const { accesses, burst, iterations } = nests[process.nest];
    for (const { kind, target } of accesses)
      if (kind === 'portRead' || kind === 'portWrite')
        this.ports[target].start(this.cycleOfNest, iterations / burst, burst);
  }

  /** The first access of the step that cannot be made now. */
  private obstacle(process: ProcessState, nest: PlannedNest, mask: number, now: number): Wait | null {
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const { kind, target } = nest.accesses[31 - Math.clz32(rest & -rest)];
      if (kind === 'read') {
        const fifo = this.fifos[target];
        if (fifo.fill === 0 && fifo.writer >= 0) return { kind: 'empty', channel: target };
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

  private move(process: ProcessState, nest: PlannedNest, mask: number, now: number): void {
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const { kind, target } = nest.accesses[31 - Math.clz32(rest & -rest)];
      if (kind === 'read') {
        const fifo = this.fifos[target];
        if (fifo.writer < 0) continue;
        fifo.fill--;
        fifo.lastRead = now;
        this.wake(fifo.writer, 'full', target);
      } else if (kind === 'write') {
        const fifo = this.fifos[target];
        if (fifo.reader < 0) continue;
        const needed = (fifo.lastRead === now ? fifo.fill + 1 : fifo.fill) + 1;
        if (needed > fifo.highest) fifo.highest = needed;
        fifo.fill++;
        this.wake(fifo.reader, 'empty', target);
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
    process.wakeAt = Number.POSITIVE_INFINITY;
    if (wait.kind === 'port') {
      const nest = process.plan.nests[process.nest];
      const reads = nest.accesses.some((a) => a.kind === 'portRead' && a.target === wait.port);
      const port = this.ports[wait.port];
      process.wakeAt = reads ? port.readable(process.portWords % nest.burst === 0, now) : port.writable(now);
    }
    // The reader has moved in this very cycle and will not wake us: look again in the next one.
    process.asleep = !(wait.kind === 'full' && this.fifos[wait.channel].lastRead === now);
  }

  private wake(index: number, kind: 'empty' | 'full', channel: number): void {
    const process = this.processes[index];
    const { wait } = process;
    if (!process.asleep || wait?.kind !== kind || wait.channel !== channel) return;
    process.asleep = false;
    this.woken = true;
  }

  /** Lets writers look again after depths were raised from outside. */
  wakeAll(): void {
    for (const process of this.processes) process.asleep = false;
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

const targetOf = (wait: Wait) => (wait.kind === 'port' ? wait.port : wait.channel);
