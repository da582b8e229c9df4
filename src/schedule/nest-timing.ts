/** Timing of the operations of one nest, where what an operation takes may depend on who else uses its operands. */
import type { Nest, Node } from '../kernel/ir.js';
import { dotProducts } from './dot-products.js';
import { biasedSums } from './dsp-fusion.js';
import { dotTiming, type OperatorTiming, operatorTiming } from './operator-timing.js';
import type { TimingTarget } from './target.js';

/** A function that gives the timing of a node of the nest. */
export function nestTiming(nest: Nest, target: TimingTarget): (node: Node) => OperatorTiming {
  const inside = biasedSums(nest);
  const dots = dotProducts(nest);
  const inDots = new Set(dots.values());
  const known = new Map<Node, OperatorTiming>();
  return (node) => {
    const found = known.get(node);
    if (found) return found;
    const product = dots.get(node);
    const own = product ? dotTiming(product, target) : operatorTiming(node, target);
    // The products of a dot product stand where it begins.
    const isPart = inside.has(node) || inDots.has(node);
    const timing = isPart ? { ...own, stages: 0, inNs: 0, outNs: 0 } : own;
    known.set(node, timing);
    return timing;
  };
}
