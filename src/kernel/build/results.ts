/**
 * The operations that units write, each with what is known of its result: exact range, shape and binary point. `Val` has given the operands the
 * same shape before. An operation that is not possible on its operands is a KernelError.
 */
import type { BinaryOp, Node, Operation, ReduceOp, Rom, ShiftOp } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { binaryOps } from '../operations.js';
import { binaryRange, exactly, saturateRange, shiftRange, unite } from '../range.js';
import type { DataType, ElementType, Range, Shape } from '../type.js';
import { contains, elementFor, laneCount, printType, rangeOf, sameShape, totalBits } from '../type.js';

/** An operation and its result. */
export interface Result {
  readonly operation: Operation;
  readonly range: Range;
  readonly shape: Shape;
  readonly fracBits: number;
}

const CONDITION: Range = { lo: 0n, hi: 1n };

function expect(condition: boolean, found: string): void {
  if (!condition) throw new KernelError(`${found}: not possible`);
}

/** The narrowest type that holds a node's value. */
export function typeOfNode({ range, shape, fracBits }: Node): DataType {
  return { element: elementFor(range, fracBits), shape };
}

/** A result with range, shape and binary point of `a`, except for `changes`. */
function like(a: Node, operation: Operation, changes: Partial<Omit<Result, 'operation'>> = {}): Result {
  const { range, shape, fracBits } = a;
  return { operation, range, shape, fracBits, ...changes };
}

/** One value, or one a lane. */
export function constant(values: readonly bigint[], shape: Shape, fracBits: number): Result {
  const range = values.map(exactly).reduce(unite);
  return { operation: { kind: 'const', values }, range, shape, fracBits };
}

export function binary(op: BinaryOp, a: Node, b: Node): Result {
  expect(sameShape(a.shape, b.shape), `${op} of shapes [${a.shape}] and [${b.shape}]`);
  const isComparison = binaryOps[op].group === 'comparison';
  const fracBits = isComparison ? 0 : op === 'mul' ? a.fracBits + b.fracBits : a.fracBits;
  return like(a, { kind: 'binary', op, a, b }, { range: binaryRange(op, a.range, b.range), fracBits });
}

export function neg(a: Node): Result {
  return like(a, { kind: 'neg', a }, { range: { lo: -a.range.hi, hi: -a.range.lo } });
}

export function not(a: Node): Result {
  expect(contains(CONDITION, a.range), 'not() of a value that is not a condition');
  return like(a, { kind: 'not', a }, { range: CONDITION, fracBits: 0 });
}

export function shift(op: ShiftOp, a: Node, by: Node): Result {
  expect(sameShape(a.shape, by.shape), `${op} of shape [${a.shape}] by shape [${by.shape}]`);
  const fixed = by.range.lo === by.range.hi ? Number(by.range.lo) : 0;
  const fracBits = a.fracBits + (op === 'shl' ? fixed : -fixed);
  return like(a, { kind: 'shift', op, a, by }, { range: shiftRange(op, a.range, by.range), fracBits });
}

export function select(c: Node, a: Node, b: Node): Result {
  expect(contains(CONDITION, c.range), 'select() on a value that is not a condition');
  const fits = sameShape(a.shape, b.shape) && (c.shape.length === 0 || sameShape(c.shape, a.shape));
  expect(fits, `select() of shapes [${c.shape}] ? [${a.shape}] : [${b.shape}]`);
  return like(a, { kind: 'select', c, a, b }, { range: unite(a.range, b.range) });
}

export function saturate(a: Node, to: ElementType): Result {
  const range = saturateRange(a.range, to);
  return like(a, { kind: 'saturate', a, to }, { range, fracBits: to.fracBits });
}

export function wrap(a: Node, to: ElementType): Result {
  const range = contains(rangeOf(to), a.range) ? a.range : rangeOf(to);
  return like(a, { kind: 'wrap', a, to }, { range, fracBits: to.fracBits });
}

export function assume(a: Node, asked: Range): Result {
  const lo = asked.lo > a.range.lo ? asked.lo : a.range.lo;
  const hi = asked.hi < a.range.hi ? asked.hi : a.range.hi;
  return like(a, { kind: 'assume', a, range: { lo, hi } }, { range: { lo, hi } });
}

export function slice(a: Node, hi: number, lo: number): Result {
  const width = hi - lo + 1;
  expect(width >= 1 && lo >= 0 && hi < 64, `slice(${hi}, ${lo})`);
  const all = (1n << BigInt(width)) - 1n;
  const most = a.range.hi >> BigInt(lo);
  const range = { lo: 0n, hi: a.range.lo >= 0n && most < all ? most : all };
  return like(a, { kind: 'slice', a, hi, lo }, { range, fracBits: 0 });
}

export function leadingZeros(a: Node, width: number): Result {
  const fits = a.range.lo >= 0n && a.range.hi < 1n << BigInt(width);
  expect(fits, `leadingZeros(${width}) of ${printType(typeOfNode(a))}`);
  const range = { lo: 0n, hi: BigInt(width) };
  return like(a, { kind: 'leadingZeros', a, width }, { range, fracBits: 0 });
}

export function lookup(rom: Rom, index: Node): Result {
  const { lo, hi } = index.range;
  expect(
    lo >= 0n && hi < BigInt(rom.values.length),
    `lookup in ${rom.name} (${rom.values.length} entries) with an index of ${lo}..${hi}`,
  );
  const range = rom.values.map(exactly).reduce(unite);
  return like(index, { kind: 'lookup', rom, index }, { range, fracBits: rom.element.fracBits });
}

export function reduce(op: ReduceOp, a: Node): Result {
  expect(a.shape.length > 0, 'reduction of a scalar');
  const lanes = BigInt(a.shape[a.shape.length - 1]);
  const range = op === 'add' ? { lo: a.range.lo * lanes, hi: a.range.hi * lanes } : a.range;
  return like(a, { kind: 'reduce', op, a }, { range, shape: a.shape.slice(0, -1) });
}

export function splat(a: Node, shape: Shape): Result {
  expect(a.shape.length === 0, `splat of shape [${a.shape}]`);
  return like(a, { kind: 'splat', a }, { shape });
}

export function perRow(a: Node, cols: number): Result {
  expect(a.shape.length === 1, `perRow of shape [${a.shape}]`);
  return like(a, { kind: 'perRow', a }, { shape: [a.shape[0], cols] });
}

export function perCol(a: Node, rows: number): Result {
  expect(a.shape.length === 1, `perCol of shape [${a.shape}]`);
  return like(a, { kind: 'perCol', a }, { shape: [rows, a.shape[0]] });
}

export function lane(a: Node, index: number): Result {
  expect(index >= 0 && index < (a.shape[0] ?? 0), `lane ${index} of shape [${a.shape}]`);
  return like(a, { kind: 'lane', a, index }, { shape: a.shape.slice(1) });
}

export function pick(a: Node, index: Node): Result {
  const { lo, hi } = index.range;
  expect(lo >= 0n && hi < BigInt(a.shape[0] ?? 0), `pick lane ${lo}..${hi} of shape [${a.shape}]`);
  return like(a, { kind: 'pick', a, index }, { shape: a.shape.slice(1) });
}

export function lanes(a: Node, start: number, count: number): Result {
  const end = start + count;
  const fits = start >= 0 && count >= 1 && end <= (a.shape[0] ?? 0);
  expect(fits, `lanes ${start}..${end - 1} of shape [${a.shape}]`);
  return like(a, { kind: 'lanes', a, start }, { shape: [count, ...a.shape.slice(1)] });
}

export function reshape(a: Node, shape: Shape): Result {
  expect(laneCount(shape) === laneCount(a.shape), `reshape [${a.shape}] to [${shape}]`);
  return like(a, { kind: 'reshape', a }, { shape });
}

export function bitcast(a: Node, from: ElementType, to: DataType): Result {
  const source: DataType = { element: from, shape: a.shape };
  expect(
    contains(rangeOf(from), a.range) && totalBits(source) === totalBits(to),
    `bitcast ${printType(source)} to ${printType(to)}`,
  );
  const { element, shape } = to;
  const operation: Operation = { kind: 'bitcast', a, from, to };
  return { operation, range: rangeOf(element), shape, fracBits: element.fracBits };
}

/** Scalars become lanes, and vectors rows where `rows` says so; else the first axes are joined. */
export function gather(parts: readonly Node[], rows: boolean): Result {
  const isOne = ({ shape }: Node) => rows || shape.length === 0;
  const innerOf = (part: Node) => (isOne(part) ? part.shape : part.shape.slice(1));
  const inner = innerOf(parts[0]);
  for (const part of parts)
    if (!sameShape(innerOf(part), inner)) throw new KernelError('gather of unlike shapes');
  const count = parts.reduce((sum, part) => sum + (isOne(part) ? 1 : part.shape[0]), 0);
  const range = parts.map((part) => part.range).reduce(unite);
  return like(parts[0], { kind: 'gather', parts }, { range, shape: [count, ...inner] });
}
