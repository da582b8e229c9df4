/**
 * C++ expressions on ap_int values, with the type that C++ gives them (UG1399: sums one bit wider, products as wide as both
 * factors, shifts as wide as their left operand). The kernel language infers exact ranges, so every operation here must be exact too:
 * operands are widened where C++ would not do it, and nothing is cut before it is stored in a type that holds it.
 */
import type { BinaryOp, ShiftOp } from '../../kernel/ir.js';
import { binaryOps } from '../../kernel/operations.js';
import type { ElementType, Range } from '../../kernel/type.js';
import { elementFor } from '../../kernel/type.js';
import { elementName, literal } from './type.js';

/** How tightly the outermost operator of an expression binds. */
export const binds = {
  choice: 3,
  or: 4,
  and: 5,
  bits: 6,
  equal: 9,
  less: 10,
  shift: 11,
  add: 12,
  mul: 13,
  unary: 14,
  primary: 15,
} as const;

/** Text, the C++ type it has (`int` and `bool` as such, all else ap), and its value where it is a literal. */
export interface Expression {
  readonly text: string;
  readonly kind: 'ap' | 'int' | 'bool';
  readonly bits: number;
  readonly signed: boolean;
  readonly binding: number;
  readonly value?: bigint;
  /** Where it is a cast: what is cast, so that an assignment to the same type need not say it twice. */
  readonly of?: Expression;
  /** A variable or a literal, with no operator and no subscript. */
  readonly isName: boolean;
}

export function ap(text: string, element: ElementType, binding: number = binds.primary): Expression {
  return { text, kind: 'ap', bits: element.bits, signed: element.signed, binding, isName: false };
}
/** A variable by itself. */
export function variable(text: string, element: ElementType): Expression {
  return { ...ap(text, element), isName: true };
}
export function int(text: string, binding: number = binds.primary): Expression {
  return { text, kind: 'int', bits: 32, signed: true, binding, isName: binding === binds.primary };
}
export function bool(text: string, binding: number = binds.primary): Expression {
  return { text, kind: 'bool', bits: 1, signed: false, binding, isName: binding === binds.primary };
}
export function number(value: bigint): Expression {
  const binding = value < 0n ? binds.unary : binds.primary;
  const wide = value < -(1n << 31n) || value >= 1n << 31n;
  return {
    text: literal(value),
    kind: 'int',
    bits: wide ? 64 : 32,
    signed: value < 1n << 63n,
    binding,
    isName: value >= 0n,
    value,
  };
}

/** `text` in parentheses where an operator of strength `strength` would take it apart. */
export function inner(e: Pick<Expression, 'text' | 'binding'>, strength: number): string {
  return e.binding < strength ? `(${e.text})` : e.text;
}

/** The expression as a value of `element`: exact where it fits, else its low bits. */
export function cast(e: Expression, element: ElementType): Expression {
  if (e.kind === 'ap' && e.bits === element.bits && e.signed === element.signed) return e;
  return { ...ap(`${elementName(element)}(${e.text})`, element), of: e };
}

/** Where an operator stands: its exact result range, and whether it runs once a lane (then widths are kept narrow). */
export interface Place {
  readonly range: Range;
  readonly perLane: boolean;
}

const isCondition = (e: Expression) => e.kind === 'bool' || (e.kind === 'ap' && e.bits === 1 && !e.signed);
const fitsInt = (range: Range) => range.lo > -(1n << 31n) && range.hi < 1n << 31n;

/** A literal next to an ap operand counts as 32 bits wide; typed, it counts as what it needs. */
function typed(e: Expression): Expression {
  return e.value === undefined ? e : cast(e, elementFor({ lo: e.value, hi: e.value }));
}

function arithmetic(op: 'add' | 'sub' | 'mul', a: Expression, b: Expression, at: Place): Expression {
  const sign = { add: '+', sub: '-', mul: '*' }[op];
  const binding = op === 'mul' ? binds.mul : binds.add;
  const join = (x: Expression, y: Expression) =>
    `${inner(x, binding)} ${sign} ${inner(y, op === 'add' ? binding : binding + 1)}`;
  if (a.kind !== 'ap' && b.kind !== 'ap') {
    if (fitsInt(at.range) && a.bits <= 32 && b.bits <= 32) return int(join(a, b), binding);
    return arithmetic(op, cast(a, { bits: 64, signed: true, fracBits: 0 }), b, at);
  }
  const result = (x: Expression, y: Expression) => {
    if (op === 'mul') return { bits: x.bits + y.bits, signed: x.signed || y.signed, fracBits: 0 };
    const common = Math.max(
      x.bits + (y.signed && !x.signed ? 1 : 0),
      y.bits + (x.signed && !y.signed ? 1 : 0),
    );
    return { bits: common + 1, signed: op === 'sub' || x.signed || y.signed, fracBits: 0 };
  };
  if (at.perLane || result(a, b).bits > 64)
    return ap(join(typed(a), typed(b)), result(typed(a), typed(b)), binding);
  return ap(join(a, b), result(a, b), binding);
}

function bitwise(op: 'and' | 'or' | 'xor', a: Expression, b: Expression, at: Place): Expression {
  if (isCondition(a) && isCondition(b)) {
    if (op === 'and') return bool(`${inner(a, binds.and)} && ${inner(b, binds.and)}`, binds.and);
    if (op === 'or') {
      const side = (e: Expression) => (e.binding === binds.or ? e.text : inner(e, binds.and + 1));
      return bool(`${side(a)} || ${side(b)}`, binds.or);
    }
    return bool(`${inner(a, binds.shift)} != ${inner(b, binds.shift)}`, binds.equal);
  }
  const sign = { and: '&', or: '|', xor: '^' }[op];
  const element = elementFor(at.range);
  const operand = (e: Expression) =>
    e.value !== undefined ? typed(e) : e.kind === 'ap' ? e : cast(e, element);
  const [x, y] = [operand(a), operand(b)];
  const bits = Math.max(x.bits, y.bits) + (x.signed !== y.signed ? 1 : 0);
  const text = `${inner(x, binds.unary)} ${sign} ${inner(y, binds.unary)}`;
  return ap(text, { bits, signed: x.signed || y.signed, fracBits: 0 }, binds.bits);
}

/**
 * `e` as it may be compared with `other`. The vendor's simulation compares a signed number with an unsigned one of at least its width
 * (from 32 bits on) as C does, as if both were unsigned; one more bit and a sign keep the meaning.
 */
export function comparable(e: Expression, other: { bits: number; signed: boolean }): Expression {
  const risky = !e.signed && other.signed && e.bits >= other.bits && e.kind === 'ap';
  return risky ? cast(e, { bits: e.bits + 1, signed: true, fracBits: 0 }) : e;
}
function compared(a: Expression, b: Expression): [Expression, Expression] {
  const isNatural = (e: Expression) => e.value !== undefined && e.value >= 0n;
  return [isNatural(b) ? a : comparable(a, b), isNatural(a) ? b : comparable(b, a)];
}

export function binary(op: BinaryOp, left: Expression, right: Expression, at: Place): Expression {
  const order = ['extreme', 'comparison'].includes(binaryOps[op].group);
  const [a, b] = order ? compared(left, right) : [left, right];
  switch (op) {
    case 'add':
    case 'sub':
    case 'mul':
      return arithmetic(op, a, b, at);
    case 'and':
    case 'or':
    case 'xor':
      return bitwise(op, a, b, at);
    case 'min':
    case 'max': {
      const result = elementFor(at.range);
      return ap(
        `${op === 'min' ? 'smaller' : 'larger'}<${elementName(result)}>(${a.text}, ${b.text})`,
        result,
      );
    }
    case 'eq':
    case 'ne':
      return bool(
        `${inner(a, binds.less)} ${op === 'eq' ? '==' : '!='} ${inner(b, binds.less)}`,
        binds.equal,
      );
    case 'lt':
      if (a.value !== undefined && b.value === undefined)
        return bool(`${inner(b, binds.shift)} > ${a.text}`, binds.less);
      return bool(`${inner(a, binds.shift)} < ${inner(b, binds.shift)}`, binds.less);
    case 'le':
      if (a.value !== undefined && b.value === undefined)
        return bool(`${inner(b, binds.shift)} >= ${a.text}`, binds.less);
      return bool(`${inner(a, binds.shift)} <= ${inner(b, binds.shift)}`, binds.less);
  }
}

/** Shifts: `<<` on a left operand as wide as the result, `>>` on one wider than the count, rounding through a function. */
export function shift(op: ShiftOp, a: Expression, by: Expression, byRange: Range, at: Place): Expression {
  const result = elementFor(at.range);
  if (op === 'shl')
    return ap(`${inner(cast(a, result), binds.unary)} << ${inner(by, binds.unary)}`, result, binds.shift);
  const source = a.kind === 'ap' ? a : typed(cast(a, { bits: a.bits, signed: a.signed, fracBits: 0 }));
  if (op === 'shr') {
    if (a.kind === 'int' && by.value !== undefined && by.value < 32n)
      return int(`${inner(a, binds.unary)} >> ${by.text}`, binds.shift);
    const bits = Math.max(source.bits, Number(byRange.hi) + 1);
    const wide = cast(source, { bits, signed: source.signed, fracBits: 0 });
    return ap(
      `${inner(wide, binds.unary)} >> ${inner(by, binds.unary)}`,
      { ...result, bits, signed: source.signed },
      binds.shift,
    );
  }
  const most = byRange.hi;
  const name = elementName(result);
  if (byRange.lo === most) return ap(`round_shift<${name}, ${most}>(${source.text})`, result);
  return ap(`round_shift<${name}, ${most}>(${source.text}, ${by.text})`, result);
}

export function choose(c: Expression, a: Expression, b: Expression, at: Place): Expression {
  const test = inner(c, binds.or);
  if (a.kind === 'bool' && b.kind === 'bool')
    return bool(`${test} ? ${inner(a, binds.or)} : ${inner(b, binds.or)}`, binds.choice);
  if (a.kind === 'int' && b.kind === 'int' && a.bits === 32 && b.bits === 32 && !at.perLane)
    return int(`${test} ? ${inner(a, binds.or)} : ${inner(b, binds.or)}`, binds.choice);
  const result = elementFor(at.range);
  return ap(`${test} ? ${cast(a, result).text} : ${cast(b, result).text}`, result, binds.choice);
}

/** Bits hi..lo of the two's complement value: an arithmetic shift, then the low bits. */
export function slice(a: Expression, hi: number, lo: number): Expression {
  const element: ElementType = { bits: hi - lo + 1, signed: false, fracBits: 0 };
  if (lo === 0) return cast(a, element);
  // A machine word is shifted as it is.
  const wide = lo < a.bits ? a : cast(a, { bits: lo + 1, signed: a.signed, fracBits: 0 });
  const shifted = ap(`${inner(wide, binds.unary)} >> ${lo}`, { ...wide, fracBits: 0 }, binds.shift);
  return { ...ap(`${elementName(element)}(${shifted.text})`, element), of: shifted };
}
