/**
 * The testbench that clocks a network's RTL: the one of C simulation with another network.cpp, what that has to know of the network, the glue of
 * both engines, and what tells them which signals to keep visible. A map from path to text, under cosim/. Pure.
 */

import { basename } from 'node:path';
import { z } from 'zod';
import { depthOf } from '../../kernel/depths.js';
import type { Channel, Network } from '../../kernel/ir.js';
import { laneCount, totalBits } from '../../kernel/type.js';
import { type MemoryTiming, vc709Memory } from '../../plan/board/memory-timing.js';
import { lateWrites, type Schedule } from '../../schedule/schedule.js';
import { type Described, text } from '../../util/schema-parts.js';
import { masterSignals, slaveSignals } from '../network/axi-signals.js';
import { hasTop, regionName, topName } from '../network/boundary.js';
import { DESCRIPTOR_WORD_BITS, descriptorWords } from '../network/descriptor-words.js';
import { endsOf, interfaceOf, sideOf } from '../network/interface.js';
import { render, verbatim } from '../project/template.js';

export interface CosimBenchOptions {
  /** First lines of every written file, as comments. */
  readonly banner?: string;
  readonly periodNanoseconds?: number;
  /** Of the RTL, which says whose words come after their places are taken; without it, all come with them. */
  readonly schedule?: Schedule;
  /** The memory of the board; that of the VC709 when absent. */
  readonly memory?: MemoryTiming;
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
  'board_memory.hpp',
  'clocked.hpp',
  'clocked_channel.hpp',
  'clocked_process.hpp',
  'ddr3.hpp',
  'dut.hpp',
  'facts.hpp',
  'lanes.hpp',
  'network.cpp',
  'options.hpp',
  'random.hpp',
];

/** Wires of a process that the testbench samples. */
const PROCESS_WIRES = ['running', 'lacks_word', 'lacks_room', 'lacks_memory'];
/** Where the top module has the region. */
const REGION_INSTANCE = 'u_region';

/** The files, sorted by path. */
export function emitCosimBench(network: Network, options: CosimBenchOptions = {}): Map<string, string> {
  const facts = factsOf(network, options);
  const files = new Map<string, string>();
  for (const path of SHARED) files.set(`${cosimFolder}/${basename(path)}`, verbatim(`testbench/${path}`));
  for (const name of OWN) files.set(`${cosimFolder}/${name}`, verbatim(`testbench/cosim/${name}`));
  for (const name of ['facts.cpp', 'verilator.cpp', 'cxxrtl.cpp', 'public.vlt', 'keep.ys'])
    files.set(`${cosimFolder}/${name}`, render(`testbench/cosim/${name}.ejs`, facts));
  const design: CosimDesign = { region: facts.regionModule, top: hasTop(network) ? facts.topModule : null };
  files.set(`${cosimFolder}/${designFile}`, `${JSON.stringify(design)}\n`);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function factsOf(network: Network, options: CosimBenchOptions) {
  const {
    banner = `// ${network.name}: ${network.doc}`,
    periodNanoseconds = 4,
    memory = vc709Memory(),
  } = options;
  const late = options.schedule ? lateWrites(network, options.schedule) : new Map();
  const interfaces = network.processes.map((process) => ({
    name: process.name,
    ...interfaceOf(process, network),
  }));
  const ends = endsOf(network);
  const { writers, readers } = ends;
  const channels = network.channels
    .filter((channel) => writers.has(channel) || readers.has(channel))
    .map((channel) => ({
      name: channel.name,
      side: sideOf(ends, channel),
      writer: writers.get(channel) ?? '',
      reader: readers.get(channel) ?? '',
      depth: Math.max(2, depthOf(network, channel)),
      lanes: laneCount(channel.type.shape),
      laneBits: channel.type.element.bits,
      signed: channel.type.element.signed,
      bits: totalBits(channel.type),
      late: late.has(channel),
    }));
  const ports = network.ports.map((port) => ({
    name: port.name,
    process: interfaces.find(({ ports: own }) => own.includes(port))?.name ?? '',
    bits: totalBits(port.type),
    read: port.direction === 'read',
  }));
  const scalars = network.scalars.map(({ name, element }) => ({ name, bits: element.bits }));
  const axi = ports.flatMap(({ name, bits, read }) => masterPorts(name, bits, read));
  const regionPorts = [
    ...['clk', 'rst', 'offered', 'taken', 'done'].map((name) => ({ name, bits: 1 })),
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
        { name: 'interrupt', bits: 1 },
        ...masterPorts('descriptors', DESCRIPTOR_WORD_BITS, true),
        ...axi,
      ]
    : [];
  const member = (port: { name: string; bits: number }) => ({ ...port, member: verilatorMember(port.name) });
  return {
    banner,
    halfPeriodPicoseconds: Math.round(periodNanoseconds * 500),
    memory: Object.entries(memory).map(([name, value]) => [memberName(name), value] as const),
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
    topType: cxxrtlType(topName(network)),
    regionType: cxxrtlType(regionName(network)),
    watched: watchedWires(network),
  };
}

/** JEDEC's names stay as they are. */
const memberName = (name: string) =>
  /^t[A-Z]/.test(name) ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What the bench drives and reads of a master: it asks nothing of cache and protection. */
function masterPorts(port: string, bits: number, read: boolean) {
  return masterSignals(read ? 'read' : 'write', bits)
    .filter(({ name }) => !/^a[rw](cache|prot)$/.test(name))
    .map((signal) => ({ name: `m_axi_${port}_${signal.name}`, bits: signal.bits }));
}

/** Verilator spells a double underscore inside a name out, and marks a name that C++ programs use. */
export const verilatorMember = (name: string) =>
  name === 'interrupt' ? '__SYM__interrupt' : name.replace(/__/g, '___05F');

/** Yosys names the class of a module so. */
const cxxrtlType = (name: string) => `p_${name.replace(/_/g, '__')}`;

const WRITE_MASTER = 'axi_write_master';

/** What is watched inside: its module, that module as Yosys finds it, and the wire. */
function watchedWires(network: Network): { module: string; pattern: string; wire: string }[] {
  const { writers, readers } = endsOf(network);
  const inner = network.channels.filter((channel) => writers.has(channel) && readers.has(channel));
  const fifo = ({ name }: Channel) =>
    ['in_data', 'in_valid', 'in_ready', 'valid', 'ready'].map((end) => `${name}_${end}`);
  const region = regionName(network);
  const of = (module: string, wires: readonly string[], pattern = module) =>
    wires.map((wire) => ({ module, pattern, wire }));
  return [
    ...of(region, ['taken', ...inner.flatMap(fifo)]),
    ...network.processes.flatMap(({ name }) => of(name, PROCESS_WIRES)),
    // A module with parameters has another name by the time that Yosys looks for it.
    ...(network.ports.some(({ direction }) => direction === 'write')
      ? of(WRITE_MASTER, ['idle'], `*${WRITE_MASTER}*`)
      : []),
  ];
}
