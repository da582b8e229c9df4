/** Views of views, of scalars copied to lanes, and of gathered lanes. */
import type { Node } from '../ir.js';
import { laneCount, sameShape } from '../type.js';
import { fixedValue, type Region } from './region.js';
import type { Rules } from './rule.js';

export const views: Rules = {
  reshape: {
    same: (node, { a }) => (sameShape(node.shape, a.shape) ? a : null),
    again(node, { a }, region) {
      const { kind } = a.operation;
      return kind === 'reshape' || kind === 'splat' ? region.reshaped(a, node.shape) : null;
    },
  },
  splat: {
    oneLane: (node, { a }, region) =>
      laneCount(node.shape) === 1 && a.operation.kind !== 'const' ? region.reshaped(a, node.shape) : null,
  },
  perRow: {
    spread: (node, { a }, region) => spreadAgain(node, a, region),
    oneColumn: (node, { a }, region) => (node.shape[1] === 1 ? region.reshaped(a, node.shape) : null),
  },
  perCol: {
    spread: (node, { a }, region) => spreadAgain(node, a, region),
    oneRow: (node, { a }, region) => (node.shape[0] === 1 ? region.reshaped(a, node.shape) : null),
  },
  lane: {
    only: (node, { a }, region) => (a.shape[0] === 1 ? region.reshaped(a, node.shape) : null),
    spread: (node, { a }, region) => spreadAgain(node, a, region),
    ofLanes(node, { a, index }, region) {
      return a.operation.kind === 'lanes'
        ? laneOf(a.operation.a, index + a.operation.start, node, region)
        : null;
    },
    ofRows(node, { a, index }, region) {
      if (a.operation.kind === 'perCol') return a.operation.a;
      if (a.operation.kind !== 'perRow') return null;
      const scalar = { ...node, shape: [] };
      return region.spread(laneOf(a.operation.a, index, scalar, region), node.shape);
    },
    ofParts(node, { a, index }, region) {
      if (a.operation.kind !== 'gather') return null;
      let start = 0;
      for (const part of a.operation.parts) {
        const isRow = part.shape.length < a.shape.length;
        const count = isRow ? 1 : part.shape[0];
        if (index < start + count)
          return isRow ? region.reshaped(part, node.shape) : laneOf(part, index - start, node, region);
        start += count;
      }
      return null;
    },
  },
  lanes: {
    all: (node, { a }) => (sameShape(node.shape, a.shape) ? a : null),
    spread: (node, { a }, region) => spreadAgain(node, a, region),
    ofLanes(node, { a, start }, region) {
      const inner = a.operation;
      if (inner.kind !== 'lanes') return null;
      const operation = { kind: 'lanes', a: inner.a, start: start + inner.start } as const;
      return region.make(operation, node.range, node.shape, node.fracBits);
    },
    ofParts(node, { a, start }) {
      if (a.operation.kind !== 'gather') return null;
      let place = 0;
      for (const part of a.operation.parts) {
        if (place === start && sameShape(part.shape, node.shape)) return part;
        place += part.shape.length < a.shape.length ? 1 : part.shape[0];
      }
      return null;
    },
  },
  pick: {
    fixed(node, { a, index }, region) {
      const known = fixedValue(index);
      return known === null ? null : laneOf(a, Number(known), node, region);
    },
    spread: (node, { a }, region) => spreadAgain(node, a, region),
  },
  gather: {
    onePart: (node, { parts }, region) => (parts.length === 1 ? region.reshaped(parts[0], node.shape) : null),
    oneValue(node, { parts }, region) {
      const [first] = parts as [Node];
      return first.shape.length === 0 && parts.every((part) => part === first)
        ? region.spread(first, node.shape)
        : null;
    },
    /** All lanes of a vector, in their order. */
    takenApart(node, { parts }, region) {
      const whole = parts[0].operation;
      if (whole.kind !== 'lane' || whole.a.shape[0] !== parts.length) return null;
      const isNext = ({ operation: o }: Node, i: number) =>
        o.kind === 'lane' && o.a === whole.a && o.index === i;
      return parts.every(isNext) && laneCount(whole.a.shape) === laneCount(node.shape)
        ? region.reshaped(whole.a, node.shape)
        : null;
    },
  },
  bitcast: {
    same(node, { a, from, to }, region) {
      return from.bits === to.element.bits && from.signed === to.element.signed
        ? region.reshaped(a, node.shape)
        : null;
    },
    again(node, { a, from, to }, region) {
      const inner = a.operation;
      if (inner.kind !== 'bitcast' || inner.to.element.bits !== from.bits) return null;
      const operation = { kind: 'bitcast', a: inner.a, from: inner.from, to } as const;
      return region.make(operation, node.range, node.shape, node.fracBits);
    },
  },
  reduce: {
    alongOne: (node, { a }, region) => (a.shape.at(-1) === 1 ? region.reshaped(a, node.shape) : null),
  },
};

/** Some lanes of a value that is alike in all of them. */
function spreadAgain(node: Node, { operation: o }: Node, region: Region): Node | null {
  return o.kind === 'splat' ? region.spread(o.a, node.shape) : null;
}

/** A lane (or row) of `a`, of the type of `node`. */
function laneOf(a: Node, index: number, node: Node, region: Region): Node {
  return region.make({ kind: 'lane', a, index }, a.range, node.shape, node.fracBits);
}
