/**
 * Timing of one operation: either combinational (it chains within a stage) or a pipeline of its own (DSP multiplier, RAM read, an adder tree
 * too deep for one stage). All lanes of a vector work side by side, so that lanes cost area, not time.
 */
import type { Node, Ram } from '../kernel/ir.js';
import { isOf } from '../kernel/operations.js';
import { elementFor } from '../kernel/type.js';
import { isJoin } from '../kernel/zero-bits.js';
import { type DelayCurve, delayAt, delayCurves, gradeFactor } from './operator-delays.js';
import { stageBudgetNs, type TimingTarget } from './target.js';
import { isWideMemory } from './wide.js';

export interface OperatorTiming {
  /** Stages between operands and result; 0 = combinational. */
  readonly stages: number;
  /** Combinational delay, or with stages > 0 the delay before the first register. */
  readonly inNs: number;
  /** With stages > 0: when the result is there in its stage. */
  readonly outNs: number;
  /** DSP48E1 blocks a lane. */
  readonly dsp: number;
  /** Adder-tree levels between two registers of a pipelined reduction. */
  readonly levelsPerStage: number;
}

const bitsOf = (node: Node) => elementFor(node.range).bits;
const isConstant = (node: Node) => node.range.lo === node.range.hi;

/** DSP48E1 blocks (25 x 18 signed) that a product of these operands takes; 0 where LUTs do it (both at most 8 bits, or one constant). */
export function dspBlocks(a: Node, b: Node): number {
  if (isConstant(a) || isConstant(b)) return 0;
  const widths = [a, b].map((n) => bitsOf(n) + (n.range.lo < 0n ? 0 : 1));
  const wide = Math.max(...widths);
  const narrow = Math.min(...widths);
  if (wide <= 9) return 0;
  const pieces = (bits: number, own: number) => (bits <= own ? 1 : 1 + Math.ceil((bits - own) / (own - 1)));
  return Math.min(pieces(wide, 25) * pieces(narrow, 18), pieces(wide, 18) * pieces(narrow, 25));
}

/** Timing of the sum of products along the last axis in a chain of DSP blocks, or of multipliers in LUTs (two products a stage). */
export function dotTiming(product: Node, target: TimingTarget): OperatorTiming {
  const o = product.operation;
  const terms = product.shape.at(-1) ?? 1;
  if (o.kind !== 'binary') throw new RangeError('not a product');
  if (dspBlocks(o.a, o.b) > 0)
    return pipeline(target.dspStages + terms - 1, 0.4, target.clockToOutNs + 0.3, 1);
  const add = delayAt(delayCurves.add, bitsOf(product)) * gradeFactor[target.grade];
  return pipeline(Math.ceil(terms / 2) + 1, 2 * add, target.clockToOutNs + add);
}

/** Timing of a node on a target. */
export function operatorTiming(node: Node, target: TimingTarget): OperatorTiming {
  const scale = gradeFactor[target.grade];
  const curve = (c: DelayCurve, bits: number) => comb(delayAt(c, bits) * scale);
  const o = node.operation;
  if (isOf(o, 'constant', 'given', 'bits', 'view', 'pack', 'store')) return comb(0);
  switch (o.kind) {
    case 'binary': {
      const bits = Math.max(bitsOf(o.a), bitsOf(o.b), 1);
      if (o.op === 'mul') return multiplyTiming(o.a, o.b, target);
      if (isJoin(node)) return comb(0);
      if (o.op === 'add' || o.op === 'sub') return curve(delayCurves.add, bitsOf(node));
      if (o.op === 'min' || o.op === 'max') return curve(delayCurves.minMax, bits);
      if (o.op === 'eq' || o.op === 'ne') return curve(delayCurves.equal, bits);
      if (o.op === 'lt' || o.op === 'le') return curve(delayCurves.less, bits);
      // Inverters and masks are part of the look-up tables that follow.
      if (isConstant(o.a) || isConstant(o.b)) return comb(0);
      return curve(delayCurves.logic, bits);
    }
    case 'neg':
      return curve(delayCurves.negate, bitsOf(node));
    case 'not':
      return curve(delayCurves.logic, 1);
    case 'shift':
      return shiftTiming(node, target);
    case 'select':
      return curve(delayCurves.select, bitsOf(node));
    case 'saturate':
      // Two comparisons of the upper bits in parallel, then a multiplexer of the result's width.
      return comb(
        (delayAt(delayCurves.equal, bitsOf(o.a)) + delayAt(delayCurves.select, o.to.bits) * 0.6) * scale,
      );
    case 'leadingZeros':
      return comb((0.6 + 0.45 * Math.ceil(Math.log2(o.width + 1))) * scale);
    case 'lookup':
      return comb((0.8 + 0.5 * Math.max(0, Math.ceil(Math.log2(o.rom.values.length)) - 6)) * scale);
    case 'pick':
      return comb((0.6 + 0.3 * Math.ceil(Math.log2(o.a.shape[0] ?? 1))) * scale);
    case 'reduce':
      return reduceTiming(node, target);
    case 'ramRead':
      return ramTiming(o.ram, target);
    case 'read':
    case 'regRead':
    case 'portRead':
      return comb(0);
  }
}

function comb(ns: number): OperatorTiming {
  return { stages: 0, inNs: ns, outNs: 0, dsp: 0, levelsPerStage: 0 };
}

function pipeline(stages: number, inNs: number, outNs: number, dsp = 0): OperatorTiming {
  return { stages, inNs, outNs, dsp, levelsPerStage: 0 };
}

/** The registers before a wide memory take the address; those of a narrow one lie with the operation that makes it. */
function ramTiming(ram: Ram, target: TimingTarget): OperatorTiming {
  const isBlock = ram.storage === 'bram';
  const stages = isBlock ? target.bramStages : target.lutramStages;
  const outNs = isBlock ? target.bramClockToOutNs : target.clockToOutNs;
  if (isWideMemory(ram, target)) return pipeline(stages + 1, 0.4, outNs);
  return pipeline(stages, isBlock ? 0.6 : 1.65 * gradeFactor[target.grade], outNs);
}

function multiplyTiming(a: Node, b: Node, target: TimingTarget): OperatorTiming {
  const scale = gradeFactor[target.grade];
  const dsp = dspBlocks(a, b);
  if (dsp > 0) return pipeline(target.dspStages + (dsp > 1 ? 1 : 0), 0.4, target.clockToOutNs + 0.3, dsp);
  const fixed = isConstant(a) ? a : isConstant(b) ? b : null;
  if (fixed === null) return comb(delayAt(delayCurves.lutMultiply, Math.max(bitsOf(a), bitsOf(b))) * scale);
  // A constant is a sum of shifted copies, one for each of its non-zero bits, added as a tree.
  const magnitude = fixed.range.lo < 0n ? -fixed.range.lo : fixed.range.lo;
  const terms = magnitude.toString(2).replaceAll('0', '').length;
  const levels = Math.ceil(Math.log2(Math.max(1, terms)));
  return comb(levels * delayAt(delayCurves.add, bitsOf(isConstant(a) ? b : a)) * scale);
}

function shiftTiming(node: Node, target: TimingTarget): OperatorTiming {
  const o = node.operation;
  if (o.kind !== 'shift') return comb(0);
  const scale = gradeFactor[target.grade];
  const bits = Math.max(bitsOf(node), bitsOf(o.a));
  const fixed = isConstant(o.by);
  const barrel = fixed ? 0 : delayAt(delayCurves.shift, bits);
  const round =
    o.op === 'roundShift' && !(fixed && o.by.range.lo === 0n) ? delayAt(delayCurves.add, bitsOf(node)) : 0;
  // The shifter alone nearly fills a stage: the rounding's carry has the next.
  if (!fixed && round > 0) return pipeline(1, barrel * scale, target.clockToOutNs + round * scale);
  return comb((barrel + round) * scale);
}

function reduceTiming(node: Node, target: TimingTarget): OperatorTiming {
  const o = node.operation;
  if (o.kind !== 'reduce') return comb(0);
  const lanes = o.a.shape[o.a.shape.length - 1];
  const levels = Math.ceil(Math.log2(lanes));
  if (levels === 0) return comb(0);
  const curve = o.op === 'add' ? delayCurves.add : delayCurves.minMax;
  const level = delayAt(curve, bitsOf(node)) * gradeFactor[target.grade];
  const room = stageBudgetNs(target) - target.clockToOutNs;
  const levelsPerStage = Math.max(1, Math.floor(room / level));
  if (levels <= levelsPerStage) return comb(levels * level);
  // Registers stand between the groups of levels; the first group chains with what comes before it, the last one with what follows.
  const stages = Math.ceil(levels / levelsPerStage) - 1;
  const last = levels - stages * levelsPerStage;
  const inNs = levelsPerStage * level;
  return { stages, inNs, outNs: target.clockToOutNs + last * level, dsp: 0, levelsPerStage };
}
