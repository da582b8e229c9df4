/** Saturation, wrapping, slices and assumptions that change nothing, or that follow each other. */
import { isOf } from '../operations.js';
import { contains, elementFor, rangeOf } from '../type.js';
import type { Rules } from './rule.js';

export const bits: Rules = {
  saturate: {
    inside: (_, { a, to }) => (contains(rangeOf(to), a.range) ? a : null),
  },
  wrap: {
    inside: (_, { a, to }) => (contains(rangeOf(to), a.range) ? a : null),
    /** A value was wrapped to at least as many bits before: its low bits are those of the value before that. */
    twice(node, { a, to }, region) {
      const inner = a.operation;
      if (inner.kind !== 'wrap' || inner.to.bits < to.bits) return null;
      const range = contains(rangeOf(to), inner.a.range) ? inner.a.range : rangeOf(to);
      return region.make({ kind: 'wrap', a: inner.a, to }, range, node.shape, node.fracBits);
    },
  },
  slice: {
    whole(_, { a, hi, lo }) {
      return lo === 0 && a.range.lo >= 0n && a.range.hi < 1n << BigInt(hi + 1) ? a : null;
    },
  },
  assume: {
    known: (_, { a, range }) => (contains(range, a.range) ? a : null),
    /** One that changes no width is nothing to hardware: its name is better with the value itself. */
    sameWidth(node, { a, range }, region) {
      const isKept = node.name === null || a.name !== null || !region.has(a) || isOf(a.operation, 'given');
      const [own, other] = [elementFor(node.range), elementFor(a.range)];
      if (isKept || a.operation.kind === 'regRead' || own.bits !== other.bits || own.signed !== other.signed)
        return null;
      return region.make({ kind: 'assume', a, range }, node.range, node.shape, node.fracBits);
    },
  },
};
