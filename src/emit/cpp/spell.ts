/** Spells values where a body stands: in which loops over lanes, with which variables. */
import type { Node } from '../../kernel/ir.js';
import type { ElementType } from '../../kernel/type.js';
import { elementFor } from '../../kernel/type.js';
import type { FunctionContext, Variable } from './context.js';
import type { Speller } from './element.js';
import { element, unpacked } from './element.js';
import type { Expression } from './expression.js';
import { ap, bool, cast, int, variable as named } from './expression.js';
import { packedIn } from './items.js';
import { type Index, subscripts } from './lane-index.js';

export class Spelling {
  /** Indices of the open loops over lanes, rows first. */
  readonly axis: Index[] = [];

  constructor(
    private readonly context: FunctionContext,
    private readonly loopIndex: (loop: number) => Expression,
  ) {}

  /** A value at a lane. */
  at(node: Node, index: readonly Index[]): Expression {
    return element(node, index, this.speller());
  }
  scalar(node: Node): Expression {
    return this.at(node, []);
  }
  /** What a value is computed from, at a lane: its definition, not its variable. */
  definition(node: Node, index: readonly Index[]): Expression {
    return element(node, index, this.speller(node));
  }
  /** Text of a value that is assigned to `to`: a cast to that very type is left to the assignment, but of a mere name, which would read as a copy. */
  stored(e: Expression, to: ElementType): string {
    const isImplied = e.bits === to.bits && e.signed === to.signed;
    return e.of && isImplied && !e.of.isName ? e.of.text : e.text;
  }
  /** `if (condition) `, or nothing. */
  guard(when: Node | null): string {
    return when ? `if (${this.scalar(when).text}) ` : '';
  }
  /** Indices of the lane being computed. */
  here(rank: number): Index[] {
    return this.axis.slice(0, rank);
  }
  lane({ name, storage }: Variable, index: readonly Index[]): string {
    if (storage === 'scalar') return name;
    return `${name}${storage === 'struct' ? '.lane' : ''}${subscripts(index)}`;
  }

  private speller(defining: Node | null = null): Speller {
    const { held } = this.context.holding;
    return {
      held: (node) => node !== defining && held.has(node),
      variable: (node, index) => this.variable(node, index),
      leaf: (node, index) => this.leaf(node, index),
      loopIndex: this.loopIndex,
    };
  }
  private variable(node: Node, index: readonly Index[]): Expression {
    const packed = packedIn(node);
    if (packed) {
      const { name } = this.context.variables.get(packed)!;
      const o = node.operation;
      const type = o.kind === 'portRead' ? o.port.type : o.kind === 'bitcast' ? o.to : null;
      const { bits, signed } = type!.element;
      if (node.shape.length === 0)
        return cast(named(name, { bits, signed: false, fracBits: 0 }), type!.element);
      return unpacked(name, node, index, bits, signed);
    }
    const variable = this.context.variables.get(node);
    if (!variable) throw new Error(`emit: ${this.context.nameOf(node)} is used before it is computed`);
    const text = this.lane(variable, index);
    if (variable.kind === 'bool') return bool(text);
    if (variable.kind === 'int') return int(text);
    return (variable.storage === 'scalar' ? named : ap)(text, variable.element);
  }
  private leaf(node: Node, index: readonly Index[]): Expression {
    const o = node.operation;
    const lanes = subscripts(index);
    const spelled = index.length === 0 ? named : ap;
    if (o.kind === 'regRead') return spelled(`${o.register.name}${lanes}`, o.register.type.element);
    if (o.kind === 'ramRead') {
      const address = this.scalar(o.address).text;
      return ap(`${o.ram.name}[${address}]${lanes}`, o.ram.type.element);
    }
    return spelled(`${this.context.tableName(node)}${lanes}`, elementFor(node.range, node.fracBits));
  }
}
