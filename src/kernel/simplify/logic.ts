/** Conditions, masks and selections. */
import type { Node } from '../ir.js';
import { bitsOf, fixedValue } from './region.js';
import type { Rules } from './rule.js';

export const logic: Rules = {
  binary: {
    withItself(node, { op, a, b }, region) {
      if (a !== b) return null;
      if (op === 'and' || op === 'or') return a;
      return op === 'xor' ? region.constant(0n, node.shape, node.fracBits) : null;
    },
    withNothing(node, { op, a, b }, region) {
      const other = fixedValue(a) === 0n ? b : fixedValue(b) === 0n ? a : null;
      if (!other) return null;
      if (op === 'and') return region.constant(0n, node.shape, node.fracBits);
      return op === 'or' || op === 'xor' ? other : null;
    },
    withAllOnes(node, { op, a, b }, region) {
      const [value, mask] = fixedValue(a) === null ? [a, fixedValue(b)] : [b, fixedValue(a)];
      const all = (1n << BigInt(bitsOf(value))) - 1n;
      if (mask === null || (mask & all) !== all) return null;
      if (op === 'and') return value;
      return op === 'or' ? region.constant(mask, node.shape, node.fracBits) : null;
    },
  },
  not: {
    twice: (_, { a }) => (a.operation.kind === 'not' ? a.operation.a : null),
  },
  select: {
    decided(_, { c, a, b }) {
      const known = fixedValue(c);
      return known === null ? null : known === 1n ? a : b;
    },
    sameEitherWay: (_, { a, b }) => (a === b ? a : null),
    condition(node, { c, a, b }, region) {
      const [yes, no] = [fixedValue(a), fixedValue(b)];
      const inLanes = (one: Node) => (c.shape.length === 0 ? region.spread(one, node.shape) : one);
      if (yes === 1n && no === 0n) return inLanes(c);
      if (yes !== 0n || no !== 1n) return null;
      return inLanes(region.make({ kind: 'not', a: c }, { lo: 0n, hi: 1n }, c.shape));
    },
  },
};
