/** The prologue of a process: what it makes of its scalars, and what follows from the bounds of its loops, settled before the call starts. */
import type { Network, Node, Process } from '../../kernel/ir.js';
import type { TimingTarget } from '../../schedule/target.js';
import { interfaceOf } from '../network/interface.js';
import { Lines } from '../network/lines.js';
import type { NameOf } from '../network/name-values.js';
import type { Names } from '../network/names.js';
import { BoundWriter } from './bounds.js';
import { SettledValues } from './settled.js';
import { named, type Term } from './term.js';

export class Prologue {
  readonly lines = new Lines(1);
  readonly values: SettledValues;
  readonly bounds: BoundWriter;
  private readonly nodes: ReadonlySet<Node>;
  private cyclesOfValues = 0;

  constructor(process: Process, network: Network, names: Names, nameOf: NameOf, target: TimingTarget) {
    const scalar = ({ operation: o }: Node) =>
      o.kind === 'arg' ? { term: named(o.scalar.name, o.scalar.element), cycles: 0 } : null;
    this.values = new SettledValues(names, target, this.lines, scalar, nameOf);
    for (const { name, element } of interfaceOf(process, network).scalars) this.values.declare(name, element);
    this.nodes = new Set(process.prologue);
    for (const node of process.prologue) {
      const { kind } = node.operation;
      if (kind === 'const' || kind === 'arg' || node.shape.length > 0) continue;
      this.cyclesOfValues = Math.max(this.cyclesOfValues, this.values.of(node, 0).cycles);
    }
    this.bounds = new BoundWriter(this.values, names, this.lines);
  }

  /** Cycles from the scalars to the start. */
  get cycles(): number {
    return Math.max(this.cyclesOfValues, this.bounds.cycles);
  }

  /** A scalar or value of the prologue, of which so many low bits are read (null: all); null for what a nest computes. */
  still(node: Node, lowBits: number | null): Term | null {
    const { kind } = node.operation;
    if (kind === 'const' || node.shape.length > 0) return null;
    return kind === 'arg' || this.nodes.has(node) ? this.values.of(node, lowBits).term : null;
  }
}
