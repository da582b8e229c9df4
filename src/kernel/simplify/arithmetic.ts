/** Sums, products, comparisons and shifts that leave a value as it is, or that ranges decide. */
import type { BinaryOp, Node } from '../ir.js';
import { binaryOps } from '../operations.js';
import type { Range } from '../type.js';
import { fixedValue } from './region.js';
import type { Rules } from './rule.js';

export const arithmetic: Rules = {
  binary: {
    addNothing(_, { op, a, b }) {
      if (op === 'add' && fixedValue(a) === 0n) return b;
      return (op === 'add' || op === 'sub') && fixedValue(b) === 0n ? a : null;
    },
    timesOne(_, { op, a, b }) {
      if (op !== 'mul') return null;
      if (fixedValue(a) === 1n) return b;
      return fixedValue(b) === 1n ? a : null;
    },
    minusItself(node, { op, a, b }, region) {
      return op === 'sub' && a === b ? region.constant(0n, node.shape, node.fracBits) : null;
    },
    decidedMinimum(_, { op, a, b }) {
      if (op !== 'min' && op !== 'max') return null;
      const [less, more] = op === 'min' ? [a, b] : [b, a];
      if (a === b || a.range.hi <= b.range.lo) return less;
      return a.range.lo >= b.range.hi ? more : null;
    },
    decidedComparison(node, { op, a, b }, region) {
      const known = a === b ? ofItself(op) : outcome(op, a.range, b.range);
      return known === null ? null : region.constant(known ? 1n : 0n, node.shape);
    },
    conditionAgain(node, { op, a, b }, region) {
      if (op !== 'eq' && op !== 'ne') return null;
      const [value, other] = fixedValue(a) === null ? [a, fixedValue(b)] : [b, fixedValue(a)];
      if (!isTruth(value) || (other !== 0n && other !== 1n)) return null;
      if ((op === 'eq') === (other === 1n)) return value;
      return region.make({ kind: 'not', a: value }, { lo: 0n, hi: 1n }, node.shape);
    },
  },
  shift: {
    byNothing: (_, { a, by }) => (fixedValue(by) === 0n ? a : null),
  },
  neg: {
    twice: (_, { a }) => (a.operation.kind === 'neg' ? a.operation.a : null),
  },
};

/** A condition that was one from the start; a number of one bit (a counter, say) stays a number. */
function isTruth({ operation: o }: Node): boolean {
  if (o.kind !== 'binary') return o.kind === 'not';
  return (
    binaryOps[o.op].group === 'comparison' ||
    ((o.op === 'and' || o.op === 'or') && isTruth(o.a) && isTruth(o.b))
  );
}

/** What a comparison of a value with itself gives. */
function ofItself(op: BinaryOp): boolean | null {
  if (op === 'eq' || op === 'le') return true;
  return op === 'ne' || op === 'lt' ? false : null;
}

/** What a comparison gives where the ranges leave no choice; null for the rest. */
function outcome(op: BinaryOp, a: Range, b: Range): boolean | null {
  const apart = a.hi < b.lo || a.lo > b.hi;
  switch (op) {
    case 'lt':
      return a.hi < b.lo ? true : a.lo >= b.hi ? false : null;
    case 'le':
      return a.hi <= b.lo ? true : a.lo > b.hi ? false : null;
    case 'eq':
      return apart ? false : null;
    case 'ne':
      return apart ? true : null;
    default:
      return null;
  }
}
