/**
 * A kernel network by itself as a project: its C++ and its RTL with the testbenches of both, and scripts that compare every word of its calls.
 * What is expected of a call is what the interpreter gives, or what the caller says.
 */
import { join } from 'node:path';
import { emitCpp } from '../emit/cpp/project.js';
import { boundaryOf } from '../emit/network/boundary.js';
import { writeProject } from '../emit/project/write-project.js';
import { emitRtl } from '../emit/rtl/project.js';
import { emitCosimBench } from '../emit/testbench/cosim-bench.js';
import { type LaneValues, packWords, VectorWriter } from '../emit/testbench/vectors.js';
import { checkNetwork } from '../kernel/check/network.js';
import { compileNetwork, type KernelCall, type Lanes } from '../kernel/interpret/interpret.js';
import type { Network, Port } from '../kernel/ir.js';
import { totalBits } from '../kernel/type.js';
import { type Device, targetOf } from '../plan/board/device.js';
import { bufferWordsOn } from '../plan/board/memory-model.js';
import { memoryTiming } from '../plan/board/memory-timing.js';
import { scheduleNetwork } from '../schedule/asap.js';
import type { Schedule } from '../schedule/schedule.js';

/** A network that was written as a project. */
export interface UnitProject {
  readonly folder: string;
  readonly network: Network;
  readonly schedule: Schedule;
  readonly device: Device;
}

/** How to write it. */
export interface UnitOptions {
  /** Scheduled for the device's clock when absent. */
  readonly schedule?: Schedule;
  /** For the banner of every file: digest of the plan it belongs to, and the command that writes it. */
  readonly planDigest?: string;
  readonly command?: string;
}

/** One call, and what must come of it. */
export interface UnitCall extends KernelCall {
  /** Words that must cross a channel, lane after lane; those of the interpreter for channels left out. */
  readonly expected?: Readonly<Record<string, LaneValues>>;
}

/**
 * Writes C++, RTL and testbenches of a network into `folder`, whole or not at all. Channels without a writer or a reader are its boundary.
 * Throws KernelError for a network that breaks a rule of the language, UserError for a folder that holds something else.
 */
export async function emitUnit(
  network: Network,
  folder: string,
  device: Device,
  options: UnitOptions = {},
): Promise<UnitProject> {
  const { inputs, outputs } = boundaryOf(network);
  const names = (channels: readonly { readonly name: string }[]) => channels.map(({ name }) => name);
  checkNetwork(network, { inputs: names(inputs), outputs: names(outputs) });
  const {
    schedule = scheduleNetwork(network, targetOf(device)),
    planDigest = 'none',
    command = 'emitUnit',
  } = options;
  const periodNanoseconds = 1000 / device.clockMHz;
  const bufferWords = bufferWordsOn(device);
  const files = new Map([
    ...emitCpp(network, {
      model: network.name,
      planDigest,
      command,
      bufferWords,
      device: { part: device.part, periodNanoseconds },
    }),
    ...emitRtl(network, schedule, { bufferWords }),
    ...emitCosimBench(network, { schedule, periodNanoseconds, memory: memoryTiming(device) }),
  ]);
  await writeProject(folder, files);
  return { folder, network, schedule, device };
}

/**
 * Writes the script of some calls; returns its path. Memory of a port keeps the length it has in the first call; each call begins with its own
 * words in it. Throws KernelError as the interpreter does.
 */
export function writeUnitCalls({ folder, network }: UnitProject, calls: readonly UnitCall[]): string {
  const vectors = new VectorWriter(join(folder, 'vectors'));
  const compiled = compileNetwork(network);
  const fromOutside = new Set(boundaryOf(network).inputs);
  for (const { name, type } of network.ports) {
    const lanes = calls[0]?.ports?.[name];
    if (!lanes) continue;
    vectors.memory(name, (wordsOf(lanes, type) * totalBits(type)) / 8);
    vectors.map(name, name);
  }
  for (const { scalars = {}, inputs = {}, ports = {}, expected = {} } of calls) {
    const memories: Record<string, Lanes> = {};
    for (const { name, type } of network.ports) {
      const lanes = ports[name];
      if (!lanes) continue;
      vectors.poke(name, 0, packWords(lanes as LaneValues, type));
      memories[name] = lanes.slice() as Lanes;
    }
    const { channels } = compiled.run({ scalars, inputs, ports: memories });
    for (const channel of network.channels) {
      const fed = inputs[channel.name];
      if (fed) vectors.feed(channel, fed);
      else if (!fromOutside.has(channel))
        vectors.expect(channel, expected[channel.name] ?? (channels[channel.name] as LaneValues));
    }
    vectors.call(scalars);
    for (const { name, type, direction } of network.ports)
      if (direction === 'write' && memories[name])
        vectors.check(name, 0, packWords(memories[name] as LaneValues, type));
  }
  return vectors.finish();
}

function wordsOf(lanes: Lanes, type: Port['type']): number {
  return (lanes.length * type.element.bits) / totalBits(type);
}
