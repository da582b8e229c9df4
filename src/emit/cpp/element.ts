/**
 * Spells one element of a value: a scalar, or a lane at an index, down to the variables, registers, memories and constants it is
 * made of. Who asks says how a held value is called (`leaf`); asking with a recorder instead tells what an expression needs.
 */
import type { Node, Operation } from '../../kernel/ir.js';
import { isOf, type OfSort } from '../../kernel/operations.js';
import { elementFor } from '../../kernel/type.js';
import type { Expression } from './expression.js';
import {
  ap,
  binary,
  binds,
  bool,
  cast,
  choose,
  comparable,
  inner,
  number,
  shift,
  slice,
  variable,
} from './expression.js';
import { isNumber } from './hold.js';
import type { Index } from './lane-index.js';
import { indexText, linear, plus, reshaped, times, weaveOf, wovenFrom } from './lane-index.js';
import { elementName } from './type.js';

export interface Speller {
  /** True where the value has a variable of its own. */
  held(node: Node): boolean;
  /** A lane of a held value's variable. */
  variable(node: Node, index: readonly Index[]): Expression;
  /** A lane of a register (`regRead`), of a memory word (`ramRead`) or of a table of constants (`const`). */
  leaf(node: Node, index: readonly Index[]): Expression;
  /** The index of loop `loop`. */
  loopIndex(loop: number): Expression;
}

/** The element of `node` at `index` (as many indices as the node has axes). */
export function element(node: Node, index: readonly Index[], by: Speller): Expression {
  if (by.held(node)) return by.variable(node, index);
  if (isNumber(node)) return number(node.range.lo);
  const o = node.operation;
  if (isOf(o, 'view', 'pick') || o.kind === 'gather') return viewed(node, o, index, by);
  const at = { range: node.range, perLane: node.shape.length > 0 };
  const same = (operand: Node) => element(operand, index, by);
  switch (o.kind) {
    case 'const':
      if (o.values.every((value) => value === o.values[0])) return number(o.values[0]);
      return by.leaf(node, index);
    case 'index':
      return by.loopIndex(o.loop);
    case 'arg':
      return variable(o.scalar.name, o.scalar.element);
    case 'regRead':
    case 'ramRead':
      return by.leaf(node, index);
    case 'binary':
      return binary(o.op, same(o.a), same(o.b), at);
    case 'neg':
      return binary('sub', number(0n), same(o.a), at);
    case 'not':
      return bool(`!${inner(same(o.a), binds.unary)}`, binds.unary);
    case 'shift':
      return shift(o.op, same(o.a), same(o.by), o.by.range, at);
    case 'select':
      return choose(element(o.c, index.slice(0, o.c.shape.length), by), same(o.a), same(o.b), at);
    case 'saturate': {
      const name = o.to.signed ? 'saturate_signed' : 'saturate_unsigned';
      const value = o.to.signed ? comparable(same(o.a), o.to) : same(o.a);
      return ap(`${name}<${o.to.bits}>(${value.text})`, o.to);
    }
    case 'wrap':
      return cast(same(o.a), o.to);
    case 'assume': {
      const value = same(o.a);
      return value.kind !== 'ap' || value.bits <= elementFor(node.range).bits
        ? value
        : cast(value, elementFor(node.range));
    }
    case 'slice':
      return slice(same(o.a), o.hi, o.lo);
    case 'leadingZeros': {
      const value = cast(same(o.a), { bits: o.width, signed: false, fracBits: 0 });
      return ap(`leading_zeros<${o.width}>(${value.text})`, elementFor(node.range));
    }
    case 'lookup':
      return ap(`${o.rom.name}[${same(o.index).text}]`, o.rom.element);
    case 'bitcast':
    case 'reduce':
    case 'read':
    case 'portRead':
    case 'write':
    case 'ramWrite':
    case 'regWrite':
    case 'portWrite':
      throw new Error(`emit: ${o.kind} without a variable`);
  }
}

type View = OfSort<'view' | 'pick'> | Extract<Operation, { kind: 'gather' }>;

/** A lane of an operand. A gather is one where its lanes come from one vector in turn. */
function viewed(node: Node, o: View, index: readonly Index[], by: Speller): Expression {
  switch (o.kind) {
    case 'splat':
      return element(o.a, [], by);
    case 'perRow':
      return element(o.a, [index[0]], by);
    case 'perCol':
      return element(o.a, [index[1]], by);
    case 'lane':
      return element(o.a, [o.index, ...index], by);
    case 'pick':
      return element(o.a, [element(o.index, [], by), ...index], by);
    case 'lanes':
      return element(o.a, [plus(index[0], o.start), ...index.slice(1)], by);
    case 'reshape':
      return element(o.a, reshaped(index, node.shape, o.a.shape), by);
    case 'gather': {
      const weave = weaveOf(o.parts)!;
      return element(weave.sources[0].node, [wovenFrom(weave, index[0])], by);
    }
  }
}

/** A lane of a packed word: `lane` counts `bits`-wide fields from the lowest. */
export function unpacked(
  word: string,
  node: Node,
  index: readonly Index[],
  bits: number,
  signed: boolean,
): Expression {
  const lane = linear(index, node.shape);
  const name = elementName({ bits, signed, fracBits: 0 });
  return ap(`${name}(${word}.range(${field(lane, bits)}))`, { bits, signed, fracBits: 0 });
}

/** Highest and lowest bit of field `lane`, as the arguments of `range`. */
export function field(lane: Index, bits: number): string {
  const low = times(lane, bits);
  return `${indexText(plus(low, bits - 1))}, ${indexText(low)}`;
}
