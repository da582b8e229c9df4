/**
 * The testbench that clocks a network's RTL: the one of C simulation with another network.cpp, the glue of both engines, and what tells them
 * which signals to keep visible. A map from path to text, under cosim/. Pure.
 */

import { basename } from 'node:path';
import { z } from 'zod';
import { depthOf } from '../../kernel/depths.js';
import type { Network, Port } from '../../kernel/ir.js';
import { laneCount, totalBits } from '../../kernel/type.js';
import { portChannels } from '../../plan/board/memory-model.js';
import { type Described, text } from '../../util/schema-parts.js';
import { interfaceOf } from '../cpp/process.js';
import { boundaryOf, descriptorWords, topName } from '../cpp/project.js';
import { render, verbatim } from '../project/template.js';
import { masterSignals, slaveSignals } from '../rtl/axi-signals.js';
import { regionName } from '../rtl/project.js';

export interface CosimBenchOptions {
  /** First lines of every written file, as comments. */
  readonly banner?: string;
  readonly periodNanoseconds?: number;
  /** Memory channels of the board. */
  readonly memoryChannels?: number;
}

/** Modules that can be simulated. */
export const designSchema = z.strictObject({
  region: text('module of the region alone'),
  top: text(
    'module of the region with its control registers; null where it has boundary channels',
  ).nullable(),
});

export type CosimDesign = Described<typeof designSchema>;

/** A CosimDesign as JSON, in the testbench's folder. */
export const designFile = 'design.json';

/** Folder of the testbench in a project. */
export const cosimFolder = 'cosim';

/** Text that the testbench has in common with C simulation, and its own. */
const SHARED = ['csim/main.cpp', 'bench.hpp', 'memory.hpp', 'network.hpp', 'report.hpp', 'words.hpp'];
const OWN = [
  'axi.hpp',
  'clocked.hpp',
  'clocked_channel.hpp',
  'clocked_process.hpp',
  'ddr3.hpp',
  'dut.hpp',
  'facts.hpp',
  'lanes.hpp',
  'options.hpp',
  'random.hpp',
];

/** Wires of a process that the testbench samples. */
const PROCESS_WIRES = ['running', 'en', 'lacks_word', 'lacks_room', 'lacks_memory'];
/** Where the top module has the region. */
const REGION_INSTANCE = 'u_region';

/** Whether there is a top module with control registers around the region. */
export function hasTop(network: Network): boolean {
  return regionName(network) !== topName(network);
}

/** The files, sorted by path. */
export function emitCosimBench(network: Network, options: CosimBenchOptions = {}): Map<string, string> {
  const facts = factsOf(network, options);
  const files = new Map<string, string>();
  for (const path of SHARED) files.set(`${cosimFolder}/${basename(path)}`, verbatim(`testbench/${path}`));
  for (const name of OWN) files.set(`${cosimFolder}/${name}`, verbatim(`testbench/cosim/${name}`));
  const watched = watchedSignals(facts);
  for (const name of ['network.cpp', 'verilator.cpp', 'cxxrtl.cpp', 'public.vlt', 'keep.ys'])
    files.set(`${cosimFolder}/${name}`, render(`testbench/cosim/${name}.ejs`, { ...facts, watched }));
  const design: CosimDesign = { region: facts.regionModule, top: hasTop(network) ? facts.topModule : null };
  files.set(`${cosimFolder}/${designFile}`, `${JSON.stringify(design)}\n`);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Facts = ReturnType<typeof factsOf>;

function factsOf(network: Network, options: CosimBenchOptions) {
  const {
    banner = `// ${network.name}: ${network.doc}`,
    periodNanoseconds = 4,
    memoryChannels = 2,
  } = options;
  const boundary = boundaryOf(network);
  const interfaces = network.processes.map((process) => ({
    name: process.name,
    ...interfaceOf(process, network),
  }));
  const writerOf = (channel: object) =>
    interfaces.find(({ outputs }) => outputs.some((one) => one === channel))?.name ?? '';
  const readerOf = (channel: object) =>
    interfaces.find(({ inputs }) => inputs.some((one) => one === channel))?.name ?? '';
  const channels = network.channels
    .filter((channel) => writerOf(channel) || readerOf(channel))
    .map((channel) => ({
      name: channel.name,
      side: boundary.inputs.includes(channel)
        ? 'input'
        : boundary.outputs.includes(channel)
          ? 'output'
          : 'inner',
      writer: writerOf(channel),
      reader: readerOf(channel),
      depth: Math.max(2, depthOf(network, channel)),
      lanes: laneCount(channel.type.shape),
      laneBits: channel.type.element.bits,
      signed: channel.type.element.signed,
      bits: totalBits(channel.type),
    }));
  const memoryChannel = portChannels(network.ports, memoryChannels);
  const ports = network.ports.map((port) => ({
    name: port.name,
    process: interfaces.find(({ ports: own }) => own.includes(port))?.name ?? '',
    bits: totalBits(port.type),
    read: port.direction === 'read',
    channel: memoryChannel.get(port.name)!,
  }));
  const scalars = network.scalars.map(({ name, element }) => ({ name, bits: element.bits }));
  const axi = ports.flatMap(({ name, bits, read }) => axiSignals(name, bits, read ? 'read' : 'write'));
  const regionPorts = [
    ...[['clk'], ['rst'], ['start'], ['done']].map(([name]) => ({ name: name, bits: 1 })),
    ...scalars,
    ...channels
      .filter(({ side }) => side !== 'inner')
      .flatMap(({ name, bits }) => [
        { name: `${name}_data`, bits },
        { name: `${name}_valid`, bits: 1 },
        { name: `${name}_ready`, bits: 1 },
      ]),
    ...ports.map(({ name }) => ({ name: `m_axi_${name}_base`, bits: 64 })),
    ...axi,
  ];
  const topPorts = hasTop(network)
    ? [
        { name: 'clk', bits: 1 },
        { name: 'rst', bits: 1 },
        ...slaveSignals.map(({ name, bits }) => ({ name: `s_axi_control_${name}`, bits })),
        ...axiSignals('descriptors', 512, 'read'),
        ...axi,
      ]
    : [];
  const member = (port: { name: string; bits: number }) => ({ ...port, member: verilatorMember(port.name) });
  return {
    banner,
    halfPeriodPicoseconds: Math.round(periodNanoseconds * 500),
    descriptorWords: descriptorWords(network),
    processes: network.processes.map(({ name }) => name),
    channels,
    ports,
    scalars,
    regionPorts: regionPorts.map(member),
    topPorts: topPorts.map(member),
    topModule: topName(network),
    regionModule: regionName(network),
    regionInstance: REGION_INSTANCE,
    cxxrtlName: (name: string) => `p_${name.replace(/_/g, '__')}`,
  };
}

function axiSignals(port: string, width: number, direction: Port['direction']) {
  return masterSignals(direction, width).map(({ name, bits }) => ({ name: `m_axi_${port}_${name}`, bits }));
}

/** Verilator spells a double underscore inside a name out. */
const verilatorMember = (name: string) => name.replace(/__/g, '___05F');

/** What is watched inside: the signal, its module, and the names of that module in Yosys. */
function watchedSignals({ channels, processes, ports, regionModule }: Facts) {
  const of = (module: string, signals: readonly string[], pattern = module) =>
    signals.map((signal) => ({ module, signal, pattern }));
  const ends = ({ name }: { readonly name: string }) =>
    ['in_data', 'in_valid', 'in_ready', 'valid', 'ready'].map((end) => `${name}_${end}`);
  const inner = channels.filter(({ side }) => side === 'inner');
  return [
    ...of(regionModule, ['go', ...inner.flatMap(ends)]),
    ...processes.flatMap((name) => of(name, PROCESS_WIRES)),
    // Modules with parameters have names of their own there.
    ...(ports.some(({ read }) => !read) ? of('axi_write_master', ['idle'], '*axi_write_master*') : []),
  ];
}
