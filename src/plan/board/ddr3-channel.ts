/**
 * One DDR3 channel and its controller (docs/memory.md): four bank machines that each hold a burst of eight, rows that stay open as long as a waiting burst
 * hits them, refresh first. The testbench has the same in C++ (testbench/cosim/ddr3.hpp); a property test holds the two equal.
 */
import type { MemoryTiming } from './memory-timing.js';

const BANK_MACHINES = 4;
/** Bursts that may overtake the oldest one before it has its turn (STARVE_LIMIT, 2 in the controllers that MIG writes, times the bank machines). */
const MOST_OVERTAKEN = 8;
const FOUR = 4;

/** A request of a port to a channel: bursts of eight that follow each other. */
export interface ChannelRequest {
  readonly isRead: boolean;
  /** Number of the first one in its channel. */
  readonly firstAccess: number;
  readonly accesses: number;
}

/** Gives the channel its requests, and is told when they are done. */
export interface ChannelClient<R extends ChannelRequest> {
  /** The next request in turn that has come, or null. */
  next(): R | null;
  /** One more burst of eight of a request has its data at the controller, or is written. Reads are told in the order in which they came. */
  done(request: R): void;
}

interface Access<R> {
  request: R;
  /** Row and bank in one number: the bank is what is left over the banks. */
  row: number;
  bank: number;
  isRead: boolean;
  /** When its data is there; Infinity until it is read. */
  doneAt: number;
}

/** `cycle` is one of the controller throughout, from 0. */
export class Ddr3Channel<R extends ChannelRequest> {
  /** Bank machines, oldest burst first. */
  private readonly machines: Access<R>[] = [];
  /** Reads whose data has not gone back, oldest first. */
  private readonly returns: Access<R>[] = [];
  private readonly spare: Access<R>[] = [];
  private current: R | null = null;
  private taken = 0;
  private overtaken = 0;
  /** By bank: the open row or -1, and the first cycle for a column command, a precharge, an activate. */
  private readonly openRow: number[];
  private readonly columnAt: number[];
  private readonly prechargeAt: number[];
  private readonly activateAt: number[];
  /** The same for any bank. */
  private readAt = 0;
  private writeAt = 0;
  private anyActivateAt = 0;
  /** When the last four activates were, in turn. */
  private readonly activates: number[] = Array(FOUR).fill(Number.NEGATIVE_INFINITY);
  private activated = 0;
  private refreshAt: number;
  private readonly accessesOfRow: number;
  /** Nothing happens before this cycle unless a request comes. */
  wakeAt = 0;

  constructor(
    private readonly timing: MemoryTiming,
    private readonly client: ChannelClient<R>,
    /** Told of every cycle whose burst moves data. */
    private readonly onMoved: ((cycle: number) => void) | null = null,
  ) {
    const ofBanks = (value: number) => Array<number>(timing.banks).fill(value);
    this.openRow = ofBanks(-1);
    this.columnAt = ofBanks(0);
    this.prechargeAt = ofBanks(0);
    this.activateAt = ofBanks(0);
    this.refreshAt = Math.floor(timing.tREFI / 2);
    this.accessesOfRow = timing.rowBytes / timing.accessBytes;
  }

  /** One cycle of the controller. Cycles may be left out before `wakeAt` while no request comes. */
  step(cycle: number): void {
    while (cycle >= this.refreshAt) this.refresh(this.refreshAt);
    let moved = this.giveBack(cycle);
    moved = this.take() || moved;
    moved = this.column(cycle) || moved;
    moved = this.activate(cycle) || moved;
    this.wakeAt = moved ? cycle + 1 : this.nextEvent(cycle);
  }

  /** Whether it can take a request. */
  get wants(): boolean {
    return this.current === null && this.machines.length < BANK_MACHINES;
  }

  /** All rows are closed, then all banks are refreshed. */
  private refresh(due: number): void {
    const { tRP, tRFC, tREFI, banks } = this.timing;
    let start = due;
    for (let bank = 0; bank < banks; bank++) {
      const isOpen = this.openRow[bank] >= 0;
      const closed = isOpen ? Math.max(due, this.prechargeAt[bank]) + tRP : this.closedAt(bank);
      if (closed > start) start = closed;
    }
    for (let bank = 0; bank < banks; bank++) {
      this.openRow[bank] = -1;
      this.activateAt[bank] = start + tRFC;
    }
    this.refreshAt += tREFI;
  }
  /** When a bank without an open row has been precharged. */
  private closedAt(bank: number): number {
    return this.prechargeAt[bank] + this.timing.tRP;
  }

  private giveBack(cycle: number): boolean {
    const { returns } = this;
    let moved = false;
    while (returns.length > 0 && returns[0].doneAt <= cycle) {
      const access = returns.shift()!;
      this.client.done(access.request);
      this.spare.push(access);
      moved = true;
    }
    return moved;
  }

  /** A burst of the present request to a free bank machine. */
  private take(): boolean {
    if (this.machines.length === BANK_MACHINES) return false;
    this.current ??= this.client.next();
    const request = this.current;
    if (!request) return false;
    const row = Math.floor((request.firstAccess + this.taken) / this.accessesOfRow);
    const access = this.spare.pop() ?? { request, row, bank: 0, isRead: true, doneAt: 0 };
    access.request = request;
    access.row = row;
    access.bank = row % this.timing.banks;
    access.isRead = request.isRead;
    access.doneAt = Number.POSITIVE_INFINITY;
    this.machines.push(access);
    if (access.isRead) this.returns.push(access);
    if (++this.taken === request.accesses) {
      this.current = null;
      this.taken = 0;
    }
    return true;
  }

  /** The oldest read or write that can be made: bursts of a bank keep their order, and so do writes. */
  private column(cycle: number): boolean {
    const { machines, timing } = this;
    const most = this.overtaken === MOST_OVERTAKEN ? Math.min(1, machines.length) : machines.length;
    for (let i = 0; i < most; i++) {
      const access = machines[i];
      const { bank, row, isRead } = access;
      if (this.openRow[bank] !== row || cycle < this.columnAt[bank]) continue;
      if (cycle < (isRead ? this.readAt : this.writeAt)) continue;
      if (this.mustFollow(i)) continue;
      for (let k = i + 1; k < machines.length; k++) machines[k - 1] = machines[k];
      machines.length--;
      this.overtaken = i === 0 ? 0 : this.overtaken + 1;
      if (isRead) {
        this.readAt = cycle + timing.tCCD;
        this.writeAt = Math.max(this.writeAt, cycle + timing.tRTW);
        this.prechargeAt[bank] = Math.max(this.prechargeAt[bank], cycle + timing.tRTP);
        access.doneAt = cycle + timing.readData;
      } else {
        this.writeAt = cycle + timing.tCCD;
        this.readAt = Math.max(this.readAt, cycle + timing.writeToRead);
        this.prechargeAt[bank] = Math.max(this.prechargeAt[bank], cycle + timing.writeToPrecharge);
        this.client.done(access.request);
        this.spare.push(access);
      }
      this.onMoved?.(cycle);
      this.closeUnlessHit(bank, row);
      return true;
    }
    return false;
  }

  /** Whether an older burst must come before that of machine `i`. */
  private mustFollow(i: number): boolean {
    const { bank, isRead } = this.machines[i];
    for (let k = 0; k < i; k++) {
      const older = this.machines[k];
      if (older.bank === bank || !(isRead || older.isRead)) return true;
    }
    return false;
  }

  /** A row stays open if the next burst of its bank hits it. */
  private closeUnlessHit(bank: number, row: number): void {
    for (const access of this.machines) {
      if (access.bank !== bank) continue;
      if (access.row === row) return;
      break;
    }
    this.openRow[bank] = -1;
    this.activateAt[bank] = Math.max(this.activateAt[bank], this.closedAt(bank));
  }

  /** The row of the oldest burst whose bank has none open. */
  private activate(cycle: number): boolean {
    const { machines, timing } = this;
    if (cycle < this.anyActivateAt || cycle < this.activates[this.activated] + timing.tFAW) return false;
    for (let i = 0; i < machines.length; i++) {
      const { bank, row } = machines[i];
      if (this.openRow[bank] >= 0 || cycle < this.activateAt[bank]) continue;
      this.openRow[bank] = row;
      this.columnAt[bank] = cycle + timing.tRCD;
      this.prechargeAt[bank] = cycle + timing.tRAS;
      this.activateAt[bank] = cycle + timing.tRC;
      this.anyActivateAt = cycle + timing.tRRD;
      this.activates[this.activated] = cycle;
      this.activated = (this.activated + 1) % FOUR;
      return true;
    }
    return false;
  }

  /** In a cycle in which nothing happened: the first one in which something can. */
  private nextEvent(cycle: number): number {
    let next = this.refreshAt;
    const at = (event: number) => {
      if (event > cycle && event < next) next = event;
    };
    if (this.returns.length > 0) at(this.returns[0].doneAt);
    const fourth = this.activates[this.activated] + this.timing.tFAW;
    for (const { bank, row, isRead } of this.machines) {
      if (this.openRow[bank] === row) at(Math.max(this.columnAt[bank], isRead ? this.readAt : this.writeAt));
      else if (this.openRow[bank] < 0) at(Math.max(this.activateAt[bank], this.anyActivateAt, fourth));
    }
    return next;
  }
}
