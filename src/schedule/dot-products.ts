/**
 * Short sums of products that need no adder tree. In DSP48E1 blocks the adder after each multiplier adds what the block before it has (PCIN):
 * the operands of a block come a stage after those of the one before it. In LUTs the rows of the multipliers add to those of the product before.
 */
import type { Nest, Node } from '../kernel/ir.js';
import { useCounts } from '../kernel/operands.js';
import { elementFor } from '../kernel/type.js';
import { dspBlocks } from './operator-timing.js';

/** Products of a sum in DSP blocks at most: the operands of the last one wait for so many stages less one. */
const MOST_IN_DSP = 4;
/** Products of a sum in LUTs at most, and operand bits that its rows are made for. */
const MOST_IN_LUTS = 8;
const LUT_OPERAND_BITS = 8;
/** Bits of the blocks' adder. */
const ADDER_BITS = 48;

/** From each such sum (a reduction) to its products, which nobody else uses. */
export function dotProducts(nest: Nest): Map<Node, Node> {
  const known = cache.get(nest);
  if (known) return known;
  const uses = useCounts(nest.body);
  const found = new Map<Node, Node>();
  for (const node of nest.body) {
    const o = node.operation;
    if (o.kind === 'reduce' && o.op === 'add' && uses.get(o.a) === 1 && isDot(o.a, node))
      found.set(node, o.a);
  }
  cache.set(nest, found);
  return found;
}

const cache = new WeakMap<Nest, Map<Node, Node>>();

function isDot(product: Node, sum: Node): boolean {
  const o = product.operation;
  if (o.kind !== 'binary' || o.op !== 'mul') return false;
  if ([o.a, o.b].some(({ range }) => range.lo === range.hi)) return false;
  const terms = product.shape.at(-1)!;
  if (dspBlocks(o.a, o.b) === 1) return terms <= MOST_IN_DSP && elementFor(sum.range).bits <= ADDER_BITS;
  const isByte = (node: Node) => elementFor(node.range).bits <= LUT_OPERAND_BITS && node.range.lo < 0n;
  return dspBlocks(o.a, o.b) === 0 && terms > 1 && terms <= MOST_IN_LUTS && isByte(o.a) && isByte(o.b);
}
