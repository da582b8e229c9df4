/** Low bits of a value that are zero whatever its operands are, and sums that need no adder because of them. */
import type { Node } from './ir.js';
import { binaryOps } from './operations.js';
import { elementFor } from './type.js';

/** Whether a value is the same in every iteration of every call. */
export const isSettledConstant = (node: Node): boolean => node.range.lo === node.range.hi;

/** Low bits that are zero whatever the operands are. */
export function zeroBits(node: Node): number {
  const o = node.operation;
  if (isSettledConstant(node)) return trailingZeros(node.range.lo);
  switch (o.kind) {
    case 'splat':
    case 'perRow':
    case 'perCol':
    case 'reshape':
    case 'assume':
    case 'wrap':
      return zeroBits(o.a);
    case 'shift':
      return o.op === 'shl' && isSettledConstant(o.by) ? zeroBits(o.a) + Number(o.by.range.lo) : 0;
    case 'select':
      return Math.min(zeroBits(o.a), zeroBits(o.b));
    case 'binary':
      if (o.op === 'mul') {
        const factor = [o.a, o.b].find(isSettledConstant);
        return factor ? trailingZeros(factor.range.lo) + zeroBits(factor === o.a ? o.b : o.a) : 0;
      }
      return ['sum', 'extreme'].includes(binaryOps[o.op].group) ? Math.min(zeroBits(o.a), zeroBits(o.b)) : 0;
    default:
      return 0;
  }
}

function trailingZeros(value: bigint): number {
  return value === 0n ? 64 : (value & -value).toString(2).length - 1;
}

/** Whether a sum only puts bits beside one another: the one addend begins where the other, which is never negative, has ended. */
export function isJoin({ operation: o }: Node): boolean {
  if (o.kind !== 'binary' || o.op !== 'add') return false;
  const [upper, lower] = zeroBits(o.a) >= zeroBits(o.b) ? [o.a, o.b] : [o.b, o.a];
  if (isSettledConstant(upper) || isSettledConstant(lower) || lower.range.lo < 0n) return false;
  return zeroBits(upper) >= elementFor(lower.range).bits;
}
