/**
 * Area of a scheduled network by counting: DSP blocks and block RAM from what is written, LUT and FF from areas an operator (characterized on
 * the same die as the delays) and from the registers the schedule puts between stages. Planned figures, never to be mixed with synthesized ones.
 */
import type { Channel, Nest, Network, Node, Process } from '../kernel/ir.js';
import { operandsOf } from '../kernel/ir.js';
import { type DataType, elementFor, laneCount, totalBits } from '../kernel/type.js';
import { preAddedFactors } from '../schedule/dsp-fusion.js';
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
  const uses = new Map<Node, number>();
  for (const operand of nest.body.flatMap(operandsOf)) uses.set(operand, (uses.get(operand) ?? 0) + 1);
  /** A product that only this operation reads: its adder is the one in the DSP block. */
  const isOwnProduct = (operand: Node) =>
    operand.operation.kind === 'binary' &&
    operand.operation.op === 'mul' &&
    uses.get(operand) === 1 &&
    operatorTiming(operand, schedule.target).dsp === 1;
  const preAdded = new Set(
    [...preAddedFactors(nest)]
      .filter(([product, sum]) => stageOf.get(product.id)!.stage === stageOf.get(sum.id)!.stage)
      .map(([, sum]) => sum),
  );
  let lut = 0;
  let ff = 0;
  let dsp = 0;
  for (const node of nest.body) {
    const bits = node.result ? elementFor(node.range).bits * laneCount(node.shape) : 0;
    const timing = operatorTiming(node, schedule.target);
    dsp += timing.dsp * laneCount(node.shape);
    lut += isPostAdder(node, isOwnProduct) || preAdded.has(node) ? 0 : operatorLuts(node, timing.dsp);
    const constant = isConstant(node);
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

/** Width of the adder behind the multiplier of a DSP48E1. */
const postAdderBits = 48;

/** Whether a sum is made in the DSP block of a product it adds to. */
function isPostAdder(node: Node, isOwnProduct: (operand: Node) => boolean): boolean {
  const o = node.operation;
  if (o.kind !== 'binary' || (o.op !== 'add' && o.op !== 'sub')) return false;
  return elementFor(node.range).bits <= postAdderBits && (isOwnProduct(o.a) || isOwnProduct(o.b));
}

const isConstant = (node: Node) => node.range.lo === node.range.hi;

/** Low bits that are zero because the value was shifted left by a constant. */
function zeroBits(node: Node): number {
  const o = node.operation;
  return o.kind === 'shift' && o.op === 'shl' && isConstant(o.by) ? Number(o.by.range.lo) : 0;
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
      if (o.op === 'and' || o.op === 'or' || o.op === 'xor')
        return isConstant(o.a) || isConstant(o.b) ? 0 : lanes * bits;
      return lanes * Math.max(1, bits - Math.max(zeroBits(o.a), zeroBits(o.b)));
    }
    case 'neg':
      return lanes * bits;
    case 'select':
      return lanes * Math.ceil(bits * 0.7);
    case 'saturate':
      return lanes * Math.ceil(bits * 0.6 + (elementFor(o.a.range).bits - bits) / 3);
    case 'shift': {
      const fixed = isConstant(o.by);
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
