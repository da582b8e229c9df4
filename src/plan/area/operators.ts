/** What one operation takes of LUTs, in features, for the bits that are wanted of each lane. */
import type { Node } from '../../kernel/ir.js';
import { isOf } from '../../kernel/operations.js';
import { elementFor, laneCount } from '../../kernel/type.js';
import { isJoin, isSettledConstant, zeroBits } from '../../kernel/zero-bits.js';
import { dspBlocks, operatorTiming } from '../../schedule/operator-timing.js';
import type { TimingTarget } from '../../schedule/target.js';
import { bitsOf, countBits, type LaneBits, ones } from './demand.js';
import type { ProcessFeature } from './features.js';
import { romTables } from './rom.js';

/** Bits of a sum that repeat the sign of its lower operand, because the other one begins above it: two int8 weights in one word, say. */
export function repeatedBits({ operation: o }: Node): bigint {
  if (o.kind !== 'binary' || o.op !== 'add') return 0n;
  const [upper, lower] = zeroBits(o.a) >= zeroBits(o.b) ? [o.a, o.b] : [o.b, o.a];
  if (isSettledConstant(upper) || isSettledConstant(lower) || lower.range.lo >= 0n) return 0n;
  return zeroBits(upper) > bitsOf(lower) ? ones(zeroBits(upper)) & ~ones(bitsOf(lower)) : 0n;
}

const top = (mask: bigint) => (mask === 0n ? 0 : mask.toString(2).length);

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);

/** Places of the non-zero bits of a factor but the lowest: each is a sum that begins there. */
function upperPlaces(factor: bigint): number[] {
  const digits = [...(factor < 0n ? -factor : factor).toString(2)].reverse();
  return digits.flatMap((digit, place) => (digit === '1' ? [place] : [])).slice(1);
}

/** Bits up to the highest wanted, over the lanes that are wanted at all. */
function chainBits(wanted: LaneBits, below = 0): number {
  return wanted.reduce((sum, mask) => sum + Math.max(0, top(mask) - below), 0);
}
const lanesOf = (wanted: LaneBits) => wanted.reduce((sum, mask) => sum + (mask === 0n ? 0 : 1), 0);
const allBits = (wanted: LaneBits) => wanted.reduce((sum, mask) => sum + countBits(mask), 0);
const isZero = (node: Node) => isSettledConstant(node) && node.range.lo === 0n;

/** What an operation's cost depends on beside itself. */
export interface OperatorContext {
  /** A register's next value, kept where nothing is chosen. */
  readonly isHold: boolean;
  /** A word that is not made 0 where it was not read. */
  readonly isUnmasked: boolean;
  /** Read from registers only. */
  readonly isRegistered: boolean;
  /** A table's index is chosen of two in the same stage: tables are then doubled rather than chosen one after the other. */
  readonly isIndexChosen: boolean;
}

/** In a prologue. */
export const plainContext: OperatorContext = {
  isHold: false,
  isUnmasked: false,
  isRegistered: true,
  isIndexChosen: false,
};

/** A feature and how much of it there is. */
export type FeatureCount = readonly [feature: ProcessFeature, count: number];

/** Features of `node`, all its lanes. */
export function operatorFeatures(
  node: Node,
  wanted: LaneBits,
  target: TimingTarget,
  context: OperatorContext,
): FeatureCount[] {
  const lanes = lanesOf(wanted);
  const o = node.operation;
  if (lanes === 0 || isSettledConstant(node) || isOf(o, 'constant', 'given', 'bits', 'view', 'pack', 'store'))
    return [];
  switch (o.kind) {
    case 'binary':
      return binaryFeatures(node, wanted);
    case 'neg':
      return [['inverters', chainBits(wanted)]];
    case 'select':
      if (isSettledConstant(o.a) && isSettledConstant(o.b)) return [];
      if (context.isHold) return [['hold', allBits(wanted)]];
      return [[isZero(o.a) || isZero(o.b) ? maskKind(context) : 'mux', allBits(wanted)]];
    case 'read':
      return o.when && !context.isUnmasked ? [[maskKind(context), allBits(wanted)]] : [];
    case 'saturate': {
      const most = o.to.signed ? o.to.bits - 1 : o.to.bits;
      return [
        ['saturate', allBits(wanted)],
        ['saturateUpper', lanes * Math.max(0, bitsOf(o.a) - most)],
      ];
    }
    case 'shift':
      return shiftFeatures(node, wanted);
    case 'leadingZeros':
      return [['leadingZeros', lanes * o.width]];
    case 'lookup':
      return [
        [context.isIndexChosen ? 'romChosen' : 'rom', sum(wanted.map((mask) => romTables(o.rom, mask)))],
      ];
    case 'pick': {
      const choices = laneCount(o.a.shape) / wanted.length;
      return [['pick', allBits(wanted) * (choices - 1)]];
    }
    case 'reduce':
      return treeFeatures(node, wanted, target);
    case 'not':
    case 'ramRead':
    case 'regRead':
    case 'portRead':
      return [];
  }
}

const maskKind = ({ isRegistered }: OperatorContext) => (isRegistered ? 'maskRegistered' : 'mask');

function binaryFeatures(node: Node, wanted: LaneBits): FeatureCount[] {
  const o = node.operation;
  if (o.kind !== 'binary') return [];
  const lanes = lanesOf(wanted);
  const constant = isSettledConstant(o.a) || isSettledConstant(o.b);
  const wide = Math.max(1, Math.max(bitsOf(o.a), bitsOf(o.b)) - Math.min(zeroBits(o.a), zeroBits(o.b)));
  switch (o.op) {
    case 'add':
    case 'sub': {
      if (isJoin(node)) return [];
      if (constant)
        return [['inverters', sum(wanted.map((mask) => inverters(o.op === 'add', o.a, o.b, mask)))]];
      const below = Math.max(o.op === 'add' ? zeroBits(o.a) : 0, zeroBits(o.b), zeroBits(node));
      return [['add', chainBits(wanted, below)]];
    }
    case 'mul': {
      if (constant) {
        const factor = isSettledConstant(o.a) ? o.a.range.lo : o.b.range.lo;
        return [['add', sum(upperPlaces(factor).map((place) => chainBits(wanted, place)))]];
      }
      if (dspBlocks(o.a, o.b) > 0) return [];
      return [['multiply', lanes * multiplierBits(o.a, o.b, bitsOf(node))]];
    }
    case 'and':
    case 'or':
    case 'xor':
      return constant ? [] : [['logic', allBits(wanted)]];
    case 'eq':
    case 'ne':
      return [['equal', lanes * wide * (constant ? 1 : 2)]];
    case 'lt':
    case 'le':
      if (isPowerTest(node)) return [['equal', lanes * wide]];
      return [[constant ? 'lessConstant' : 'less', lanes * wide]];
    default:
      return [
        [constant ? 'lessConstant' : 'less', lanes * wide],
        ['mux', allBits(wanted)],
      ];
  }
}

/** Sums with a constant: the carry chain takes the variable as it is, inverted where a bit of the constant is one. */
function inverters(isSum: boolean, a: Node, b: Node, mask: bigint): number {
  const width = ones(top(mask));
  if (!isSettledConstant(a)) {
    const added = isSum ? b.range.lo : -b.range.lo - 1n;
    return countBits(BigInt.asUintN(64, added) & width);
  }
  return isSum ? countBits(BigInt.asUintN(64, a.range.lo) & width) : countBits(~a.range.lo & width);
}

/** Whether an unsigned value is less than a power of two, or not: only its upper bits are looked at. */
function isPowerTest({ operation: o }: Node): boolean {
  if (o.kind !== 'binary') return false;
  const [value, limit] = o.op === 'lt' ? [o.a, o.b] : [o.b, o.a];
  if (!isSettledConstant(limit)) return false;
  const power = limit.range.lo;
  if (value.range.lo < 0n) return power === 0n;
  return power > 0n && (power & (power - 1n)) === 0n;
}

/** Carry bits of a multiplier in LUTs: Booth rows of two bits of the second factor, an even number of them, and the sums of pairs of rows. */
function multiplierBits(a: Node, b: Node, product: number): number {
  const rows = Math.floor((bitsOf(b) + (b.range.lo < 0n ? 1 : 2)) / 2);
  const pairs = Math.ceil(rows / 2);
  let sums = 0;
  for (let pair = 1; pair < pairs; pair++) sums += Math.max(0, product - 4 * pair);
  return 2 * pairs * (bitsOf(a) + 3) + sums;
}

function shiftFeatures(node: Node, wanted: LaneBits): FeatureCount[] {
  const o = node.operation;
  if (o.kind !== 'shift') return [];
  const fixed = isSettledConstant(o.by);
  const isRounding = o.op === 'roundShift' && !(fixed && o.by.range.lo === 0n);
  const lanes = lanesOf(wanted);
  const rounding: FeatureCount[] = isRounding
    ? [
        ['inverters', lanes],
        ['rounding', chainBits(wanted)],
      ]
    : [];
  if (fixed) return rounding;
  const wide = Math.max(bitsOf(node), bitsOf(o.a));
  const steps = Math.ceil(Math.log2(Number(o.by.range.hi - o.by.range.lo) + 1));
  // Half of the last place stands below the wanted bits.
  const needed = isRounding ? wanted.map((mask) => (mask === 0n ? 0n : (mask << 1n) | 1n)) : wanted;
  const tables = sum(needed.map((mask) => shifterTables(top(mask), steps, wide, o.op === 'shl')));
  // The doubled value has the next stage.
  const held: FeatureCount[] = isRounding ? [['ffCopy', lanes * (bitsOf(o.a) + 1)]] : [];
  return [['shift', tables], ...rounding, ...held];
}

/**
 * Tables of a shifter by a variable: two of its steps in one, the longest first, each as wide as what later steps still move into the wanted bits.
 */
function shifterTables(bits: number, steps: number, wide: number, isLeft: boolean): number {
  let tables = 0;
  if (bits === 0) return 0;
  for (let step = steps; step > 0; step -= 2) {
    const later = isLeft ? 0 : 2 ** Math.max(0, step - 2) - 1;
    tables += Math.min(wide, bits + later);
  }
  return tables;
}

/** Sums of a tree level by level, and its registers. */
function treeFeatures(node: Node, wanted: LaneBits, target: TimingTarget): FeatureCount[] {
  const o = node.operation;
  if (o.kind !== 'reduce') return [];
  const { stages, levelsPerStage } = operatorTiming(node, target);
  const along = laneCount(o.a.shape) / wanted.length;
  const group = stages > 0 ? levelsPerStage : 1;
  const most = elementFor(node.range).bits;
  const trees = lanesOf(wanted);
  const own: FeatureCount[] = [];
  for (let level = 0, nodes = along; ; level++) {
    const bits = Math.min(most, o.op === 'add' ? bitsOf(o.a) + level : bitsOf(o.a));
    if (level > 0 && level % group === 0 && level / group <= stages) own.push(['ffTree', nodes * bits]);
    if (nodes === 1) break;
    const pairs = Math.floor(nodes / 2);
    const next = Math.min(most, o.op === 'add' ? bits + 1 : bits);
    own.push([o.op === 'add' ? 'treeAdd' : 'treeLess', pairs * next]);
    nodes = Math.ceil(nodes / 2);
  }
  return own.map(([feature, count]) => [feature, trees * count]);
}
