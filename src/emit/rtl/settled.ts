/**
 * Values that hold still for a whole call (the prologue), or for a burst: every operation has a register after it that moves in every cycle,
 * so that the result stands a known number of cycles after its operands do, however long the chain.
 */
import type { Node } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import type { ElementType } from '../../kernel/type.js';
import { isMultiplier } from '../../schedule/dsp-fusion.js';
import { operatorTiming } from '../../schedule/operator-timing.js';
import type { TimingTarget } from '../../schedule/target.js';
import type { Lines } from '../network/lines.js';
import type { NameOf } from '../network/name-values.js';
import type { Names } from '../network/names.js';
import { BitsRead, lowBitsRead, unusedWire } from './bits-read.js';
import { expressionOf } from './expression.js';
import { multiplier } from './instance.js';
import { elementOf, rangeText, type Term } from './term.js';
import { constantOf, narrowed } from './values.js';

/** A value and the cycles until it has settled. */
export interface Settled {
  readonly term: Term;
  readonly cycles: number;
}

export class SettledValues {
  private readonly known = new Map<Node, Settled>();
  /** Bits that are read of what this declares. */
  private readonly reads = new Map<string, { readonly type: string; readonly read: BitsRead }>();

  constructor(
    private readonly names: Names,
    private readonly target: TimingTarget,
    private readonly lines: Lines,
    private readonly outer: (node: Node, lowBits: number | null) => Settled | null,
    private readonly nameOf: NameOf,
  ) {}

  /**
   * The value of a node, whose operations are written where they were not before. Scalars only. Of it, so many low bits are read (null: all;
   * 0: none, it only has to be written).
   */
  of(node: Node, lowBits: number | null = null): Settled {
    if (node.range.lo === node.range.hi) return { term: constantOf(node, node.range.lo), cycles: 0 };
    const settled = this.known.get(node) ?? this.outer(node, lowBits) ?? this.write(node);
    this.reads.get(settled.term.text)?.read.mark(0, lowBits ?? settled.term.bits);
    return settled;
  }

  /** Keeps account of which bits of a signal are read. */
  declare(name: string, element: Pick<ElementType, 'bits' | 'signed'>): void {
    this.reads.set(name, { type: rangeText(element), read: new BitsRead(element.bits) });
  }

  /** Wires for the bits that nothing has read. */
  unused(): string[] {
    return [...this.reads].flatMap(([name, { type, read }]) =>
      unusedWire(this.names, name, type, read.left()),
    );
  }

  private write(node: Node): Settled {
    const settled = this.written(node);
    this.known.set(node, settled);
    return settled;
  }

  private written(node: Node): Settled {
    const o = node.operation;
    if (node.shape.length > 0) throw new RangeError(`a vector in a prologue (${o.kind})`);
    if (o.kind === 'assume') {
      const { term, cycles } = this.of(o.a, elementOf(node).bits);
      return { term: narrowed(node, term), cycles };
    }
    const operands = operandsOf(node).map((operand, i) => this.of(operand, lowBitsRead(node, i)));
    const ready = Math.max(0, ...operands.map(({ cycles }) => cycles));
    const terms = operands.map(({ term }) => term);
    const name = this.names.claim(this.nameOf(node));
    const element = elementOf(node);
    const term: Term = { text: name, ...element, plain: true };
    this.declare(name, element);
    const type = rangeText(element);
    if (isMultiplier(node)) {
      const { stages } = operatorTiming(node, this.target);
      this.lines.add(`wire ${type}${name};`);
      const result = { name, bits: element.bits, bias: 0n };
      this.lines.add(...multiplier(node, terms as never, result, this.target, ".en(1'b1)"));
      if (stages > 0) return { term, cycles: ready + stages };
      // A multiplier in LUTs has no register of its own.
      const held = this.names.claim(`${name}_held`);
      this.lines.add(`logic ${type}${held};`, `always_ff @(posedge clk) ${held} <= ${name};`);
      this.reads.delete(name);
      this.declare(held, element);
      return { term: { ...term, text: held }, cycles: ready + 1 };
    }
    const text = expressionOf(node, terms, (suffix, bits, signed, own, registered = false) => {
      if (registered) throw new RangeError('a rounding shift by a variable in a prologue');
      const helper = this.names.claim(`${name}_${suffix}`);
      this.lines.add(`wire ${rangeText({ bits, signed })}${helper} = ${own};`);
      return { text: helper, bits, signed, plain: true };
    });
    this.lines.add(`logic ${type}${name};`, `always_ff @(posedge clk) ${name} <= ${text};`);
    return { term, cycles: ready + 1 };
  }
}
