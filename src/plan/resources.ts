/**
 * Area of a scheduled network by counting: DSP blocks and block RAM from what is written, LUT and FF from areas an operator (characterized on
 * the same die as the delays) and from the registers the schedule puts between stages. Planned figures, never to be mixed with synthesized ones.
 */
import type { Channel, Nest, Network, Node, Process } from '../kernel/ir.js';
import { operandsOf } from '../kernel/ir.js';
import { type DataType, elementFor, laneCount, totalBits } from '../kernel/type.js';
import { operatorTiming } from '../schedule/operator-timing.js';
import { type NestSchedule, nestSchedule, type Schedule } from '../schedule/schedule.js';

export interface Resources {
  readonly lut: number;
  readonly ff: number;
  readonly dsp: number;
  readonly bram36: number;
}

export interface ProcessResources extends Resources {
  readonly name: string;
  readonly unit: string;
}

/** A FIFO or RAM of up to this many words is built of LUTs. */
const lutramWords = 64;

export const noResources: Resources = { lut: 0, ff: 0, dsp: 0, bram36: 0 };

export function addResources(a: Resources, b: Resources): Resources {
  return { lut: a.lut + b.lut, ff: a.ff + b.ff, dsp: a.dsp + b.dsp, bram36: a.bram36 + b.bram36 };
}

/** One entry a process (the FIFOs it writes counted with it), in network order. */
export function networkResources(network: Network, schedule: Schedule): ProcessResources[] {
  return network.processes.map((process) => {
    const parts = process.nests.map((nest) =>
      nestResources(nest, nestSchedule(schedule, process.name, nest.label), schedule),
    );
    const memories = process.rams.map((ram) =>
      memoryResources(ram.type, ram.depth, ram.storage === 'lutram'),
    );
    const fifos = written(process).map((channel) => memoryResources(channel.type, channel.depth, false));
    const total = [...parts, ...memories, ...fifos].reduce(addResources, noResources);
    return { name: process.name, unit: process.unit, ...total, bram36: Math.round(total.bram36 * 2) / 2 };
  });
}

function written(process: Process): Channel[] {
  const channels = new Set<Channel>();
  for (const node of process.nests.flatMap((nest) => nest.body))
    if (node.operation.kind === 'write') channels.add(node.operation.channel);
  return [...channels];
}

function nestResources(nest: Nest, own: NestSchedule, schedule: Schedule): Resources {
  const stageOf = new Map(own.nodes.map((n) => [n.node, n]));
  const lastUse = new Map<Node, number>();
  for (const node of nest.body)
    for (const operand of operandsOf(node))
      lastUse.set(operand, Math.max(lastUse.get(operand) ?? 0, stageOf.get(node.id)!.stage));
  let lut = 0;
  let ff = 0;
  let dsp = 0;
  for (const node of nest.body) {
    const bits = node.result ? elementFor(node.range).bits * laneCount(node.shape) : 0;
    const timing = operatorTiming(node, schedule.target);
    dsp += timing.dsp * laneCount(node.shape);
    lut += operatorLuts(node, timing.dsp);
    const constant = node.range.lo === node.range.hi;
    const at = stageOf.get(node.id)!;
    // A scalar copied to lanes is the same wires: registers are counted where the value was made.
    const isWiring = [
      'splat',
      'perRow',
      'perCol',
      'lane',
      'lanes',
      'reshape',
      'gather',
      'bitcast',
      'wrap',
      'slice',
      'assume',
    ].includes(node.operation.kind);
    if (!constant && !isWiring) ff += bits * Math.max(0, (lastUse.get(node) ?? 0) - at.resultStage);
  }
  for (const register of nest.registers) ff += totalBits(register.type);
  return { lut, ff, dsp, bram36: 0 };
}

/** 6-input LUTs of an operation, all lanes. */
function operatorLuts(node: Node, dsp: number): number {
  const o = node.operation;
  const bits = node.result ? elementFor(node.range).bits : 0;
  const lanes = laneCount(node.shape);
  switch (o.kind) {
    case 'binary': {
      const wide = Math.max(elementFor(o.a.range).bits, elementFor(o.b.range).bits);
      if (o.op === 'mul')
        return dsp > 0 || bits <= 1
          ? 0
          : lanes * (elementFor(o.a.range).bits * elementFor(o.b.range).bits + 8);
      if (o.op === 'eq' || o.op === 'ne') return lanes * Math.ceil(wide / 2.5);
      if (o.op === 'lt' || o.op === 'le') return lanes * Math.ceil(wide / 2);
      if (o.op === 'min' || o.op === 'max') return lanes * Math.ceil(wide * 1.55);
      return lanes * bits;
    }
    case 'neg':
      return lanes * bits;
    case 'select':
      return lanes * Math.ceil(bits * 0.7);
    case 'saturate':
      return lanes * Math.ceil(bits * 0.6 + (elementFor(o.a.range).bits - bits) / 3);
    case 'shift': {
      const fixed = o.by.range.lo === o.by.range.hi;
      const wide = Math.max(bits, elementFor(o.a.range).bits);
      const counts = Number(o.by.range.hi - o.by.range.lo) + 1;
      const barrel = fixed ? 0 : Math.ceil((wide * Math.ceil(Math.log2(counts))) / 2);
      return lanes * (barrel + (o.op === 'roundShift' ? bits : 0));
    }
    case 'leadingZeros':
      return lanes * o.width;
    case 'lookup':
      return lanes * Math.ceil(o.rom.values.length / 64) * o.rom.element.bits;
    case 'pick':
      return lanes * bits * Math.ceil(((o.a.shape[0] ?? 1) - 1) / 3);
    case 'reduce': {
      const along = o.a.shape[o.a.shape.length - 1]!;
      return lanes * (along - 1) * (bits - Math.ceil(Math.log2(along) / 2));
    }
    default:
      return 0;
  }
}

/** A memory of `depth` words: LUTRAM where shallow, else the cheapest shape of 18 or 36 Kbit block RAM (counted in 36 Kbit). */
export function memoryResources(type: DataType, depth: number, lutram: boolean): Resources {
  const width = totalBits(type);
  if (lutram || depth <= lutramWords)
    return { lut: Math.ceil((width * Math.ceil(depth / 32)) / 1.5), ff: width, dsp: 0, bram36: 0 };
  // Simple dual port aspect ratios of a RAMB36E1 (DS180, UG473); a RAMB18E1 is half of each width.
  const shapes = [
    [72, 512],
    [36, 1024],
    [18, 2048],
    [9, 4096],
    [4, 8192],
    [2, 16384],
    [1, 32768],
  ] as const;
  const halves = shapes.map(([w, d]) => Math.ceil(width / (w / 2)) * Math.ceil(depth / d));
  return { lut: 20, ff: 0, dsp: 0, bram36: Math.min(...halves) / 2 };
}
