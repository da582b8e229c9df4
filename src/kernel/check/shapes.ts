/** The shape of every operation's result from the shapes of its operands, and whether they go together at all. */
import type { Node } from '../ir.js';
import { isOf } from '../operations.js';
import { laneCount, type Shape, totalBits } from '../type.js';

/** What is wrong with the shape of a node, or null. */
export function shapeProblem(node: Node): string | null {
  const expected = shapeOf(node);
  if (typeof expected === 'string') return expected;
  return expected.join() === node.shape.join() ? null : `shape [${node.shape}], expected [${expected}]`;
}

function alike(...nodes: readonly Node[]): Shape | string {
  const shapes = nodes.map(({ shape }) => `[${shape}]`);
  return shapes.every((shape) => shape === shapes[0])
    ? nodes[0].shape
    : `operands of shapes ${shapes.join(' and ')}`;
}

function shapeOf(node: Node): Shape | string {
  const o = node.operation;
  if (!node.result || isOf(o, 'store')) return [];
  switch (o.kind) {
    case 'const':
      return o.values.length === laneCount(node.shape)
        ? node.shape
        : `${o.values.length} values for [${node.shape}]`;
    case 'index':
    case 'arg':
      return [];
    case 'binary':
      return alike(o.a, o.b);
    case 'shift':
      return alike(o.a, o.by);
    case 'select':
      return o.c.shape.length === 0 ? alike(o.a, o.b) : alike(o.c, o.a, o.b);
    case 'lookup':
      return o.index.shape;
    case 'reduce':
      return o.a.shape.length > 0 ? o.a.shape.slice(0, -1) : 'reduction of a scalar';
    case 'splat':
      return o.a.shape.length === 0 ? node.shape : `splat of shape [${o.a.shape}]`;
    case 'perRow':
    case 'perCol': {
      const axis = o.kind === 'perRow' ? 0 : 1;
      const fits = o.a.shape.length === 1 && node.shape.length === 2 && node.shape[axis] === o.a.shape[0];
      return fits ? node.shape : `${o.kind} of [${o.a.shape}] to [${node.shape}]`;
    }
    case 'lane':
      return o.index >= 0 && o.index < (o.a.shape[0] ?? 0)
        ? o.a.shape.slice(1)
        : `lane ${o.index} of [${o.a.shape}]`;
    case 'pick':
      return o.index.shape.length === 0 ? o.a.shape.slice(1) : 'picks with a vector';
    case 'lanes': {
      const end = o.start + (node.shape[0] ?? 0);
      const fits = o.start >= 0 && end <= (o.a.shape[0] ?? 0) && node.shape.length === o.a.shape.length;
      return fits ? [node.shape[0], ...o.a.shape.slice(1)] : `lanes ${o.start}..${end - 1} of [${o.a.shape}]`;
    }
    case 'gather': {
      const rows = laneCount(node.shape.slice(1));
      const lanes = o.parts.reduce((sum, part) => sum + laneCount(part.shape), 0);
      return lanes === rows * (node.shape[0] ?? 0) ? node.shape : `${lanes} lanes for [${node.shape}]`;
    }
    case 'reshape':
      return laneCount(o.a.shape) === laneCount(node.shape)
        ? node.shape
        : `[${o.a.shape}] to [${node.shape}]`;
    case 'bitcast': {
      const bits = o.from.bits * laneCount(o.a.shape);
      return bits === totalBits(o.to) ? o.to.shape : `${bits} bits to ${totalBits(o.to)}`;
    }
    case 'read':
      return o.channel.type.shape;
    case 'ramRead':
      return o.ram.type.shape;
    case 'regRead':
      return o.register.type.shape;
    case 'portRead':
      return o.port.type.shape;
    case 'neg':
    case 'not':
    case 'saturate':
    case 'wrap':
    case 'assume':
    case 'slice':
    case 'leadingZeros':
      return o.a.shape;
  }
}
