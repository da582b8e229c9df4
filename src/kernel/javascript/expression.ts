/**
 * One operation on one lane as a JavaScript expression, exact for the ranges the builder inferred: int32 arithmetic where the ranges prove it,
 * doubles below 2^53, BigInt above. Operands are atoms (a name or a literal), so that they may be repeated.
 */

import type { BinaryOp, Node, ShiftOp } from '../ir.js';
import { isOf } from '../operations.js';
import type { ElementType, Range } from '../type.js';
import { contains, rangeOf } from '../type.js';
import { fitsNumber } from './storage.js';

/** An operand: its text, the range of what it holds, and whether that is a BigInt. */
export interface Atom {
  readonly text: string;
  readonly range: Range;
  readonly big: boolean;
}

const isInt32 = ({ lo, hi }: Range) => lo >= -(2n ** 31n) && hi < 2n ** 31n;
const isUint32 = ({ lo, hi }: Range) => lo >= 0n && hi < 2n ** 32n;
const isLiteral = (text: string) => /^\(?-?\d+n?\)?$/.test(text);

/** A constant, in the representation of its value. */
export function literal(value: bigint): Atom {
  const big = !fitsNumber({ lo: value, hi: value });
  const digits = `${value}${big ? 'n' : ''}`;
  return { text: value < 0n ? `(${digits})` : digits, range: { lo: value, hi: value }, big };
}

/** The text of an atom in the representation asked for. Narrowing to a number is exact where the value fits. */
export function inRepresentation(atom: Atom, big: boolean): string {
  if (atom.big === big) return atom.text;
  if (isLiteral(atom.text)) {
    const value = `${atom.range.lo}${big ? 'n' : ''}`;
    return atom.range.lo < 0n ? `(${value})` : value;
  }
  return big ? `BigInt(${atom.text})` : `Number(${atom.text})`;
}

const asBig = (atom: Atom) => inRepresentation(atom, true);
/** A BigInt expression as the result of a node. */
const fromBig = (text: string, range: Range) => (fitsNumber(range) ? `Number(${text})` : text);

/** Text of `node` applied to `args` (its operands' lanes, in the order of `operandsOf`), in the representation of `node.range`. */
export function expression(node: Node, args: readonly Atom[]): string {
  const o = node.operation;
  if (!isOf(o, 'compute', 'bits') || o.kind === 'lookup')
    throw new Error(`interpreter: ${o.kind} is no lane operation`);
  const [a, b, c] = args as [Atom, Atom, Atom];
  const big = !fitsNumber(node.range);
  switch (o.kind) {
    case 'binary':
      return binary(o.op, a, b, node.range);
    case 'neg':
      if (big || a.big) return fromBig(`(-${asBig(a)})`, node.range);
      return isInt32(node.range) && isInt32(a.range) ? `(0 - ${a.text} | 0)` : `(0 - ${a.text})`;
    case 'not':
      return `(1 - ${inRepresentation(a, false)})`;
    case 'shift':
      return shift(o.op, a, b, node.range);
    case 'select':
      return `(${a.text} ? ${inRepresentation(b, big)} : ${inRepresentation(c, big)})`;
    case 'saturate':
      return saturate(a, o.to, node.range);
    case 'wrap':
      return wrap(a, o.to, node.range);
    case 'slice':
      return slice(a, o.hi, o.lo, node.range);
    case 'leadingZeros':
      if (a.big) return `H.leadingZeros(${a.text}, ${o.width})`;
      if (o.width <= 32) return `(Math.clz32(${a.text}) - ${32 - o.width})`;
      return `((${a.text} < 4294967296 ? 32 + Math.clz32(${a.text}) : Math.clz32(${a.text} / 4294967296)) - ${64 - o.width})`;
    case 'assume':
      return inRepresentation(a, big);
  }
}

const comparison: Partial<Record<BinaryOp, string>> = { eq: '===', ne: '!==', lt: '<', le: '<=' };
const bitwise: Partial<Record<BinaryOp, string>> = { and: '&', or: '|', xor: '^' };
const arithmetic: Partial<Record<BinaryOp, string>> = { add: '+', sub: '-', mul: '*' };

function binary(op: BinaryOp, a: Atom, b: Atom, range: Range): string {
  const compare = comparison[op];
  if (compare) {
    const wide = a.big || b.big;
    return `(${inRepresentation(a, wide)} ${compare} ${inRepresentation(b, wide)} ? 1 : 0)`;
  }
  if (a.big || b.big || !fitsNumber(range)) {
    const [x, y] = [asBig(a), asBig(b)];
    if (op === 'min') return fromBig(`(${x} < ${y} ? ${x} : ${y})`, range);
    if (op === 'max') return fromBig(`(${x} > ${y} ? ${x} : ${y})`, range);
    return fromBig(`(${x} ${bitwise[op] ?? arithmetic[op]} ${y})`, range);
  }
  if (op === 'min') return `(${a.text} < ${b.text} ? ${a.text} : ${b.text})`;
  if (op === 'max') return `(${a.text} > ${b.text} ? ${a.text} : ${b.text})`;
  if (bitwise[op]) {
    if (isInt32(a.range) && isInt32(b.range)) return `(${a.text} ${bitwise[op]} ${b.text})`;
    if (isUint32(a.range) && isUint32(b.range)) return `((${a.text} ${bitwise[op]} ${b.text}) >>> 0)`;
    return `H.${op}(${a.text}, ${b.text})`;
  }
  const narrow = isInt32(a.range) && isInt32(b.range) && isInt32(range);
  if (op === 'mul' && narrow) return `Math.imul(${a.text}, ${b.text})`;
  return narrow ? `(${a.text} ${arithmetic[op]} ${b.text} | 0)` : `(${a.text} ${arithmetic[op]} ${b.text})`;
}

/** 2^by and 2^-by, as a literal where `by` is constant. */
const power = (by: Atom) => (isLiteral(by.text) ? String(2 ** Number(by.text)) : `H.power[${by.text}]`);
const inverse = (by: Atom) => (isLiteral(by.text) ? String(2 ** -Number(by.text)) : `H.inverse[${by.text}]`);

function shift(op: ShiftOp, a: Atom, by: Atom, range: Range): string {
  const short = by.range.hi <= 31n;
  if (a.big || !fitsNumber(range)) {
    const value = asBig(a);
    if (op === 'roundShift') return fromBig(`H.roundShift(${value}, ${asBig(by)})`, range);
    return fromBig(`(${value} ${op === 'shl' ? '<<' : '>>'} ${asBig(by)})`, range);
  }
  if (op === 'shl') {
    if (short && isInt32(a.range) && isInt32(range)) return `(${a.text} << ${by.text})`;
    return `(${a.text} * ${power(by)})`;
  }
  if (op === 'shr') {
    if (short && isInt32(a.range)) return `(${a.text} >> ${by.text})`;
    if (short && isUint32(a.range)) return `(${a.text} >>> ${by.text})`;
    return `Math.floor(${a.text} * ${inverse(by)})`;
  }
  const half = by.range.hi > 0n ? 1n << (by.range.hi - 1n) : 0n;
  if (short && isInt32(a.range) && a.range.hi + half < 2n ** 31n)
    return `(${a.text} + (1 << ${by.text} >>> 1) >> ${by.text})`;
  // The sum with 1/2 is exact: its scaled integer a + 2^(by-1) needs at most 53 bits, or by > 53 and both sides lie in [0, 1).
  if (a.range.lo >= -(2n ** 52n) && a.range.hi <= 2n ** 52n)
    return `Math.floor(${a.text} * ${inverse(by)} + 0.5)`;
  return `H.roundShift53(${a.text}, ${by.text})`;
}

function saturate(a: Atom, to: ElementType, range: Range): string {
  const limit = rangeOf(to);
  const big = !fitsNumber(range);
  const inside = inRepresentation(a, big);
  const end = (value: bigint) => inRepresentation(literal(value), big);
  const against = (value: bigint) => inRepresentation(literal(value), a.big);
  let text = inside;
  if (a.range.hi > limit.hi) text = `(${a.text} > ${against(limit.hi)} ? ${end(limit.hi)} : ${text})`;
  if (a.range.lo < limit.lo) text = `(${a.text} < ${against(limit.lo)} ? ${end(limit.lo)} : ${text})`;
  return text;
}

function wrap(a: Atom, to: ElementType, range: Range): string {
  if (contains(rangeOf(to), a.range)) return inRepresentation(a, !fitsNumber(range));
  const { bits } = to;
  if (a.big || bits > 32)
    return fromBig(`BigInt.as${to.signed ? 'Int' : 'Uint'}N(${bits}, ${asBig(a)})`, range);
  if (to.signed) return bits === 32 ? `(${a.text} | 0)` : `(${a.text} << ${32 - bits} >> ${32 - bits})`;
  return lowBits(a.text, bits);
}

/** The low bits (at most 32) of a number of any size below 2^53: the bit operators work modulo 2^32. */
const lowBits = (text: string, bits: number) =>
  bits === 32 ? `(${text} >>> 0)` : `(${text} & ${2 ** bits - 1})`;

function slice(a: Atom, hi: number, lo: number, range: Range): string {
  const width = hi - lo + 1;
  const limit = { lo: 0n, hi: (1n << BigInt(width)) - 1n };
  if (a.big || !fitsNumber(range)) return fromBig(`BigInt.asUintN(${width}, ${asBig(a)} >> ${lo}n)`, range);
  let text = a.text;
  if (lo > 0)
    text = isInt32(a.range) && lo <= 31 ? `(${text} >> ${lo})` : `Math.floor(${text} * ${2 ** -lo})`;
  if (contains(limit, { lo: a.range.lo >> BigInt(lo), hi: a.range.hi >> BigInt(lo) })) return text;
  if (width <= 32) return lowBits(text, width);
  return `H.modulo(${text}, ${2 ** width})`;
}
