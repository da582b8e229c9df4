/**
 * A deterministic model of external memory at one port, in words of the port. Reads: the mover asks for words in order, at most
 * `outstandingWords` ahead of those it has taken; a word arrives `latencyCycles` after it was asked for, and not before the one before it by
 * `cyclesPerWord`. Writes: up to `outstandingWords` wait to be stored at the same rate. Pauses come every so many words, as refresh does.
 */
import type { BurstAddresses } from './control-slice.js';

export interface PortModel {
  /** 1 for a word a cycle; more for a narrower or shared memory; need not be whole. */
  readonly cyclesPerWord: number;
  readonly latencyCycles: number;
  readonly outstandingWords: number;
  /** Extra cycles at the start of each burst. */
  readonly burstCycles?: number;
  readonly pause?: { readonly everyWords: number; readonly cycles: number };
}

/** What the engine asks of the memory at a port. Cycles never go back; `now` is the cycle in which the process looks. */
export interface PortDriver {
  /** The process at the port takes the scalars of a call, counted from 0. Not for the first one. */
  take(call: number): void;
  /** The first cycle in which everything written may be acknowledged: `now` where it is, or where nothing is written. */
  settled(now: number): number;
  /** A nest begins in `cycle` that will read or write so many passes of so many words each; `addresses` says at which word each begins. */
  start(cycle: number, passes: number, words: number, addresses: BurstAddresses): void;
  /** The first cycle in which the next word may be there: `now` where it is. */
  readable(startsBurst: boolean, now: number): number;
  read(now: number): void;
  /** The first cycle in which another word may be taken: `now` or earlier where it can. */
  writable(now: number): number;
  write(now: number, startsBurst: boolean): void;
  /** When everything written so far is acknowledged, where that is known. */
  readonly drained: number;
}

/** The memory of a whole network. */
export interface MemoryDriver {
  port(name: string): PortDriver;
  /** After the last process: the cycle in which everything written is acknowledged. */
  settle(cycle: number): number;
}

/** A memory that never keeps a process waiting. */
export const idealPort: PortModel = { cyclesPerWord: 0, latencyCycles: 0, outstandingWords: 1 };

export class PortState implements PortDriver {
  private words = 0;
  /** When the word before arrived (reads) or was stored (writes). */
  private last = Number.NEGATIVE_INFINITY;
  private started = 0;
  /** Reads: when the last `outstandingWords` were taken. Writes: when they were stored. */
  private readonly ring: Float64Array;
  /** Arrival of the next word to read, NaN until asked for. */
  private next = Number.NaN;

  /** The call that its process is at. */
  private call = 0;

  /** `after`: the port whose writes of the call before this one reads: it waits until that call has ended there. */
  constructor(
    private readonly model: PortModel,
    private readonly after?: () => PortState,
  ) {
    this.ring = new Float64Array(model.outstandingWords);
  }

  take(call: number): void {
    this.call = call;
  }

  settled(now: number): number {
    return Math.max(now, Math.ceil(this.drained));
  }

  /** The first request goes out now: a nest of the process starts. */
  start(cycle: number): void {
    this.started = cycle;
    this.next = Number.NaN;
  }

  /** The first cycle in which the next word can be read. */
  readable(startsBurst: boolean, now: number): number {
    if (this.after && this.after().call < this.call) {
      this.started = now + 1;
      return now + 1;
    }
    if (Number.isNaN(this.next)) {
      const { latencyCycles, outstandingWords } = this.model;
      const room = this.words < outstandingWords ? 0 : this.ring[this.words % outstandingWords] + 1;
      this.next = Math.max(this.last + this.gap(startsBurst), Math.max(room, this.started) + latencyCycles);
    }
    return this.next;
  }

  read(cycle: number): void {
    this.last = this.next;
    this.ring[this.words++ % this.ring.length] = cycle;
    this.next = Number.NaN;
  }

  /** The first cycle in which another word can be written. */
  writable(): number {
    return this.words < this.ring.length ? 0 : this.ring[this.words % this.ring.length];
  }

  write(cycle: number, startsBurst: boolean): void {
    this.last = Math.max(this.last + this.gap(startsBurst), cycle + 1);
    this.ring[this.words++ % this.ring.length] = this.last;
  }

  /** When everything written is acknowledged. */
  get drained(): number {
    return this.words === 0 ? 0 : this.last + this.model.latencyCycles;
  }

  private gap(startsBurst: boolean): number {
    const { cyclesPerWord, burstCycles = 0, pause } = this.model;
    const paused = pause && this.words > 0 && this.words % pause.everyWords === 0 ? pause.cycles : 0;
    return cyclesPerWord + (startsBurst ? burstCycles : 0) + paused;
  }
}
