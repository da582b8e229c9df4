/** Compiles the processes of a network to JavaScript functions, one factory a process, once for any number of calls. */

import type { Channel, Nest, Network, Node, Port, Process, Ram, Rom } from '../ir.js';
import { Block } from './block.js';
import type { Numbering } from './declare.js';
import { inRepresentation } from './expression.js';
import { helpers } from './helpers.js';
import { LaneWriter } from './lanes.js';
import { nestSource } from './nest.js';
import type { CallState, Site, Tables } from './state.js';
import { fitsNumber, type Lanes, type Storage, storageFor } from './storage.js';

export interface CompiledProcess {
  readonly process: Process;
  /** Numbers of its RAMs in the tables. */
  readonly rams: readonly number[];
  readonly source: string;
  run(state: CallState): void;
}

export interface CompiledProcesses {
  readonly tables: Tables;
  readonly processes: readonly CompiledProcess[];
}

/** Compiles every process. `checkAll`: results are checked against the ranges the builder inferred (slow). */
export function compileProcesses(network: Network, checkAll: boolean): CompiledProcesses {
  const sites: Site[] = [];
  const rams = network.processes.flatMap((process) => process.rams);
  const tables: Tables = { channels: network.channels, rams, ports: network.ports, sites };
  const channelNumber = new Map<Channel, number>(network.channels.map((c, i) => [c, i]));
  const ramNumber = new Map<Ram, number>(rams.map((m, i) => [m, i]));
  const portNumber = new Map<Port, number>(network.ports.map((p, i) => [p, i]));
  const processes = network.processes.map((process): CompiledProcess => {
    const constants: Record<string, Lanes> = {};
    for (const rom of process.roms) constants[rom.name] = romLanes(rom);
    const numbers: Numbering = {
      channel: (channel) => channelNumber.get(channel)!,
      ram: (ram) => ramNumber.get(ram)!,
      port: (port) => portNumber.get(port)!,
      site: (nest, node) => sites.push({ process, nest, node }) - 1,
      constants: (values, storage) => {
        const name = `$${Object.keys(constants).length}`;
        constants[name] = filled(values, storage);
        return name;
      },
    };
    const source = processSource(process, network, numbers, checkAll);
    const run = new Function('H', 'K', source)(helpers, constants) as (state: CallState) => void;
    return { process, rams: process.rams.map(numbers.ram), source, run };
  });
  return { tables, processes };
}

/** Values of a ROM, in the array that generated code reads. */
export function romLanes(rom: Rom): Lanes {
  const lo = rom.values.reduce((a, v) => (v < a ? v : a), rom.values[0] ?? 0n);
  const hi = rom.values.reduce((a, v) => (v > a ? v : a), rom.values[0] ?? 0n);
  return filled(rom.values, storageFor({ lo, hi }));
}

function processSource(process: Process, network: Network, numbers: Numbering, checkAll: boolean): string {
  const functions: string[] = [];
  const nests = process.nests.map((nest, i) => {
    const { outer, lines } = nestSource(nest, `nest${i}`, numbers, checkAll);
    functions.push(...lines);
    return outer;
  });
  const run = prologueSource(process, network, numbers, checkAll, nests);
  return [
    "'use strict';",
    ...functions,
    'return function run(X) {',
    ...run.map((line) => `  ${line}`),
    '};',
  ].join('\n');
}

/** Lines of the prologue, then a call `nest<i>(X, ...)` of each nest with the prologue values it uses. */
export function prologueSource(
  process: Process,
  network: Network,
  numbers: Pick<Numbering, 'site' | 'constants'>,
  checkAll: boolean,
  nests: readonly (readonly Node[])[],
): string[] {
  const head: string[] = [];
  const block = new Block();
  const guard = (node: Node, value: string) => {
    const site = numbers.site(null as Nest | null, node);
    return `if (${value} < ${node.range.lo}n || ${value} > ${node.range.hi}n) ${value} = X.outside(${site}, ${value}, []);`;
  };
  const lanes = new LaneWriter(guard, checkAll);
  for (const node of process.prologue) {
    const o = node.operation;
    if (o.kind === 'arg') {
      const text = `X.args[${network.scalars.indexOf(o.scalar)}]`;
      lanes.scalars.set(node, { text, range: node.range, big: !fitsNumber(node.range) });
    } else if (o.kind === 'bitcast') lanes.store(block, node, head);
    else if (node.shape.length === 0) lanes.scalars.set(node, lanes.scalar(block, node));
    else if (o.kind === 'const') {
      const storage = storageFor(node.range);
      lanes.views.set(node, { array: `K.${numbers.constants(o.values, storage)}`, base: '0', storage });
    } else lanes.store(block, node, head);
  }
  const calls = nests.map((outer, i) => {
    const values = outer.map((node) => {
      if (node.shape.length > 0) return lanes.view(block, node)!.array;
      return inRepresentation(lanes.scalar(block, node), !fitsNumber(node.range));
    });
    return `nest${i}(${['X', ...values].join(', ')});`;
  });
  return [...head, ...block.lines, ...calls];
}

export function filled(values: readonly bigint[], storage: Storage): Lanes {
  const lanes = storage.make(values.length);
  values.forEach((value, i) => {
    lanes[i] = (storage.big ? value : Number(value)) as never;
  });
  return lanes;
}
