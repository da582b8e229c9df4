/**
 * Which vectors are stored and which are computed inside the loop of their only user. Stored are those used more than once, those whose lanes
 * are wanted in another order, and assumptions that could otherwise be skipped: an assumption counts wherever it stands.
 */
import type { Node } from '../ir.js';
import { operandsOf } from '../operands.js';
import { isOf } from '../operations.js';

/** The vector nodes that must be stored. `nodes` is everything that will be emitted, in order. */
export function storedNodes(nodes: readonly Node[]): Set<Node> {
  const uses = new Map<Node, number>();
  const stored = new Set<Node>();
  const direct = new Set<Node>();
  const certain = new Set<Node>();
  for (const node of [...nodes].reverse()) {
    const o = node.operation;
    const { kind } = o;
    const own = uses.get(node) ?? 0;
    const moves = isOf(o, 'view', 'pick') && node.shape.length > 0;
    const weight = kind === 'perCol' || kind === 'perRow' || kind === 'bitcast' ? 2 : moves ? own : 1;
    for (const operand of operandsOf(node)) uses.set(operand, (uses.get(operand) ?? 0) + weight);
    if (isOf(o, 'store')) direct.add(operandsOf(node)[kind === 'ramWrite' ? 1 : 0]);
    if (kind === 'reshape' && direct.has(node)) direct.add(operandsOf(node)[0]);

    const vector = node.shape.length > 0 && node.result;
    if (vector && !isOf(o, 'constant', 'load', 'view', 'pick')) {
      const whole = kind === 'gather' && !direct.has(node);
      const skippable = kind === 'assume' && !certain.has(node);
      if (skippable || own > 1 || (own > 0 && whole)) stored.add(node);
    }
    if (stored.has(node) || certain.has(node) || !vector) for (const seen of wholly(node)) certain.add(seen);
  }
  return stored;
}

/** Operands of which all lanes are computed whenever all lanes of the node are. */
function wholly(node: Node): readonly Node[] {
  const o = node.operation;
  if ((isOf(o, 'view', 'pick') && o.kind !== 'reshape') || ('when' in o && o.when)) return [];
  if (o.kind === 'select' && o.c.shape.length === 0) return [];
  return operandsOf(node);
}
