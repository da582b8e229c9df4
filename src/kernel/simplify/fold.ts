/** Constants: a value that can be one number only is that number, and what is computed from constants is one. */
import { evaluate } from '../evaluate.js';
import type { Node } from '../ir.js';
import { operandsOf } from '../operands.js';
import { isOf, isPure } from '../operations.js';
import { laneCount } from '../type.js';
import { fixedValue, isPlain, type Region } from './region.js';

/** From this many lanes on a table of constants is not worth its text. */
const MOST_LANES = 4096;

/** The constant that a node is, or null. */
export function folded(node: Node, region: Region): Node | null {
  if (!node.result || !isPure(node) || isPlain(node)) return null;
  const value = fixedValue(node);
  if (value !== null) return region.constant(value, node.shape, node.fracBits);
  if (isOf(node.operation, 'given') || laneCount(node.shape) > MOST_LANES) return null;
  if (!operandsOf(node).every(isKnown)) return null;
  const values = evaluate(node, lanesOf);
  const [first] = values as [bigint];
  if (values.every((one) => one === first)) return region.constant(first, node.shape, node.fracBits);
  const lo = values.reduce((a, v) => (v < a ? v : a), first);
  const hi = values.reduce((a, v) => (v > a ? v : a), first);
  return region.make({ kind: 'const', values }, { lo, hi }, node.shape, node.fracBits);
}

const isKnown = (node: Node) => node.operation.kind === 'const' || fixedValue(node) !== null;

function lanesOf(node: Node): readonly bigint[] {
  const { operation: o } = node;
  if (o.kind === 'const') return o.values;
  return new Array<bigint>(laneCount(node.shape)).fill(node.range.lo);
}
