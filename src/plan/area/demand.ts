/**
 * Which bits of which lanes of a node somebody wants, and in which stage: what synthesis leaves of registers and operators. Passed backwards
 * from what a nest writes through each operation to its operands, lane by lane.
 */
import type { Node } from '../../kernel/ir.js';
import { elementFor, laneCount } from '../../kernel/type.js';
import { isSettledConstant } from '../../kernel/zero-bits.js';

/** Bits wanted of each lane. */
export type LaneBits = readonly bigint[];

export const ones = (bits: number): bigint => (1n << BigInt(Math.max(0, bits))) - 1n;
export const bitsOf = (node: Node): number => elementFor(node.range).bits;

/** Bits counted. */
export function countBits(mask: bigint): number {
  let count = 0;
  for (let rest = mask; rest !== 0n; rest >>= 32n) {
    let part = Number(rest & 0xffffffffn);
    for (; part !== 0; part = (part & (part - 1)) >>> 0) count++;
  }
  return count;
}

const highest = (mask: bigint) => (mask === 0n ? 0 : mask.toString(2).length);

/** Bits wanted of an extended value, as bits wanted of the operand that was extended. */
function fitted(mask: bigint, operand: Node): bigint {
  const bits = bitsOf(operand);
  const low = mask & ones(bits);
  const isExtended = mask >> BigInt(bits) !== 0n && operand.range.lo < 0n;
  return isExtended ? low | (1n << BigInt(bits - 1)) : low;
}

const whole = (node: Node) => ones(bitsOf(node));
/** All bits up to the highest wanted one: a carry comes from below. */
const upTo = (mask: bigint) => ones(highest(mask));

/** Places by which a product with a power of two is shifted; 0 for everything else. */
export function powerOf({ operation: o }: Node): number {
  if (o.kind !== 'binary' || o.op !== 'mul') return 0;
  const factor = [o.a, o.b].find(isSettledConstant)?.range.lo ?? 0n;
  return factor > 1n && (factor & (factor - 1n)) === 0n ? factor.toString(2).length - 1 : 0;
}

/** What `node` wants of an operand: bits of each of its lanes. */
export function operandDemand(node: Node, operand: Node, index: number, wanted: LaneBits): LaneBits {
  const lanes = laneCount(operand.shape);
  const result: bigint[] = new Array<bigint>(lanes).fill(0n);
  const add = (lane: number, mask: bigint) => {
    result[lane] |= mask;
  };
  const o = node.operation;
  switch (o.kind) {
    case 'splat':
      for (const mask of wanted) add(0, mask);
      break;
    case 'perRow':
      wanted.forEach((mask, lane) => {
        add(Math.floor(lane / node.shape[1]), mask);
      });
      break;
    case 'perCol':
      wanted.forEach((mask, lane) => {
        add(lane % node.shape[1], mask);
      });
      break;
    case 'lane':
      wanted.forEach((mask, lane) => {
        add(lane + o.index * wanted.length, mask);
      });
      break;
    case 'lanes':
      wanted.forEach((mask, lane) => {
        add(lane + o.start * laneCount(node.shape.slice(1)), mask);
      });
      break;
    case 'gather': {
      const offset = o.parts.slice(0, index).reduce((sum, part) => sum + laneCount(part.shape), 0);
      for (let lane = 0; lane < lanes; lane++) add(lane, fitted(wanted[lane + offset], operand));
      break;
    }
    case 'pick':
      if (index === 1) add(0, wanted.some((mask) => mask !== 0n) ? whole(operand) : 0n);
      else for (let lane = 0; lane < lanes; lane++) add(lane, wanted[lane % wanted.length]);
      break;
    case 'reduce': {
      const along = lanes / wanted.length;
      for (let lane = 0; lane < lanes; lane++) {
        const mask = wanted[Math.floor(lane / along)];
        add(lane, mask === 0n ? 0n : o.op === 'add' ? fitted(upTo(mask), operand) : whole(operand));
      }
      break;
    }
    case 'bitcast':
      return castDemand(node, operand, o.from.bits, wanted);
    default:
      wanted.forEach((mask, lane) => {
        if (mask !== 0n) add(lanes === 1 ? 0 : lane, laneDemand(node, operand, index, mask));
      });
  }
  return result;
}

/** The bits lie in one word, whose lanes are cut anew. */
function castDemand(node: Node, operand: Node, other: number, wanted: LaneBits): LaneBits {
  const own = bitsOf(node);
  const lanes = laneCount(operand.shape);
  const result = new Array<bigint>(lanes).fill(0n);
  wanted.forEach((mask, lane) => {
    for (let bit = 0; bit < own; bit++) {
      if (((mask >> BigInt(bit)) & 1n) === 0n) continue;
      const place = lane * own + bit;
      const from = Math.floor(place / other);
      if (from < lanes) result[from] |= 1n << BigInt(place % other);
    }
  });
  return result.map((mask) => fitted(mask, operand));
}

/** One lane of an operation that works lane by lane. */
function laneDemand(node: Node, operand: Node, index: number, mask: bigint): bigint {
  const o = node.operation;
  switch (o.kind) {
    case 'binary':
      if (powerOf(node) > 0) return fitted(mask >> BigInt(powerOf(node)), operand);
      if (o.op === 'add' || o.op === 'sub' || o.op === 'mul') return fitted(upTo(mask), operand);
      if (o.op === 'and' || o.op === 'or' || o.op === 'xor') {
        const other = index === 0 ? o.b : o.a;
        const mine = o.op === 'and' && isSettledConstant(other) ? mask & other.range.lo : mask;
        return fitted(mine, operand);
      }
      return whole(operand);
    case 'neg':
      return fitted(upTo(mask), operand);
    case 'select':
      return index === 0 ? 1n : fitted(mask, operand);
    case 'shift': {
      if (index === 1 || !isSettledConstant(o.by)) return whole(operand);
      const by = o.by.range.lo;
      if (o.op === 'shl') return fitted(mask >> by, operand);
      return fitted(o.op === 'shr' || by === 0n ? mask << by : upTo(mask << by), operand);
    }
    case 'slice':
      return fitted(mask << BigInt(o.lo), operand);
    case 'not':
    case 'wrap':
    case 'assume':
    case 'reshape':
      return fitted(mask, operand);
    default:
      return whole(operand);
  }
}
