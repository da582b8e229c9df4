/**
 * A region while it is being rewritten: the prologue of a process, or the body of a nest. Nodes that compute the same are made once; what a
 * prologue computes, its nests take from there.
 */
import type { Node, Operation } from '../ir.js';
import { operandsOf } from '../operands.js';
import { isOf, isPure } from '../operations.js';
import { elementFor, laneCount, type Range, type Shape } from '../type.js';
import { keyOf } from './key.js';

/** What a node is called and why it is there: kept when another node takes its place. */
export type Label = Pick<Node, 'name' | 'note' | 'fracBits'>;

/** Numbers new nodes of a process. */
export interface Numbering {
  next: number;
}

export class Region {
  readonly nodes: Node[] = [];
  private readonly standing = new Set<Node>();
  private readonly known = new Map<string, Node>();

  constructor(
    private readonly numbering: Numbering,
    private readonly outer: Region | null = null,
  ) {}

  /** A node that stands here, or in the region around, and computes the same. */
  equalTo(node: Node): Node | undefined {
    return isMerged(node) ? this.find(keyOf(node)) : undefined;
  }

  /** Puts a node at the end. */
  append(node: Node): Node {
    this.nodes.push(node);
    this.standing.add(node);
    if (isMerged(node)) this.known.set(keyOf(node), node);
    return node;
  }

  /** A new operation, or an equal node; control where all that it reads is. */
  make(operation: Operation, range: Range, shape: Shape, fracBits = 0): Node {
    const control = operandsOf({ operation }).every((operand) => operand.control);
    const made = { operation, range, shape, fracBits, control, result: true, name: null, note: null };
    return this.equalTo({ id: -1, ...made }) ?? this.append({ id: this.numbering.next++, ...made });
  }

  /** A number in every lane. */
  constant(value: bigint, shape: Shape, fracBits = 0): Node {
    const range = { lo: value, hi: value };
    const scalar = this.make({ kind: 'const', values: [value] }, range, [], fracBits);
    if (shape.length === 0) return scalar;
    return this.make({ kind: 'splat', a: scalar }, range, shape, fracBits);
  }

  /** The same lanes in another shape; the value itself where it has that shape. */
  reshaped(node: Node, shape: Shape): Node {
    if (shape.join() === node.shape.join()) return node;
    const { operation: o } = node;
    if (o.kind === 'reshape') return this.reshaped(o.a, shape);
    if (o.kind === 'splat') return this.spread(o.a, shape);
    return this.make({ kind: 'reshape', a: node }, node.range, shape, node.fracBits);
  }

  /** A scalar in every lane. */
  spread(scalar: Node, shape: Shape): Node {
    if (shape.length === 0) return scalar;
    if (laneCount(shape) === 1) return this.reshaped(scalar, shape);
    return this.make({ kind: 'splat', a: scalar }, scalar.range, shape, scalar.fracBits);
  }

  has(node: Node): boolean {
    return this.standing.has(node);
  }

  private find(key: string): Node | undefined {
    const own = this.known.get(key);
    if (own) return own;
    const outer = this.outer?.find(key);
    return outer && outer.shape.length === 0 && !isPlain(outer) ? outer : undefined;
  }
}

/** Reads of a register see the start of the iteration, wherever they stand; of everything else that has state each access is its own. */
const isMerged = (node: Node) => isPure(node) || node.operation.kind === 'regRead';

/** The value of a node that can have one only, whatever computes it; null otherwise. */
export function fixedValue(node: Node): bigint | null {
  return node.range.lo === node.range.hi ? node.range.lo : null;
}

/** Whether a node is constant and written as simply as can be. */
export function isPlain({ operation: o }: Node): boolean {
  return (
    isOf(o, 'constant') || (o.kind === 'splat' && isPlain(o.a)) || (o.kind === 'reshape' && isPlain(o.a))
  );
}

export const bitsOf = (node: Node): number => elementFor(node.range).bits;
