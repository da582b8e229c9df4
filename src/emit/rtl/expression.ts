/** One combinational operation as a SystemVerilog expression, as wide as its result. Operators that are modules are in instance.ts. */
import type { Node } from '../../kernel/ir.js';
import { isOf } from '../../kernel/operations.js';
import { rangeOf } from '../../kernel/type.js';
import { isJoin } from '../../kernel/zero-bits.js';
import { asSigned, elementOf, literal, operand, resize, signedBits, type Term } from './term.js';

/** Declares a wire (or a register, one stage later) beside the one of the result, named after it with `suffix`. */
export type Helper = (
  suffix: string,
  bits: number,
  signed: boolean,
  text: string,
  registered?: boolean,
) => Term;

/** The text of `node`, whose width is that of its range. `terms` are its operands in the order of `operandsOf`. */
export function expressionOf(node: Node, terms: readonly Term[], helper: Helper): string {
  const o = node.operation;
  if (!isOf(o, 'compute', 'bits') || o.kind === 'lookup' || o.kind === 'leadingZeros')
    throw new RangeError(`no expression for operation ${o.kind}`);
  const { bits } = elementOf(node);
  const [a, b, c] = terms as [Term, Term, Term];
  switch (o.kind) {
    case 'binary':
      return binary(node, a, b);
    case 'neg':
      // Bare, the minus would be taken for that of the size of a cast.
      return `-(${resize(a, bits)})`;
    case 'not':
      return `~${a.text}`;
    case 'shift':
      return shift(o.op, a, b, bits, helper);
    case 'select':
      return `${a.text} ? ${resize(b, bits)} : ${resize(c, bits)}`;
    case 'saturate':
      return saturate(node, a, helper);
    case 'assume':
    case 'wrap':
      return resize(a, bits);
    case 'slice':
      return shifted(a, BigInt(o.lo), bits);
  }
}

function binary(node: Node, a: Term, b: Term): string {
  const { operation: o } = node;
  if (o.kind !== 'binary') throw new RangeError('not a binary operation');
  const { bits } = elementOf(node);
  const both = (operator: string) => `${resize(a, bits)} ${operator} ${resize(b, bits)}`;
  switch (o.op) {
    case 'add':
      return both(isJoin(node) ? '|' : '+');
    case 'sub':
      return both('-');
    case 'and':
      return both('&');
    case 'or':
      return both('|');
    case 'xor':
      return both('^');
    case 'mul':
      return timesConstant(a, b, bits);
    case 'min':
    case 'max': {
      const [less, more] = o.op === 'min' ? [a, b] : [b, a];
      return `(${compare('<', a, b)}) ? ${resize(less, bits)} : ${resize(more, bits)}`;
    }
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
      return compare({ eq: '==', ne: '!=', lt: '<', le: '<=' }[o.op], a, b);
  }
}

/** A comparison in a width and sign that hold both operands. */
export function compare(operator: string, a: Term, b: Term): string {
  if (!a.signed && !b.signed) {
    const bits = Math.max(a.bits, b.bits);
    return `${resize(a, bits)} ${operator} ${resize(b, bits)}`;
  }
  const bits = Math.max(signedBits(a), signedBits(b));
  return `${asSigned(a, bits)} ${operator} ${asSigned(b, bits)}`;
}

/** A product with a constant: its non-zero bits as shifted copies, added as a tree, as the schedule counts them. */
function timesConstant(a: Term, b: Term, bits: number): string {
  const [factor, other] = a.constant !== undefined ? [a.constant, b] : [b.constant, a];
  if (factor === undefined) throw new RangeError('a product of two variables is an instance');
  const magnitude = factor < 0n ? -factor : factor;
  const wide = operand(other, bits);
  const terms: string[] = [];
  for (let place = 0; magnitude >> BigInt(place) !== 0n; place++)
    if ((magnitude >> BigInt(place)) & 1n) terms.push(place === 0 ? wide : `${wide} << ${place}`);
  const sum = addTree(terms, bits);
  return factor < 0n ? `-(${sum})` : sum;
}

function addTree(terms: readonly string[], bits: number): string {
  const [first, second] = terms;
  if (first === undefined) return literal(0n, bits, false);
  if (second === undefined) return first;
  const half = Math.ceil(terms.length / 2);
  return `(${addTree(terms.slice(0, half), bits)}) + (${addTree(terms.slice(half), bits)})`;
}

function shift(op: 'shl' | 'shr' | 'roundShift', a: Term, by: Term, bits: number, helper: Helper): string {
  const fixed = by.constant;
  if (op === 'shl') return `${operand(a, bits)} << ${fixed ?? by.text}`;
  if (fixed !== undefined) {
    if (op === 'shr') return shifted(a, fixed, bits);
    const room = Math.max(a.bits + 1, Number(fixed) + 1, bits);
    const half = literal(1n << (fixed - 1n), room, a.signed);
    return cut(`(${resize(a, room)} + ${half}) >>> ${fixed}`, room, bits);
  }
  if (op === 'shr') {
    const room = Math.max(a.bits, bits);
    return cut(`${operand(a, room)} >>> ${by.text}`, room, bits);
  }
  // Half of the last place first: floor of the doubled value, plus one, halved. A shift by 0 changes nothing.
  const room = Math.max(a.bits + 2, bits);
  const doubled = helper('doubled', room, a.signed, `(${operand(a, room)} << 1) >>> ${by.text}`, true);
  return cut(`(${doubled.text} + ${literal(1n, room, a.signed)}) >>> 1`, room, bits);
}

/** `bits` bits of an operand from place `by` on. */
function shifted(a: Term, by: bigint, bits: number): string {
  if (by === 0n) return resize(a, bits);
  const room = Math.max(a.bits, bits);
  return cut(`${operand(a, room)} >>> ${by}`, room, bits);
}

const cut = (text: string, from: number, to: number) => (from === to ? text : `${to}'(${text})`);

/** Compares the upper bits only: they are all alike where the value fits. */
function saturate(node: Node, a: Term, helper: Helper): string {
  const o = node.operation;
  if (o.kind !== 'saturate') throw new RangeError('not a saturation');
  const { bits } = elementOf(node);
  const { lo, hi } = rangeOf(o.to);
  const value = a.plain ? a : helper('whole', a.bits, a.signed, a.text);
  // Bits above those that the magnitude may use; in a signed target they are copies of the sign.
  const first = Math.min(o.to.signed ? o.to.bits - 1 : o.to.bits, a.bits - 1);
  const upper = helper('upper', a.bits - first, false, `${value.text}[${a.bits - 1}:${first}]`);
  const least = literal(lo, bits, node.range.lo < 0n);
  const most = literal(hi, bits, node.range.lo < 0n);
  const fit = resize(value, bits);
  if (!a.signed) return `(|${upper.text}) ? ${most} : ${fit}`;
  const sign = `${value.text}[${a.bits - 1}]`;
  const isSigned = o.to.signed && a.bits > first + 1;
  const fits = isSigned ? `&${upper.text} | ~|${upper.text}` : `~|${upper.text}`;
  return `${helper('fits', 1, false, fits).text} ? ${fit} : (${sign} ? ${least} : ${most})`;
}
