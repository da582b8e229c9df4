/** The nodes of a process while it is written: numbers, unique names, and where they go, to the prologue or to the nest that is open. */
import type { Node, Operation } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { operandsOf } from '../operands.js';
import { exactly } from '../range.js';
import { elementFor } from '../type.js';
import type { Result } from './results.js';
import type { NodeSink } from './value.js';

export class NodeWriter implements NodeSink {
  protected readonly prologue: Node[] = [];
  /** Nodes of the nest that is open; null outside a nest. */
  protected body: Node[] | null = null;
  private readonly names = new Map<string, number>();
  private nextId = 0;

  /** Adds an operation. It is a control value where all its operands are, unless `control` says otherwise. @internal */
  add({ operation, range, shape, fracBits }: Result, control?: boolean): Node {
    const { bits } = elementFor(range);
    if (bits > 64) throw new KernelError(`a result of ${bits} bits, at most 64 are possible`);
    const isControl = control ?? operandsOf({ operation }).every((operand) => operand.control);
    return this.put({ operation, range, shape, fracBits, result: true, control: isControl });
  }

  /** Adds an operation without a result. @internal */
  addStore(operation: Operation): void {
    this.put({ operation, range: exactly(0n), shape: [], fracBits: 0, result: false, control: false });
  }

  /** Gives a value a name that is unique in the process. @internal */
  rename(node: Node, name: string): void {
    this.name(node, this.unique(name));
  }

  /** Gives a value its note. @internal */
  annotate(node: Node, note: string): void {
    open(node).note = note;
  }

  /** Gives a value exactly this name: the indices of two nests may have the same one. */
  protected name(node: Node, name: string): void {
    open(node).name = name;
  }

  /** `name`; with a number after it where it was given before. */
  protected unique(name: string): string {
    const uses = (this.names.get(name) ?? 0) + 1;
    this.names.set(name, uses);
    return uses === 1 ? name : `${name}_${uses}`;
  }

  private put(known: Omit<Node, 'id' | 'name' | 'note'>): Node {
    const node: Node = { id: this.nextId++, ...known, name: null, note: null };
    (this.body ?? this.prologue).push(node);
    return node;
  }
}

/** A node while its process is being written: it may still get a name. */
const open = (node: Node) => node as { -readonly [K in 'name' | 'note']: Node[K] };
