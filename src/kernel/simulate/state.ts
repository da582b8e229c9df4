/** What the timed simulation keeps of FIFOs and processes while it runs. */
import type { PortDriver } from './ports.js';
import type { Queue } from './queue.js';
import type { PlannedProcess } from './steps.js';

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
  /** Of this nest. */
  uses: UsesByMask;
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

/** An access of an iteration, with what it needs at hand. */
export type Use = FifoUse<'read'> | FifoUse<'write'> | PortUse;

interface FifoUse<Kind> {
  readonly kind: Kind;
  readonly fifo: FifoState;
  /** Cycles from the issue to the word. */
  readonly delay: number;
  /** What its process waits for where it cannot be made. */
  readonly wait: Wait;
  /** The process at the other end, and the wait of it that may be over then. */
  readonly other: ProcessState;
  readonly ends: Wait;
}

export interface PortUse {
  readonly kind: 'portRead' | 'portWrite';
  readonly port: PortDriver;
  readonly wait: Wait;
}

/** Of a nest: what its iterations use, by their mask, as far as there were any. */
export type UsesByMask = (readonly Use[])[];
