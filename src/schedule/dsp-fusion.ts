/** Additions that the adders inside a product's own DSP48E1 make: one behind its multiplier. They take no look-up tables and no time. */
import type { Nest, Node } from '../kernel/ir.js';
import { operandsOf } from '../kernel/ir.js';
import { dspBlocks } from './operator-timing.js';

/** From each sum of a product and a constant to the product: one in DSP blocks, that nobody else uses. */
export function biasedSums(nest: Nest): Map<Node, Node> {
  const uses = useCounts(nest);
  const sums = new Map<Node, Node>();
  for (const node of nest.body) {
    const o = node.operation;
    if (o.kind !== 'binary' || o.op !== 'add') continue;
    const [product, bias] = isDspProduct(o.a) ? [o.a, o.b] : [o.b, o.a];
    if (!isDspProduct(product) || uses.get(product) !== 1) continue;
    if (bias.range.lo === bias.range.hi) sums.set(node, product);
  }
  return sums;
}

function isDspProduct({ operation: o }: Node): boolean {
  return o.kind === 'binary' && o.op === 'mul' && dspBlocks(o.a, o.b) > 0;
}

function useCounts(nest: Nest): Map<Node, number> {
  const uses = new Map<Node, number>();
  for (const operand of nest.body.flatMap(operandsOf)) uses.set(operand, (uses.get(operand) ?? 0) + 1);
  return uses;
}
