/**
 * The state of one call while it is interpreted: channel contents, memories, and the errors that generated code reports through it.
 * Every error is a KernelError that names process, nest, operation and iteration.
 */

import type { Channel, Nest, Node, Port, Process, Ram } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { type DataType, laneCount, type Range, rangeOf } from '../type.js';
import { type Lanes, storageFor } from './storage.js';

/** A place in the program that can fail. */
export interface Site {
  readonly process: Process;
  readonly nest: Nest | null;
  readonly node: Node;
}

/** Contents of a channel, all words from the first; lengths in lanes. */
export interface ChannelState {
  data: Lanes;
  length: number;
  read: number;
}

export interface Tables {
  readonly channels: readonly Channel[];
  readonly rams: readonly Ram[];
  readonly ports: readonly Port[];
  readonly sites: readonly Site[];
}

const FIRST_WORDS = 64;

export class CallState {
  readonly channels: ChannelState[];
  readonly rams: Lanes[] = [];

  /** `random`: gives 0 to 1; what is undefined is then filled with values of its type, and assumptions clamp instead of failing. */
  constructor(
    private readonly tables: Tables,
    readonly args: readonly (number | bigint)[],
    private readonly memories: readonly (Lanes | undefined)[],
    private readonly random: (() => number) | null,
  ) {
    this.channels = tables.channels.map((channel) => ({
      data: this.empty0(channel.type, FIRST_WORDS),
      length: 0,
      read: 0,
    }));
  }

  /** Called before and after each process, so that memories live no longer than it does. */
  enter(rams: readonly number[]): void {
    for (const m of rams)
      this.rams[m] = this.undefinedWords(this.tables.rams[m].type, this.tables.rams[m].depth);
  }
  leave(rams: readonly number[]): void {
    for (const m of rams) delete this.rams[m];
  }

  /** More room in a channel; returns its new data. */
  grow(channel: number, length: number): Lanes {
    const state = this.channels[channel];
    const words = (state.data.length / laneCount(this.tables.channels[channel].type.shape)) * 2;
    const data = this.empty0(this.tables.channels[channel].type, words);
    data.set(state.data.subarray(0, length) as never);
    state.data = data;
    return data;
  }

  /** What a read gives where its condition does not hold. */
  filler(channel: number): Lanes {
    return this.undefinedWords(this.tables.channels[channel].type, 1);
  }

  /** Iterations of the last write of each address, all 0. */
  stamps(ram: number): Float64Array {
    return new Float64Array(this.tables.rams[ram].depth);
  }

  memory(port: number): Lanes {
    const memory = this.memories[port];
    if (!memory) throw new KernelError(`port ${this.tables.ports[port].name}: no memory was given`);
    return memory;
  }

  empty(site: number, channel: number, at: readonly number[]): never {
    const { name, type } = this.tables.channels[channel];
    const words = this.channels[channel].length / laneCount(type.shape);
    throw this.error(site, at, `reads channel ${name} past its end (${words} words)`);
  }

  near(site: number, address: number, found: number, declared: number, at: readonly number[]): never {
    const { operation } = this.tables.sites[site].node;
    const ram = 'ram' in operation ? operation.ram.name : '';
    const rule = declared === 0 ? 'no distance is declared' : `the declared distance is ${declared}`;
    throw this.error(
      site,
      at,
      `reads ram ${ram} address ${address}, written ${found} iterations before; ${rule}`,
    );
  }

  /** An assumption or, in checking mode, an inferred range that does not hold. */
  outside(site: number, value: number | bigint, at: readonly number[]): number | bigint {
    const { node } = this.tables.sites[site];
    const { lo, hi } = node.range;
    if (this.random && node.operation.kind === 'assume') {
      const clamped = value < lo ? lo : hi;
      return typeof value === 'bigint' ? clamped : Number(clamped);
    }
    const claim = node.operation.kind === 'assume' ? 'assumed' : 'inferred';
    throw this.error(site, at, `${printNode(node)} is ${value}, ${claim} ${lo}..${hi}`);
  }

  portRange(site: number, port: number, word: number, at: readonly number[]): never {
    const { name, type } = this.tables.ports[port];
    const words = Math.floor(this.memory(port).length / laneCount(type.shape));
    throw this.error(site, at, `port ${name}: word ${word} of a memory of ${words} words`);
  }

  /** Checks a word of a memory whose array holds more values than the port's type. */
  portWord(
    site: number,
    memory: Lanes,
    base: number,
    count: number,
    lo: bigint,
    hi: bigint,
    at: readonly number[],
  ): void {
    for (let lane = 0; lane < count; lane++) {
      const value = memory[base + lane];
      if (value < lo || value > hi)
        throw this.error(site, at, `the memory holds ${value}, expected ${lo}..${hi}`);
    }
  }

  private error(site: number, at: readonly number[], what: string): KernelError {
    const { process, nest } = this.tables.sites[site];
    if (!nest) return new KernelError(`process ${process.name}, prologue: ${what}`);
    const iteration = nest.loops.map((loop, i) => `${loop.index} ${at[i]}`).join(', ');
    return new KernelError(`process ${process.name}, nest ${nest.label}, iteration (${iteration}): ${what}`);
  }

  private empty0(type: DataType, words: number): Lanes {
    return storageFor(rangeOf(type.element)).make(words * laneCount(type.shape));
  }

  private undefinedWords(type: DataType, words: number): Lanes {
    const lanes = this.empty0(type, words);
    const { random } = this;
    if (random) {
      const range = rangeOf(type.element);
      for (let i = 0; i < lanes.length; i++) lanes[i] = garbage(range, lanes, random) as never;
    }
    return lanes;
  }
}

function garbage({ lo, hi }: Range, lanes: Lanes, random: () => number): number | bigint {
  const size = hi - lo + 1n;
  const bits = (BigInt(Math.floor(random() * 2 ** 32)) << 32n) | BigInt(Math.floor(random() * 2 ** 32));
  const value = lo + (bits % size);
  return lanes instanceof BigInt64Array || lanes instanceof BigUint64Array ? value : Number(value);
}

/** For messages: the name of a value, or what made it. */
export function printNode(node: Node): string {
  return node.name ? `value ${node.name}` : `value ${node.id} (${node.operation.kind})`;
}
