/** What steers a nest: everything that decides whether an iteration reads or writes a channel. */
import type { Nest, Node } from './ir.js';
import { operandsOf } from './operands.js';

/**
 * The operations of a nest's body that the conditions of its channel accesses come from, round its registers too: what is written to a
 * register on the way belongs to them. Closed under operands, so that it can be worked out ahead of everything else.
 */
export function steeringNodes(nest: Nest): ReadonlySet<Node> {
  const inside = new Set(nest.body);
  const found = new Set<Node>();
  const need = (node: Node): void => {
    if (!inside.has(node) || found.has(node)) return;
    found.add(node);
    for (const operand of operandsOf(node)) need(operand);
    const o = node.operation;
    if (o.kind !== 'regRead') return;
    for (const write of nest.body)
      if (write.operation.kind === 'regWrite' && write.operation.register === o.register) need(write);
  };
  for (const { operation: o } of nest.body)
    if ((o.kind === 'read' || o.kind === 'write') && o.when) need(o.when);
  return found;
}
