/**
 * The board's memory cycle by cycle, for the timed simulation: an AXI master at every port, DDR3 channels that several ports share. It is the
 * plan's own account of what co-simulation measures, and says how long a call takes to within its few approximations: latencies without
 * their random part, and bursts as if every pass began at a 4 KiB border.
 */
import type { Network } from '../../kernel/ir.js';
import type { MemoryDriver, PortDriver } from '../../kernel/simulate/simulate.js';
import { totalBits } from '../../kernel/type.js';
import { channelBytesPerCycle, type Device } from './device.js';
import { outstandingWords, portChannels } from './memory-model.js';

/** Beats that one request for memory joins when they are written one after the other, and that a port may have unstored. */
const WRITE_RUN = 64;
const MOST_UNSTORED = 128;
const PAGE_BYTES = 4096;
const MOST_BEATS = 256;
/** From a nest's first cycle to its first burst at the memory: the request, two steps of its cut, the offer, the look for room, the address register. */
const REQUEST_CYCLES = 6;
/** From a burst to the next one of the same pass. */
const BURST_CYCLES = 3;

export interface BoardOptions {
  /** A memory that answers at once: what is left is the AXI masters' own time. */
  readonly ideal?: boolean;
  readonly efficiency?: number;
  readonly latencyCycles?: number;
  /** Random cycles more in a latency, at most; half of them are counted. */
  readonly jitterCycles?: number;
  /** So many times slower. */
  readonly slow?: number;
  /** Told of every word that a channel served, and when: for pictures of a run. */
  readonly onServed?: (channel: number, from: number, to: number) => void;
}

/** The memory of `network` on `device`, for one call. */
export function boardMemory(network: Network, device: Device, options: BoardOptions = {}): MemoryDriver {
  return new Board(network, device, options);
}

class Board implements MemoryDriver {
  private readonly ports = new Map<string, BoardPort>();
  private readonly channels: Channel[];
  /** The last cycle that has been worked through. */
  private last = -1;

  constructor(network: Network, device: Device, options: BoardOptions) {
    const { channels, efficiency, latencyCycles } = device.memory;
    const cost = (options.slow ?? 1) / (channelBytesPerCycle(device) * (options.efficiency ?? efficiency));
    const latency = (options.latencyCycles ?? latencyCycles) + (options.jitterCycles ?? 0) / 2;
    this.channels = Array.from(
      { length: channels },
      (_, i) => new Channel(cost, (from, to) => options.onServed?.(i, from, to)),
    );
    const channelOf = portChannels(network.ports, channels);
    const buffer = outstandingWords(latencyCycles);
    for (const { name, type, direction } of network.ports) {
      const bytes = totalBits(type) / 8;
      const own = { board: this, bytes, buffer, ideal: options.ideal ?? false, latency };
      const port = direction === 'read' ? new ReadPort(own) : new WritePort(own);
      this.ports.set(name, port);
      this.channels[channelOf.get(name)!].ports.push(port);
    }
  }

  port(name: string): PortDriver {
    return this.ports.get(name)!;
  }

  settle(cycle: number): number {
    let end = cycle;
    for (const port of this.ports.values())
      while (!port.idle) {
        this.advance(Math.max(this.last + 1, end));
        end = Math.max(end, this.last + 1);
      }
    return end;
  }

  /** Works through all cycles up to `cycle`. */
  advance(cycle: number): void {
    while (this.last < cycle) {
      this.last++;
      for (const channel of this.channels) channel.serve(this.last);
      for (const port of this.ports.values()) port.tick(this.last);
    }
  }
}

interface BoardPortOptions {
  readonly board: Board;
  readonly bytes: number;
  readonly buffer: number;
  readonly ideal: boolean;
  readonly latency: number;
}

/** Bursts still to be asked for, and requests that wait for a channel. */
abstract class BoardPort implements PortDriver {
  readonly drained = 0;
  /** Requests at the memory: when it can serve them, and their beats. */
  readonly queue: { ready: number; beats: number }[] = [];
  served = 0;
  private passes = 0;
  private words = 0;
  private left = 0;
  private offeredFrom = Number.POSITIVE_INFINITY;
  private readonly most: number;

  constructor(protected readonly own: BoardPortOptions) {
    this.most = Math.min(PAGE_BYTES / own.bytes, MOST_BEATS, Math.floor(own.buffer / 2));
  }

  get bytes(): number {
    return this.own.bytes;
  }
  abstract readonly writes: boolean;
  abstract get idle(): boolean;
  abstract tick(cycle: number): void;

  start(cycle: number, passes: number, words: number): void {
    this.own.board.advance(cycle - 1);
    this.passes = passes;
    this.words = words;
    this.nextPass(cycle + REQUEST_CYCLES);
  }
  readable(_startsBurst: boolean, _now: number): number {
    throw new RangeError('a port that is written cannot be read');
  }
  writable(_now: number): number {
    throw new RangeError('a port that is read cannot be written');
  }
  read(_now: number): void {}
  write(_now: number, _startsBurst: boolean): void {}

  protected get asking(): boolean {
    return this.left > 0;
  }
  /** Beats of the burst that is offered in a cycle, 0 for none. */
  protected offered(cycle: number): number {
    return cycle >= this.offeredFrom ? Math.min(this.left, this.most) : 0;
  }
  protected taken(beats: number, cycle: number): void {
    this.left -= beats;
    if (this.left > 0) this.offeredFrom = cycle + BURST_CYCLES;
    else this.nextPass(cycle + REQUEST_CYCLES);
  }
  private nextPass(cycle: number): void {
    this.left = this.passes > 0 ? this.words : 0;
    this.passes--;
    this.offeredFrom = this.left > 0 ? cycle : Number.POSITIVE_INFINITY;
  }
}

class ReadPort extends BoardPort {
  readonly writes = false;
  private credit = this.own.buffer;
  /** Room is looked for a cycle ahead. */
  private creditBefore = this.credit;
  private arrived = 0;

  get idle(): boolean {
    return true;
  }
  tick(cycle: number): void {
    const beats = this.offered(cycle);
    const isRoom = beats > 0 && beats <= this.creditBefore;
    this.creditBefore = this.credit;
    if (isRoom) {
      this.credit -= beats;
      this.creditBefore -= beats;
      if (this.own.ideal) this.served += beats;
      else this.queue.push({ ready: cycle + this.own.latency, beats });
      this.taken(beats, cycle);
      if (this.own.ideal) return;
    }
    if (this.served > 0) {
      this.served--;
      this.arrived++;
    }
  }
  override readable(_startsBurst: boolean, now: number): number {
    this.own.board.advance(now - 1);
    return this.arrived > 0 ? now : now + 1;
  }
  override read(): void {
    this.arrived--;
    this.credit++;
  }
}

class WritePort extends BoardPort {
  readonly writes = true;
  /** Words in the buffer; of those, words of no announced burst; words that came in the present cycle count from the next one on. */
  private stored = 0;
  private unannounced = 0;
  /** That all words of a burst are there is looked at a cycle ahead. */
  private unannouncedBefore = 0;
  /** Words of announced bursts still to be sent, and to be stored in memory. */
  private readonly sending: number[] = [];
  private readonly unstored: number[] = [];
  private unstoredBeats = 0;
  /** When bursts are acknowledged. */
  private readonly answers: number[] = [];

  get idle(): boolean {
    return !this.asking && this.stored === 0 && this.unstored.length === 0 && this.answers.length === 0;
  }
  tick(cycle: number): void {
    for (; this.served > 0; this.served--) {
      this.unstoredBeats--;
      if (--this.unstored[0] === 0) {
        this.unstored.shift();
        this.answers.push(cycle + (this.own.ideal ? 0 : this.own.latency));
      }
    }
    while (this.answers.length > 0 && this.answers[0] <= cycle) this.answers.shift();
    if (this.sending.length > 0 && this.stored > 0 && this.unstoredBeats < MOST_UNSTORED) {
      this.stored--;
      this.unstoredBeats++;
      if (this.own.ideal) this.served++;
      else this.queue.push({ ready: cycle + 1, beats: 1 });
      if (--this.sending[0] === 0) this.sending.shift();
    }
    const beats = this.offered(cycle);
    const isComplete = beats > 0 && beats <= this.unannouncedBefore;
    this.unannouncedBefore = this.unannounced;
    if (isComplete) {
      this.unannounced -= beats;
      this.unannouncedBefore -= beats;
      this.sending.push(beats);
      this.unstored.push(beats);
      this.taken(beats, cycle);
    }
  }
  override writable(now: number): number {
    this.own.board.advance(now - 1);
    return this.stored < this.own.buffer ? now : now + 1;
  }
  override write(now: number): void {
    this.own.board.advance(now);
    this.stored++;
    this.unannounced++;
  }
}

/** One DDR3 channel: a request at a time, the ports taking turns. */
class Channel {
  readonly ports: BoardPort[] = [];
  private turn = 0;
  private current: BoardPort | null = null;
  private free = 0;
  private run = 0;

  constructor(
    private readonly cyclesPerByte: number,
    private readonly onServed: (from: number, to: number) => void,
  ) {}

  /** Serves what can be had by `cycle`. */
  serve(cycle: number): void {
    for (;;) {
      this.current ??= this.choose(cycle);
      if (!this.current) return;
      const { queue, bytes, writes } = this.current;
      const request = queue[0];
      const cycles = bytes * this.cyclesPerByte;
      const at = Math.max(this.free + cycles, request.ready);
      if (at > cycle) return;
      this.onServed(at - cycles, at);
      this.free = at;
      this.current.served++;
      if (--request.beats > 0) continue;
      queue.shift();
      const more = writes && ++this.run < WRITE_RUN && queue.length > 0 && queue[0].ready <= cycle;
      if (more) continue;
      this.current = null;
      this.run = 0;
    }
  }

  private choose(cycle: number): BoardPort | null {
    for (let i = 0; i < this.ports.length; i++) {
      const at = (this.turn + i) % this.ports.length;
      const port = this.ports[at];
      if (port.queue.length === 0 || port.queue[0].ready > cycle) continue;
      this.turn = at + 1;
      return port;
    }
    return null;
  }
}
