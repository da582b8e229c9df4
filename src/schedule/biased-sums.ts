/** Multipliers of their own, and sums of a product and one constant, which the adder of the product's own DSP48E1 makes. */
import type { Nest, Node } from '../kernel/ir.js';

/** True for a product of two variables: a multiplier of its own. */
export function isMultiplier({ operation: o }: Node): boolean {
  if (o.kind !== 'binary' || o.op !== 'mul') return false;
  return o.a.range.lo !== o.a.range.hi && o.b.range.lo !== o.b.range.hi;
}

/** From each such sum to its product: a pipelined multiplier that nobody else uses. */
export function biasedSums(
  nest: Nest,
  stages: ReadonlyMap<Node, { readonly stage: number; readonly result: number }>,
  users: ReadonlyMap<Node, readonly Node[]>,
): Map<Node, Node> {
  const sums = new Map<Node, Node>();
  for (const node of nest.body) {
    const o = node.operation;
    if (o.kind !== 'binary' || o.op !== 'add') continue;
    const [product, bias] = isMultiplier(o.a) ? [o.a, o.b] : [o.b, o.a];
    const timed = stages.get(product);
    if (!timed || !isMultiplier(product) || timed.result === timed.stage) continue;
    if (bias.range.lo !== bias.range.hi || users.get(product)!.length !== 1) continue;
    sums.set(node, product);
  }
  return sums;
}
