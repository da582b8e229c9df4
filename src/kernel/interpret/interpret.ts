/**
 * The interpreter: runs a network on data, untimed. Processes run one after another in flow order, each to completion, over unbounded
 * channels: a Kahn process network gives the same integers in any order, so these are the integers of C simulation and RTL too.
 * Refuses (KernelError, naming the place) what the language forbids: words missing or left over, assumptions that do not hold, scalars and
 * addresses out of bounds, RAM reads nearer to a write than declared.
 */

import type { Channel, Network, Port } from '../ir.js';
import { type CompiledProcesses, compileProcesses } from '../javascript/compile.js';
import { CallState, type ChannelState } from '../javascript/state.js';
import { type Lanes, storageFor } from '../javascript/storage.js';
import { KernelError } from '../kernel-error.js';
import { laneCount, printType, rangeOf } from '../type.js';

export type { Lanes } from '../javascript/storage.js';
export { makeLanes } from '../javascript/storage.js';

/** What a call works on, all by name. */
export interface KernelCall {
  /** One for every scalar of the network. */
  readonly scalars?: Readonly<Record<string, number | bigint>>;
  /** Words of the channels that no process writes, lane after lane; a channel left out is empty. */
  readonly inputs?: Readonly<Record<string, ArrayLike<number | bigint>>>;
  /** Memories of the ports, lane after lane, as `makeLanes` makes them; written in place. */
  readonly ports?: Readonly<Record<string, Lanes>>;
}

/** How to run a call. */
export interface CallOptions {
  /** Which channels to report: all (the default), those no process reads, or these. */
  readonly record?: 'all' | 'boundary' | readonly string[];
  /**
   * Fills what is undefined with garbage of its type: words of reads whose condition does not hold, and RAM before the first write. Results
   * must not change. Assumptions then clamp instead of failing, since garbage may break one whose result is not used.
   */
  readonly poison?: number;
}

/** What a call gave. */
export interface CallResult {
  /** Everything that crossed each reported channel, lane after lane. */
  readonly channels: Readonly<Record<string, Lanes>>;
  /** Words that crossed each channel of the network. */
  readonly words: Readonly<Record<string, number>>;
}

export interface CompiledNetwork {
  readonly network: Network;
  run(call: KernelCall, options?: CallOptions): CallResult;
}

export interface CompileOptions {
  /** Also check every result against the range the builder inferred (slow: for tests of builder and interpreter). */
  readonly checkRanges?: boolean;
}

/** Prepares a network for any number of calls. */
export function compileNetwork(network: Network, options: CompileOptions = {}): CompiledNetwork {
  const compiled = compileProcesses(network, options.checkRanges ?? false);
  return { network, run: (call, callOptions = {}) => runCall(network, compiled, call, callOptions) };
}

const prepared = new WeakMap<Network, CompiledNetwork>();

/** Runs one call. Throws KernelError as the file comment says. The network is compiled at its first call. */
export function interpret(network: Network, call: KernelCall, options: CallOptions = {}): CallResult {
  let compiled = prepared.get(network);
  if (!compiled) prepared.set(network, (compiled = compileNetwork(network)));
  return compiled.run(call, options);
}

function runCall(
  network: Network,
  { tables, processes }: CompiledProcesses,
  call: KernelCall,
  { record = 'all', poison }: CallOptions,
): CallResult {
  const random = poison === undefined ? null : generator(poison);
  const memories = network.ports.map((port) => memoryOf(port, call));
  const state = new CallState(tables, checkedScalars(network, call.scalars ?? {}), memories, random);
  const number = new Map(network.channels.map((channel, i) => [channel, i]));
  const { readers, writers } = endsOf(network);
  sendInputs(network, writers, call, state);

  const result: Record<string, Lanes> = {};
  const words: Record<string, number> = {};
  const keep = (channel: Channel) =>
    record === 'all' || (record === 'boundary' ? !readers.has(channel) : record.includes(channel.name));
  const finish = (channel: Channel) => {
    const own = state.channels[number.get(channel)!];
    words[channel.name] = own.length / laneCount(channel.type.shape);
    if (keep(channel)) result[channel.name] = own.data.slice(0, own.length);
    own.data = own.data.slice(0, 0);
  };
  for (const compiled of processes) {
    state.enter(compiled.rams);
    compiled.run(state);
    state.leave(compiled.rams);
    for (const channel of network.channels) {
      if (readers.get(channel) !== compiled.process.name) continue;
      expectEmpty(channel, compiled.process.name, state.channels[number.get(channel)!]);
      finish(channel);
    }
  }
  for (const channel of network.channels) if (!readers.has(channel)) finish(channel);
  return { channels: result, words };
}

/** Names of the processes at both ends of each channel. */
function endsOf(network: Network): { readers: Map<Channel, string>; writers: Map<Channel, string> } {
  const readers = new Map<Channel, string>();
  const writers = new Map<Channel, string>();
  for (const process of network.processes)
    for (const { operation } of process.nests.flatMap((nest) => nest.body)) {
      if (operation.kind === 'read') readers.set(operation.channel, process.name);
      if (operation.kind === 'write') writers.set(operation.channel, process.name);
    }
  return { readers, writers };
}

function expectEmpty(channel: Channel, reader: string, { read, length }: ChannelState): void {
  if (read === length) return;
  const lanes = laneCount(channel.type.shape);
  throw new KernelError(
    `channel ${channel.name}: process ${reader} read ${read / lanes} of ${length / lanes} words, expected all`,
  );
}

/** The scalars in the order of the network. Throws KernelError for one missing, unknown, or out of its declared range. */
export function checkedScalars(
  network: Network,
  given: Readonly<Record<string, number | bigint>>,
): (number | bigint)[] {
  for (const name of Object.keys(given))
    if (!network.scalars.some((scalar) => scalar.name === name))
      throw new KernelError(`network ${network.name} has no scalar ${name}`);
  return network.scalars.map(({ name, range }) => {
    const value = given[name];
    if (value === undefined) throw new KernelError(`network ${network.name}: scalar ${name} is missing`);
    if ((typeof value === 'number' && !Number.isSafeInteger(value)) || value < range.lo || value > range.hi)
      throw new KernelError(
        `scalar ${name} is ${value}, expected an integer from ${range.lo} to ${range.hi}`,
      );
    return storageFor(range).big ? BigInt(value) : Number(value);
  });
}

function memoryOf(port: Port, call: KernelCall): Lanes | undefined {
  const memory = call.ports?.[port.name];
  const { name } = storageFor(rangeOf(port.type.element));
  if (memory && memory.constructor.name !== name)
    throw new KernelError(
      `port ${port.name} (${printType(port.type)}): the memory is a ${memory.constructor.name}, expected a ${name}`,
    );
  return memory;
}

function sendInputs(
  network: Network,
  writers: ReadonlyMap<Channel, string>,
  call: KernelCall,
  state: CallState,
): void {
  for (const name of Object.keys(call.ports ?? {}))
    if (!network.ports.some((port) => port.name === name))
      throw new KernelError(`network ${network.name} has no port ${name}`);
  for (const [name, values] of Object.entries(call.inputs ?? {})) {
    const index = network.channels.findIndex((channel) => channel.name === name);
    const channel = network.channels[index];
    if (!channel) throw new KernelError(`network ${network.name} has no channel ${name}`);
    if (writers.has(channel))
      throw new KernelError(
        `channel ${name} is written by process ${writers.get(channel)}; it takes no input`,
      );
    const lanes = laneCount(channel.type.shape);
    if (values.length % lanes !== 0)
      throw new KernelError(
        `channel ${name}: ${values.length} values, expected a multiple of ${lanes} lanes`,
      );
    const { lo, hi } = rangeOf(channel.type.element);
    const { big, make } = storageFor({ lo, hi });
    const data = make(values.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if ((typeof value === 'number' && !Number.isSafeInteger(value)) || value < lo || value > hi)
        throw new KernelError(`channel ${name}: value ${i} is ${value}, expected ${printType(channel.type)}`);
      data[i] = (big ? BigInt(value) : Number(value)) as never;
    }
    state.channels[index] = { data, length: data.length, read: 0 };
  }
}

/** Numbers from 0 to 1: a linear congruential generator modulo 2^48, high bits first. */
function generator(seed: number): () => number {
  let state = BigInt.asUintN(48, BigInt(seed) ^ 0x5deece66dn);
  return () => {
    state = BigInt.asUintN(48, state * 0x5deece66dn + 11n);
    return Number(state >> 16n) / 2 ** 32;
  };
}
