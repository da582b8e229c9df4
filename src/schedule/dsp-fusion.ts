/**
 * Additions that the adders inside a product's own DSP48E1 make: a constant after its multiplier, which takes no time, and two addends in
 * front of it, which take as long as an adder elsewhere. Neither takes look-up tables. Short sums of products are made in the blocks too
 * (dot-products.ts), and what is added to one of those goes into its first block.
 */
import type { Nest, Node } from '../kernel/ir.js';
import { operandsOf, useCounts } from '../kernel/operands.js';
import { elementFor } from '../kernel/type.js';
import { dotProducts } from './dot-products.js';
import { dspBlocks } from './operator-timing.js';

const isVariable = (node: Node) => node.range.lo !== node.range.hi;

/** Bits of the adder after the multiplier. */
const adderBits = 48;

/** True for a product of two variables: a multiplier of its own, in a DSP block or in LUTs. */
export function isMultiplier({ operation: o }: Node): boolean {
  return o.kind === 'binary' && o.op === 'mul' && isVariable(o.a) && isVariable(o.b);
}

/**
 * From each sum of a product and a constant to the product: one in DSP blocks, that nobody else uses. And from each sum of a dot product in
 * DSP blocks and something that this iteration knows before it, to the dot product (a reduction).
 */
export function biasedSums(nest: Nest): Map<Node, Node> {
  const uses = useCounts(nest.body);
  const dots = dotProducts(nest);
  const place = new Map(nest.body.map((node, i) => [node, i]));
  const inDots = new Set(dots.values());
  const isProduct = (node: Node) => isDspProduct(node) && !inDots.has(node);
  const isDot = (node: Node) => isDspProduct(dots.get(node) ?? node) && dots.has(node);
  const sums = new Map<Node, Node>();
  for (const node of nest.body) {
    const o = node.operation;
    if (o.kind !== 'binary' || o.op !== 'add') continue;
    for (const [product, addend] of [
      [o.a, o.b],
      [o.b, o.a],
    ] as const) {
      if (!(isProduct(product) || isDot(product)) || uses.get(product) !== 1) continue;
      const isEarly = (place.get(addend) ?? -1) < place.get(product)! && !isCarried(addend);
      const fits = elementFor(node.range).bits <= adderBits;
      if (!isVariable(addend) || (isDot(product) && isEarly && fits)) {
        sums.set(node, product);
        break;
      }
    }
  }
  return sums;
}

/** The other addend of a sum that `product` is one of; null where `sum` is no sum. */
export function addendOf({ operation: o }: Node, product: Node): Node | null {
  if (o.kind !== 'binary') return null;
  return o.a === product ? o.b : o.a;
}

/** From each dot product to what its first block adds, where that varies: it is wanted as early as the factors. */
export function earlyAddends(nest: Nest): Map<Node, Node> {
  return new Map(
    [...biasedSums(nest)].flatMap(([sum, product]): [Node, Node][] => {
      const addend = product.operation.kind === 'reduce' ? addendOf(sum, product) : null;
      return addend && isVariable(addend) ? [[product, addend]] : [];
    }),
  );
}

/** Bits of the adder before the multiplier (its inputs and its result) and of the other factor; all are signed. */
const preAdderBits = 25;
const otherFactorBits = 18;

/** From each product in one DSP block to the factor that its block can add up: a sum that nobody else uses, as narrow as it must be. */
export function preAddedFactors(nest: Nest): Map<Node, Node> {
  const uses = useCounts(nest.body);
  const body = new Set(nest.body);
  const inDots = new Set(dotProducts(nest).values());
  const factors = new Map<Node, Node>();
  const fits = (node: Node) => isVariable(node) && signedBits(node) <= preAdderBits;
  for (const product of nest.body) {
    const o = product.operation;
    if (o.kind !== 'binary' || !isDspProduct(product) || dspBlocks(o.a, o.b) !== 1 || inDots.has(product))
      continue;
    for (const [sum, other] of [
      [o.a, o.b],
      [o.b, o.a],
    ] as const) {
      const s = sum.operation;
      if (s.kind !== 'binary' || s.op !== 'add' || !body.has(sum) || uses.get(sum) !== 1) continue;
      if (!fits(sum) || !fits(s.a) || !fits(s.b) || signedBits(other) > otherFactorBits) continue;
      factors.set(product, sum);
      break;
    }
  }
  return factors;
}

/** Follows from what an earlier iteration left: such a value is best wanted as late as can be. */
function isCarried(node: Node, seen = new Set<Node>()): boolean {
  if (node.control || seen.has(node)) return false;
  seen.add(node);
  const { kind } = node.operation;
  return (
    kind === 'ramRead' || kind === 'regRead' || operandsOf(node).some((operand) => isCarried(operand, seen))
  );
}

const signedBits = (node: Node) => elementFor(node.range).bits + (node.range.lo < 0n ? 0 : 1);

/** Of these, the products whose factor stands in their own stage: those that the RTL makes so. */
export function fusedFactors(nest: Nest, stageOf: (node: Node) => number): Map<Node, Node> {
  return new Map([...preAddedFactors(nest)].filter(([product, sum]) => stageOf(product) === stageOf(sum)));
}

function isDspProduct({ operation: o }: Node): boolean {
  return o.kind === 'binary' && o.op === 'mul' && dspBlocks(o.a, o.b) > 0;
}
