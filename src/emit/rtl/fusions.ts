/** Operations of a nest that a multiplier's own block makes, and which therefore have no text of their own. */
import type { Nest, Node } from '../../kernel/ir.js';
import { dotProducts } from '../../schedule/dot-products.js';
import { biasedSums, fusedFactors } from '../../schedule/dsp-fusion.js';

export class Fusions {
  /** From sums of a product and a constant, or of a dot product and what its first block adds, to the product. */
  private readonly biased: ReadonlyMap<Node, Node>;
  private readonly sums: ReadonlyMap<Node, Node>;
  /** From products to the factor that is a sum. */
  private readonly preAdded: ReadonlyMap<Node, Node>;
  /** From dot products to their products. */
  private readonly dots: ReadonlyMap<Node, Node>;
  private readonly inside: ReadonlySet<Node>;

  constructor(nest: Nest, stageOf: (node: Node) => number) {
    this.biased = biasedSums(nest);
    this.sums = new Map([...this.biased].map(([sum, product]) => [product, sum]));
    this.preAdded = fusedFactors(nest, stageOf);
    this.dots = dotProducts(nest);
    this.inside = new Set([...this.biased.keys(), ...this.preAdded.values(), ...this.dots.values()]);
  }

  /** The operation whose stages are those of `node`. */
  producer(node: Node): Node {
    return this.biased.get(node) ?? node;
  }
  /** The sum that a product is only a part of, else the node itself: what stands in the text. */
  whole(node: Node): Node {
    return this.sums.get(node) ?? node;
  }
  /** The factor of a product that is a sum made in the same block. */
  sumFactor(product: Node): Node | undefined {
    return this.preAdded.get(product);
  }
  /** The products that a reduction sums in a chain of its own; undefined where it is a tree. */
  dotProduct(reduction: Node): Node | undefined {
    return this.dots.get(reduction);
  }
  /** Made inside another operation's block. */
  isInside(node: Node): boolean {
    return this.inside.has(node);
  }
}
