/** Ports of the board's memory cycle by cycle: the AXI master of each, as rtl/lib/axi_read_master.sv and axi_write_master.sv have it. */
import type { BurstAddresses } from '../../kernel/simulate/control-slice.js';
import type { PortDriver } from '../../kernel/simulate/simulate.js';
import { fifoLatencyCycles, WRITE_BURSTS } from '../../schedule/memory-choice.js';
import { type MemoryPort, PAGE_BYTES, type PagedMemory } from './paged-memory.js';

/** Bytes of announced bursts that a port may have unstored: two pages. */
const MOST_UNSTORED_BYTES = 2 * PAGE_BYTES;
const MOST_BEATS = 256;
/** From a nest's first cycle to its first burst at the memory: the request, two steps of its cut, the offer, the look for room, the address register. */
const REQUEST_CYCLES = 6;
/** From a burst to the next one of the same pass. */
const BURST_CYCLES = 3;

/** From an announcement to its length at the words' side: a FIFO of the master (rtl/lib/axi_write_master.sv). */
const LENGTH_CYCLES = fifoLatencyCycles(WRITE_BURSTS);

/** Words in a FIFO by their age: how many of them can be read. */
class Coming {
  /** A bit for each of the cycles before the present one: whether a word came in it. */
  private came = 0;

  constructor(private readonly latencyCycles: number) {}

  /** Once a cycle: whether a word came in the cycle before; says whether one can be read from this cycle on. */
  tick(comes: boolean): boolean {
    this.came = ((this.came << 1) | Number(comes)) & 0xffff;
    return ((this.came >> (this.latencyCycles - 1)) & 1) === 1;
  }
}

/** What a port is made of. */
export interface BoardPortOptions {
  /** Works through all cycles up to one, in all ports. */
  readonly board: { advance(cycle: number): void };
  readonly memory: PagedMemory;
  readonly client: MemoryPort;
  /** Byte address of word 0. */
  readonly base: number;
  readonly bytes: number;
  readonly buffer: number;
  readonly ideal: boolean;
  readonly latency: number;
  readonly gateCycles: number;
}

/** Bursts still to be asked for. */
export abstract class BoardPort implements PortDriver {
  readonly drained = 0;
  private passes = 0;
  private pass = 0;
  private words = 0;
  private addresses: BurstAddresses = 0;
  private left = 0;
  /** Byte address of the next burst. */
  protected address = 0;
  private offeredFrom = Number.POSITIVE_INFINITY;
  private readonly most: number;

  constructor(protected readonly own: BoardPortOptions) {
    this.most = Math.min(PAGE_BYTES / own.bytes, MOST_BEATS, Math.floor(own.buffer / 2));
  }

  /** The call that its process is at. */
  call = 0;

  abstract get idle(): boolean;
  abstract tick(cycle: number): void;

  take(call: number): void {
    this.call = call;
  }
  settled(now: number): number {
    this.own.board.advance(now - 1);
    return this.idle ? now : now + 1;
  }

  start(cycle: number, passes: number, words: number, addresses: BurstAddresses): void {
    this.own.board.advance(cycle - 1);
    this.passes = passes;
    this.pass = 0;
    this.words = words;
    this.addresses = addresses;
    this.nextPass(cycle + REQUEST_CYCLES + this.own.gateCycles);
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
  /** Beats of the burst that is offered in a cycle, 0 for none: never across a border of pages. */
  protected offered(cycle: number): number {
    if (cycle < this.offeredFrom) return 0;
    const toBorder = Math.floor((PAGE_BYTES - (this.address % PAGE_BYTES)) / this.own.bytes);
    return Math.min(this.left, this.most, toBorder);
  }
  protected taken(beats: number, cycle: number): void {
    this.left -= beats;
    this.address += beats * this.own.bytes;
    if (this.left > 0) this.offeredFrom = cycle + BURST_CYCLES + this.own.gateCycles;
    else this.nextPass(cycle + REQUEST_CYCLES + this.own.gateCycles);
  }
  private nextPass(cycle: number): void {
    this.left = this.pass < this.passes ? this.words : 0;
    if (this.left > 0) {
      const { addresses, pass } = this;
      const word = typeof addresses === 'number' ? addresses : addresses[pass];
      this.address = this.own.base + word * this.own.bytes;
    }
    this.pass++;
    this.offeredFrom = this.left > 0 ? cycle : Number.POSITIVE_INFINITY;
  }
}

/** Words from memory, asked for as far as the buffer has room. */
export class ReadPort extends BoardPort {
  /** `after`: the port whose writes of the call before it reads. */
  constructor(
    own: BoardPortOptions,
    private readonly after?: () => WritePort,
  ) {
    super(own);
  }
  private credit = this.own.buffer;
  /** Room is looked for a cycle ahead. */
  private creditBefore = this.credit;
  /** Words on their way through the buffer, and those that can be read in the next cycle. */
  private readonly coming = new Coming(fifoLatencyCycles(this.own.buffer));
  private arrived = 0;

  get idle(): boolean {
    return true;
  }
  tick(cycle: number): void {
    const beats = this.isHeld() ? 0 : this.offered(cycle);
    const isRoom = beats > 0 && beats <= this.creditBefore;
    this.creditBefore = this.credit;
    if (isRoom) {
      this.credit -= beats;
      this.creditBefore -= beats;
      const { ideal, memory, client, latency } = this.own;
      if (ideal) client.served += beats;
      else memory.ask(client, this.address, beats, cycle + latency);
      this.taken(beats, cycle);
    }
    const { client, ideal } = this.own;
    const comes = client.served > 0 && !(ideal && isRoom);
    if (comes) client.served--;
    if (this.coming.tick(comes)) this.arrived++;
  }
  /** Whether what it would ask for is still to be written (rtl/lib/read_after_write.sv). */
  private isHeld(): boolean {
    const after = this.after?.();
    return after !== undefined && after.call < this.call && this.address >= after.frontier;
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

/** Words to memory, a burst announced when all of it is in the buffer. */
export class WritePort extends BoardPort {
  /** Words in the buffer; of those, words of no announced burst; words that came in the present cycle count from the next one on. */
  private stored = 0;
  private unannounced = 0;
  /** Of the words in the buffer, those that can be sent; and whether one has come in the present cycle. */
  private readonly coming = new Coming(fifoLatencyCycles(this.own.buffer));
  private ready = 0;
  private isWritten = false;
  /** That all words of a burst are there is looked at a cycle ahead. */
  private unannouncedBefore = 0;
  /** Announced bursts that are still to be sent, with the words left and the first cycle; words of those that are still to be stored. */
  private readonly sending: {
    readonly address: number;
    readonly beats: number;
    readonly from: number;
    left: number;
  }[] = [];
  private readonly unstored: { readonly end: number; beats: number }[] = [];
  private unstoredBeats = 0;
  private readonly mostUnstored = MOST_UNSTORED_BYTES / this.own.bytes;
  /** When bursts are acknowledged. */
  private readonly answers: { readonly cycle: number; readonly end: number }[] = [];
  /** Address of the page before which everything of the call is acknowledged; 0 where nothing is. */
  frontier = 0;

  override take(call: number): void {
    super.take(call);
    this.frontier = 0;
  }

  get idle(): boolean {
    return !this.asking && this.stored === 0 && this.unstored.length === 0 && this.answers.length === 0;
  }
  tick(cycle: number): void {
    const { client, memory, ideal, latency } = this.own;
    for (; client.served > 0; client.served--) {
      this.unstoredBeats--;
      if (--this.unstored[0].beats === 0) {
        const { end } = this.unstored.shift()!;
        this.answers.push({ cycle: cycle + (ideal ? 0 : latency), end });
      }
    }
    while (this.answers.length > 0 && this.answers[0].cycle <= cycle) {
      const { end } = this.answers.shift()!;
      this.frontier = end - (end % PAGE_BYTES);
    }
    if (this.coming.tick(this.isWritten)) this.ready++;
    this.isWritten = false;
    const isKnown = this.sending.length > 0 && this.sending[0].from <= cycle;
    if (isKnown && this.ready > 0 && this.unstoredBeats < this.mostUnstored) {
      this.stored--;
      this.ready--;
      this.unstoredBeats++;
      const burst = this.sending[0];
      // The memory sees a burst when all of it has come.
      if (--burst.left === 0) {
        if (ideal) client.served += burst.beats;
        else memory.ask(client, burst.address, burst.beats, cycle + 1);
        this.sending.shift();
      }
    }
    const beats = this.offered(cycle);
    const isComplete = beats > 0 && beats <= this.unannouncedBefore;
    this.unannouncedBefore = this.unannounced;
    if (isComplete) {
      this.unannounced -= beats;
      this.unannouncedBefore -= beats;
      this.sending.push({ address: this.address, beats, left: beats, from: cycle + LENGTH_CYCLES });
      this.unstored.push({ end: this.address + beats * this.own.bytes, beats });
      this.taken(beats, cycle);
    }
  }
  override writable(now: number): number {
    this.own.board.advance(now - 1);
    return this.stored < this.own.buffer ? now : now + 1;
  }
  override write(now: number): void {
    this.own.board.advance(now);
    this.isWritten = true;
    this.stored++;
    this.unannounced++;
  }
}
