/** Timing of the operations of one nest, where what an operation takes may depend on who else uses its operands. */
import type { Nest, Node } from '../kernel/ir.js';
import { biasedSums } from './dsp-fusion.js';
import { type OperatorTiming, operatorTiming } from './operator-timing.js';
import type { TimingTarget } from './target.js';

/** A function that gives the timing of a node of the nest. */
export function nestTiming(nest: Nest, target: TimingTarget): (node: Node) => OperatorTiming {
  const inside = biasedSums(nest);
  const known = new Map<Node, OperatorTiming>();
  return (node) => {
    const found = known.get(node);
    if (found) return found;
    const own = operatorTiming(node, target);
    const timing = inside.has(node) ? { ...own, inNs: 0 } : own;
    known.set(node, timing);
    return timing;
  };
}
