/** Nodes that compute the same: synthesis makes one of them. */
import type { Node } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/ir.js';

/** From each node to the first that is equal to it, itself where there is none. `place` tells equal ones in different stages apart. */
export function equalNodes(nodes: readonly Node[], place: (node: Node) => number): Map<Node, Node> {
  const first = new Map<string, Node>();
  const same = new Map<Node, Node>();
  const idOf = (node: Node) => (same.get(node) ?? node).id;
  for (const node of nodes) {
    const key = `${place(node)} ${keyOf(node, operandsOf(node).map(idOf))}`;
    if (!first.has(key)) first.set(key, node);
    same.set(node, first.get(key)!);
  }
  return same;
}

/** Everything that says what a node computes. */
function keyOf(node: Node, operands: readonly number[]): string {
  const o = node.operation;
  const type = `${node.range.lo}..${node.range.hi} ${node.shape.join('x')}`;
  switch (o.kind) {
    case 'index':
      return `index ${o.loop}`;
    case 'regRead':
      return `register ${o.register.name}`;
    case 'const':
      return `const ${o.values.join(' ')} ${type}`;
    case 'arg':
      return `arg ${o.scalar.name}`;
    case 'binary':
    case 'shift':
    case 'reduce':
      return `${o.kind} ${o.op} ${operands.join(' ')} ${type}`;
    case 'slice':
      return `slice ${o.hi} ${o.lo} ${operands.join(' ')}`;
    case 'lane':
      return `lane ${o.index} ${operands.join(' ')} ${type}`;
    case 'lanes':
      return `lanes ${o.start} ${operands.join(' ')} ${type}`;
    case 'lookup':
      return `lookup ${o.rom.name} ${operands.join(' ')} ${type}`;
    case 'ramRead':
      return `memory ${o.ram.name} ${operands.join(' ')}`;
    case 'read':
    case 'write':
    case 'portRead':
    case 'portWrite':
    case 'ramWrite':
    case 'regWrite':
      return `own ${node.id}`;
    default:
      return `${o.kind} ${operands.join(' ')} ${type}`;
  }
}
