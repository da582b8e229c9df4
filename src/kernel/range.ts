/** Interval arithmetic on integers: what the builder infers the width of every value from. Exact bounds for each operation alone. */
import type { BinaryOp, ShiftOp } from './ir.js';
import type { ElementType, Range } from './type.js';
import { rangeOf } from './type.js';

const min = (...values: bigint[]) => values.reduce((a, b) => (a < b ? a : b));
const max = (...values: bigint[]) => values.reduce((a, b) => (a > b ? a : b));

export function exactly(value: bigint): Range {
  return { lo: value, hi: value };
}

export function unite(a: Range, b: Range): Range {
  return { lo: min(a.lo, b.lo), hi: max(a.hi, b.hi) };
}

export function binaryRange(op: BinaryOp, a: Range, b: Range): Range {
  switch (op) {
    case 'add':
      return { lo: a.lo + b.lo, hi: a.hi + b.hi };
    case 'sub':
      return { lo: a.lo - b.hi, hi: a.hi - b.lo };
    case 'mul': {
      const corners = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
      return { lo: min(...corners), hi: max(...corners) };
    }
    case 'min':
      return { lo: min(a.lo, b.lo), hi: min(a.hi, b.hi) };
    case 'max':
      return { lo: max(a.lo, b.lo), hi: max(a.hi, b.hi) };
    case 'and':
    case 'or':
    case 'xor':
      return bitwiseRange(op, a, b);
    default:
      return { lo: 0n, hi: 1n };
  }
}

function bitwiseRange(op: 'and' | 'or' | 'xor', a: Range, b: Range): Range {
  if (a.lo < 0n || b.lo < 0n)
    throw new RangeError(`kernel: ${op} of a negative value; slice or wrap it to unsigned first`);
  if (op === 'and') return { lo: 0n, hi: min(a.hi, b.hi) };
  const bits = BigInt(max(a.hi, b.hi).toString(2).length);
  return { lo: 0n, hi: (1n << bits) - 1n };
}

export function shiftRange(op: ShiftOp, a: Range, by: Range): Range {
  if (by.lo < 0n || by.hi > 64n) throw new RangeError(`kernel: shift by ${by.lo}..${by.hi}, expected 0..64`);
  const apply = (value: bigint, count: bigint) => {
    if (op === 'shl') return value << count;
    if (op === 'shr' || count === 0n) return value >> count;
    return (value + (1n << (count - 1n))) >> count;
  };
  const corners = [apply(a.lo, by.lo), apply(a.lo, by.hi), apply(a.hi, by.lo), apply(a.hi, by.hi)];
  return { lo: min(...corners), hi: max(...corners) };
}

export function saturateRange(a: Range, to: ElementType): Range {
  const limit = rangeOf(to);
  const clamp = (v: bigint) => max(limit.lo, min(limit.hi, v));
  return { lo: clamp(a.lo), hi: clamp(a.hi) };
}
