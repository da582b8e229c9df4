/**
 * The region: every process beside the others, a FIFO for each channel between two of them, an AXI master for each external port. Calls are
 * offered one after the other; each process takes the next one as soon as its own part of the one before has ended. Here are the facts
 * that its template is filled with.
 */

import { depthOf } from '../../kernel/depths.js';
import { followingPorts } from '../../kernel/following-ports.js';
import type { Channel, Network, Port, Process, Scalar } from '../../kernel/ir.js';
import { laneCount, printType, totalBits } from '../../kernel/type.js';
import { fifoStorage, roomForLate } from '../../schedule/memory-choice.js';
import { lateWrites, type Schedule } from '../../schedule/schedule.js';
import { type LoadLimits, slicesOf } from '../../schedule/wide.js';
import { masterSignals } from '../network/axi-signals.js';
import { interfaceOf } from '../network/interface.js';
import { PAGE_COLUMNS, wrap } from '../network/lines.js';
import type { BufferWords } from '../network/masters.js';
import { render } from '../project/template.js';
import {
  axiPort,
  bus,
  type ModulePort,
  modulePort,
  portLines,
  scalarPort,
  streamNote,
  streamPorts,
} from './module-ports.js';

/** What one register of `ends` brings together. */
const END_GROUP = 16;

export interface RegionOptions {
  readonly banner: string;
  readonly name: string;
  /** Cycles from the scalars of a process to its start. */
  readonly prologueCycles: number;
  /** Words that a port's AXI master may have asked for and not delivered. */
  readonly bufferWords: BufferWords;
}

export interface Boundary {
  readonly inputs: readonly Channel[];
  readonly outputs: readonly Channel[];
}

/** The module's text. */
export function emitRegion(
  network: Network,
  schedule: Schedule,
  boundary: Boundary,
  options: RegionOptions,
): string {
  const late = lateWrites(network, schedule);
  const interfaces = network.processes.map((process) => ({ process, ...interfaceOf(process, network) }));
  // Where words come late, a FIFO has places for them at the boundary too.
  const outer = new Set([...boundary.inputs, ...boundary.outputs].filter((channel) => !late.has(channel)));
  const used = new Set(interfaces.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  const read = new Set(interfaces.flatMap(({ scalars }) => scalars));
  const atBoundary = new Set(boundary.outputs);
  const depths = (channel: Channel) =>
    atBoundary.has(channel) ? roomForLate(2, late.get(channel) ?? 0) : depthOf(network, channel);
  const unread = network.scalars.filter((scalar) => !read.has(scalar)).map(({ name }) => name);
  const { processes, ports } = network;
  const follows = new Set(followingPorts(network).map(({ port }) => port));
  const idle = [...processes.map(({ name }) => `~${name}_busy`), ...idleWires(ports)];
  const orders = ordersOf(network, interfaces);
  const untaken = interfaces.flatMap(({ process: { name }, scalars }) =>
    scalars.length > 0 || orders.frontiers.some(({ writer }) => writer === name) ? [] : [`${name}_take`],
  );
  const groups = Math.ceil(idle.length / END_GROUP);
  const grouped = (signals: readonly string[], group: number) =>
    signals.slice(END_GROUP * group, END_GROUP * (group + 1)).join(' & ') || "1'b1";
  const steerOf = new Map(
    interfaces.flatMap(({ outputs }, i) => outputs.map((channel): [Channel, number] => [channel, i])),
  );
  return render('rtl/templates/region.sv.ejs', {
    banner: options.banner,
    comment: wrap(network.doc, PAGE_COLUMNS - 3),
    name: options.name,
    ports: portLines(regionPorts(network, boundary)),
    endsType: bus(groups),
    ends: Array.from({ length: groups }, (_, group) => ({
      group,
      taken: grouped(
        processes.map(({ name }) => `${name}_taken`),
        group,
      ),
      idle: grouped(idle, group),
    })),
    idle: [...processes.map(({ name }) => `${name}_done`), ...idleWires(ports)],
    calls: interfaces.map(({ process, ports: own, scalars }, i) => ({
      name: process.name,
      ended: [`${process.name}_done`, ...idleWires(own)].join(' & '),
      scalars: scalarBus(scalars),
      settleCycles: options.prologueCycles,
      steer: 2 * i,
    })),
    ...orders,
    states: network.ports.map(({ name }) => `${name}_error, ${name}_awaits`),
    errors: statusBits(network.ports.map(({ name }) => `${name}_error`)),
    awaiting: statusBits(network.ports.map(({ name }) => `${name}_awaits`)),
    done: statusBits(processes.map(({ name }) => `${name}_done`)),
    fifos: network.channels.flatMap((channel, i) =>
      outer.has(channel) || !used.has(channel)
        ? []
        : [
            fifoFacts(
              channel,
              depths(channel),
              i + 1,
              atBoundary.has(channel),
              late,
              steerOf.get(channel) ?? 0,
              schedule.target,
            ),
          ],
    ),
    masters: ports.map((port, i) => masterFacts(port, options.bufferWords(port), i, follows.has(port))),
    processes: network.processes.map((process, i) => instanceFacts(process, i, network, outer, late)),
    untaken: untaken.length > 0 ? [untaken.join(', ')] : [],
    unread: unread.length > 0 ? [unread.join(', ')] : [],
  });
}

/** Wires that say that a port has nothing to write. */
const idleWires = (ports: readonly Port[]) =>
  ports.filter(({ direction }) => direction === 'write').map(({ name }) => `${name}_idle`);

/** The scalars of a process side by side, the first one highest; null where it has none. */
function scalarBus(scalars: readonly Scalar[]): { type: string; names: string } | null {
  if (scalars.length === 0) return null;
  const bits = scalars.reduce((sum, { element }) => sum + element.bits, 0);
  return { type: bus(bits), names: scalars.map(({ name }) => name).join(', ') };
}

/** Ports that are read after another port's writes of the call before, and those other ports. */
function ordersOf(
  network: Network,
  interfaces: readonly { readonly process: Process; readonly ports: readonly Port[] }[],
) {
  const user = (port: Port) => interfaces.find(({ ports }) => ports.includes(port))?.process.name;
  const orders = followingPorts(network).flatMap(({ port, after }) => {
    const [reader, writer] = [user(port), user(after)];
    return reader && writer ? [{ name: port.name, reader, after: after.name, writer }] : [];
  });
  const frontiers = network.ports.flatMap((port) => {
    const writer = orders.find(({ after }) => after === port.name)?.writer;
    return writer ? [{ name: port.name, writer, bits: totalBits(port.type) }] : [];
  });
  return { orders, frontiers };
}

/** Connections of a process's scalars to its own copy of them. */
function scalarSlices(process: Process, scalars: readonly Scalar[]): string[] {
  let high = scalars.reduce((sum, { element }) => sum + element.bits, 0) - 1;
  return scalars.map(({ name, element: { bits } }) => {
    const range = bits === 1 ? `${high}` : `${high}:${high - bits + 1}`;
    high -= bits;
    return `.${name}(${process.name}_scalars[${range}])`;
  });
}

/** A bit each, the first one lowest; one bit where there are none. */
const statusBits = (wires: readonly string[]) => `{${[...wires].reverse().join(', ') || "1'b0"}}`;
const statusBus = (list: readonly unknown[]) => bus(Math.max(1, list.length));

/** Ports of the region's module. */
function regionPorts(network: Network, { inputs, outputs }: Boundary): ModulePort[] {
  return [
    modulePort('input', '', 'clk'),
    modulePort('input', '', 'rst'),
    modulePort(
      'input',
      '',
      'offered',
      'a call: the scalars hold until it is taken; the bases hold to the end',
    ),
    modulePort('output', '', 'taken', 'all processes have taken it; falls after what was offered'),
    modulePort('output', '', 'done', 'high while nothing runs'),
    modulePort('input', '', 'clear', 'gives up all calls; the memory goes on'),
    modulePort(
      'output',
      statusBus(network.ports),
      'errors',
      'a bit a port: the memory has answered with an error',
    ),
    modulePort(
      'output',
      statusBus(network.ports),
      'awaiting',
      'a bit a port: the memory has not answered yet',
    ),
    modulePort('output', statusBus(network.processes), 'unfinished', 'a bit a process: it runs'),
    ...network.scalars.map(scalarPort),
    ...inputs.flatMap((channel) => streamPorts(channel, true, streamNote(channel))),
    ...outputs.flatMap((channel) => streamPorts(channel, false, streamNote(channel))),
    ...network.ports.flatMap((port) => [
      modulePort(
        'input',
        bus(64),
        `m_axi_${port.name}_base`,
        `byte address of word 0. ${port.direction}s ${printType(port.type)}: ${port.doc}`,
      ),
      ...masterSignals(port.direction, totalBits(port.type)).map((signal) =>
        axiPort(`m_axi_${port.name}`, signal),
      ),
    ]),
  ];
}

function fifoFacts(
  channel: Channel,
  depth: number,
  id: number,
  isBoundary: boolean,
  late: ReadonlyMap<Channel, number>,
  writer: number,
  limits: LoadLimits,
) {
  const bits = totalBits(channel.type);
  const comment = wrap(streamNote(channel), PAGE_COLUMNS - 5);
  const { name } = channel;
  const isLate = late.has(channel);
  const isWide = slicesOf(bits, limits).length > 1;
  return {
    ...{ name, comment, bits, depth, id },
    type: bus(bits),
    storage: fifoStorage(depth),
    module: isWide ? 'wide_fifo' : 'fifo',
    parameters: `${isWide ? `, .SLICE(${limits.sliceBits})` : ''}${isLate ? ", .RESERVED(1'b1)" : ''}`,
    steer: 2 * writer,
    // Ports of the region are the reader's end of a FIFO at the boundary.
    outData: isBoundary ? '' : `, ${name}_data`,
    wires: [
      ...['in_valid', 'in_ready', ...(isLate ? ['in_reserve'] : [])],
      ...(isBoundary ? [] : ['valid', 'ready']),
    ].map((end) => `${name}_${end}`),
    reserve: isLate ? `${name}_in_reserve` : "1'b0",
  };
}

function masterFacts(
  { name, direction, type, doc }: Port,
  bufferWords: number,
  steer: number,
  waitsForWrites: boolean,
) {
  const bits = totalBits(type);
  return {
    ...{ name, direction, bits, bufferWords, steer },
    type: bus(bits),
    comment: wrap(`Port ${name}: ${laneCount(type.shape)} lanes, ${bits} bits. ${doc}`, PAGE_COLUMNS - 5),
    state: ['error', 'awaits', ...(direction === 'write' ? ['idle'] : [])]
      .map((end) => `.${end}(${name}_${end})`)
      .join(', '),
    connections: masterSignals(direction, bits)
      .map((signal) => {
        const isHeld = waitsForWrites && ['arvalid', 'arready'].includes(signal.name);
        return `.m_axi_${signal.name}(${isHeld ? '' : 'm_axi_'}${name}_${signal.name})`;
      })
      .join(',\n    '),
  };
}

function instanceFacts(
  process: Process,
  place: number,
  network: Network,
  outer: ReadonlySet<Channel>,
  late: ReadonlyMap<Channel, number>,
) {
  const { inputs, outputs, ports, scalars } = interfaceOf(process, network);
  const stream = ['data', 'valid', 'ready'];
  const request = ['request_valid', 'request_ready', 'request_word', 'request_words'];
  // The FIFO between a process that writes and one that reads has ends of different names.
  const end = ({ name }: Channel, side: string, isLate = false) =>
    [...stream, ...(isLate ? ['reserve'] : [])]
      .map((one) => `.${name}_${one}${side && `(${name}${side}_${one})`}`)
      .join(', ');
  return {
    name: process.name,
    connections: [
      `.clk, .rst(steers[${2 * place}]), .start(${process.name}_start)`,
      `.done(${process.name}_done)`,
      ...scalarSlices(process, scalars),
      ...inputs.map((channel) => end(channel, '')),
      ...outputs.map((channel) => end(channel, outer.has(channel) ? '' : '_in', late.has(channel))),
      ...ports.flatMap(({ name }) =>
        [request, stream].map((signals) => signals.map((one) => `.${name}_${one}`).join(', ')),
      ),
    ].join(',\n    '),
  };
}
