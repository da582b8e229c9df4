/**
 * The board's memory behind the ports: one flat address space whose 4 KiB pages alternate between the channels (docs/memory.md). Bursts of a port
 * are answered in the order in which they were asked for. The testbench has the same in C++ (testbench/cosim/board_memory.hpp).
 */
import { type ChannelClient, type ChannelRequest, Ddr3Channel } from './ddr3-channel.js';
import type { MemoryTiming } from './memory-timing.js';

export const PAGE_BYTES = 4096;

/** A burst of a port: within one page, and so in one channel. */
interface Burst extends ChannelRequest {
  readonly port: MemoryPort;
  readonly beats: number;
  /** Bytes of the first access before the first beat. */
  readonly skipped: number;
  /** The kernel cycle from which on the channel can see it. */
  readonly ready: number;
  /** Accesses done, and beats that the port was told of. */
  done: number;
  served: number;
}

/** What a port asks for and gets. */
export class MemoryPort {
  /** Beats that were read or stored since the port looked last; the port takes them off. */
  served = 0;
  /** By channel: bursts that wait for it. All bursts whose beats are not all served, in order. */
  readonly waiting: Burst[][];
  readonly bursts: Burst[] = [];

  constructor(
    readonly beatBytes: number,
    readonly isRead: boolean,
    channels: number,
  ) {
    this.waiting = Array.from({ length: channels }, () => []);
  }
}

export interface PagedMemoryOptions {
  /** So many times slower: a whole number. */
  readonly slow?: number;
  /** Told of every burst of eight that a channel moved, and when, in cycles of the kernel. */
  readonly onMoved?: ((channel: number, from: number, to: number) => void) | undefined;
}

/** Cycles are those of the kernel, from 0. */
export class PagedMemory {
  private readonly ports: MemoryPort[] = [];
  private readonly seats: Seat[];
  /** The last cycle that has been worked through. */
  private last = -1;
  /** The controllers' next cycle, and how long after the present cycle of the kernel it comes. */
  private memoryCycle = 0;
  private due: number;
  private readonly memoryTicks: number;

  constructor(
    private readonly timing: MemoryTiming,
    { slow = 1, onMoved }: PagedMemoryOptions = {},
  ) {
    this.memoryTicks = timing.memoryTicks * slow;
    this.due = timing.kernelTicks;
    const length = this.memoryTicks / timing.kernelTicks;
    this.seats = Array.from({ length: timing.channels }, (_, i) => {
      const moved = onMoved && ((cycle: number) => onMoved(i, cycle * length, (cycle + 1) * length));
      return new Seat(i, timing, this.ports, moved ?? null);
    });
  }

  /** A port with words of so many bytes. */
  add(beatBytes: number, isRead: boolean): MemoryPort {
    const port = new MemoryPort(beatBytes, isRead, this.timing.channels);
    this.ports.push(port);
    return port;
  }

  /** A burst of `beats` words from byte `address` on, within a page. The memory sees it in cycle `ready`. */
  ask(port: MemoryPort, address: number, beats: number, ready: number): void {
    const { channels, accessBytes } = this.timing;
    const page = Math.floor(address / PAGE_BYTES);
    const channel = page % channels;
    const local = Math.floor(page / channels) * PAGE_BYTES + (address % PAGE_BYTES);
    const firstAccess = Math.floor(local / accessBytes);
    const end = local + beats * port.beatBytes;
    const burst: Burst = {
      port,
      isRead: port.isRead,
      firstAccess,
      accesses: Math.ceil(end / accessBytes) - firstAccess,
      beats,
      skipped: local % accessBytes,
      ready,
      done: 0,
      served: 0,
    };
    port.waiting[channel].push(burst);
    port.bursts.push(burst);
    this.seats[channel].comes(ready);
  }

  /** Works through all cycles up to `now`. */
  advance(now: number): void {
    const { kernelTicks } = this.timing;
    while (this.last < now) {
      this.last++;
      this.due -= kernelTicks;
      while (this.due <= 0) {
        for (const seat of this.seats) seat.step(this.memoryCycle, this.last);
        this.memoryCycle++;
        this.due += this.memoryTicks;
      }
    }
  }
}

/** A channel and the ports before it, which take turns by bursts. */
class Seat implements ChannelClient<Burst> {
  private readonly channel: Ddr3Channel<Burst>;
  private turn = 0;
  /** No port has a burst that can be seen before this cycle of the kernel. */
  private comesAt = Number.POSITIVE_INFINITY;
  private now = 0;

  constructor(
    private readonly index: number,
    private readonly timing: MemoryTiming,
    private readonly ports: readonly MemoryPort[],
    onMoved: ((cycle: number) => void) | null,
  ) {
    this.channel = new Ddr3Channel<Burst>(timing, this, onMoved);
  }

  comes(ready: number): void {
    if (ready < this.comesAt) this.comesAt = ready;
  }

  step(memoryCycle: number, now: number): void {
    if (memoryCycle < this.channel.wakeAt && !(this.comesAt <= now && this.channel.wants)) return;
    this.now = now;
    this.channel.step(memoryCycle);
  }

  next(): Burst | null {
    if (this.now < this.comesAt) return null;
    const { ports, index, now } = this;
    let soonest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < ports.length; i++) {
      const at = (this.turn + i) % ports.length;
      const queue = ports[at].waiting[index];
      if (queue.length === 0) continue;
      if (queue[0].ready <= now) {
        this.turn = at + 1;
        return queue.shift()!;
      }
      soonest = Math.min(soonest, queue[0].ready);
    }
    // Nobody waits: the first port is the first one again.
    if (soonest === Number.POSITIVE_INFINITY) this.turn = 0;
    this.comesAt = soonest;
    return null;
  }

  done(burst: Burst): void {
    burst.done++;
    const { port } = burst;
    if (port.bursts[0] !== burst) return;
    const { accessBytes } = this.timing;
    for (let first = port.bursts[0]; first; first = port.bursts[0]) {
      const bytes = first.done * accessBytes - first.skipped;
      const beats = Math.min(first.beats, Math.max(0, Math.floor(bytes / port.beatBytes)));
      port.served += beats - first.served;
      first.served = beats;
      if (beats < first.beats) return;
      port.bursts.shift();
    }
  }
}
