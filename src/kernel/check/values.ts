/**
 * Recomputes shape, control flag and range of every value from its operands, sharing no code with the builder's inference, and checks that
 * the claimed range holds every possible result and that stored values fit. Also that operands are defined before they are used.
 */

import type { Node, Process } from '../ir.js';
import { printNode } from '../javascript/state.js';
import { operandsOf } from '../operands.js';
import { isOf, isPure } from '../operations.js';
import { type DataType, printType, type Range, rangeOf } from '../type.js';
import { shapeProblem } from './shapes.js';

/** The rules that values of a process break, one line each. */
export function valueProblems(process: Process): string[] {
  const problems: string[] = [];
  const known = new Set<Node>();
  const checkAll = (nodes: readonly Node[], where: string, inPrologue: boolean) => {
    for (const node of nodes) {
      const say = (text: string) => problems.push(`${where}: ${printNode(node)}: ${text}`);
      for (const operand of operandsOf(node))
        if (!known.has(operand)) say(`uses ${printNode(operand)}, which is not defined before it`);
      known.add(node);
      if (inPrologue && (!isPure(node) || node.operation.kind === 'index'))
        say('not possible in the prologue');
      const shape = shapeProblem(node);
      if (shape) say(shape);
      if (node.control && !isControl(node)) say('marked as control, but depends on data');
      const stored = storedAs(node);
      if (stored) storeProblem(stored.value, stored.type, say);
      if (node.result) rangeProblem(node, say);
    }
  };
  checkAll(process.prologue, `process ${process.name}, prologue`, true);
  const outer = new Set(known);
  for (const nest of process.nests) {
    known.clear();
    for (const node of outer) known.add(node);
    checkAll(nest.body, `process ${process.name}, nest ${nest.label}`, false);
  }
  return problems;
}

const controlOf = new WeakMap<Node, boolean>();

/** True where a value depends on constants, indices, arguments and control registers only. */
export function isControl(node: Node): boolean {
  let control = controlOf.get(node);
  if (control === undefined) {
    const o = node.operation;
    if (o.kind === 'regRead') control = o.register.control;
    else if (!node.result || !isPure(node)) control = false;
    else control = operandsOf(node).every(isControl);
    controlOf.set(node, control);
  }
  return control;
}

function storedAs(node: Node): { value: Node; type: DataType } | null {
  const o = node.operation;
  if (o.kind === 'write') return { value: o.value, type: o.channel.type };
  if (o.kind === 'ramWrite') return { value: o.value, type: o.ram.type };
  if (o.kind === 'regWrite') return { value: o.value, type: o.register.type };
  return o.kind === 'portWrite' ? { value: o.value, type: o.port.type } : null;
}

function storeProblem(value: Node, type: DataType, say: (text: string) => void): void {
  if (value.shape.join() !== type.shape.join())
    say(`stores shape [${value.shape}], expected ${printType(type)}`);
  const limit = rangeOf(type.element);
  if (value.range.lo < limit.lo || value.range.hi > limit.hi)
    say(`stores ${value.range.lo}..${value.range.hi}, expected what fits ${printType(type)}`);
}

function rangeProblem(node: Node, say: (text: string) => void): void {
  const { lo, hi } = node.range;
  if (lo > hi) say(`empty range ${lo}..${hi}`);
  if (lo < -(2n ** 63n) || hi >= 2n ** 64n || (lo < 0n && hi >= 2n ** 63n))
    say(`range ${lo}..${hi}, expected at most 64 bits`);
  const possible = possibleRange(node);
  if (typeof possible === 'string') say(possible);
  else if (possible.lo < lo || possible.hi > hi)
    say(`claims ${lo}..${hi}, possible are ${possible.lo}..${possible.hi}`);
}

const hull = (values: readonly bigint[]): Range =>
  values.reduce((r, v) => ({ lo: v < r.lo ? v : r.lo, hi: v > r.hi ? v : r.hi }), {
    lo: values[0] ?? 0n,
    hi: values[0] ?? 0n,
  });
const ends = ({ range }: Node) => [range.lo, range.hi];
const both = (a: Node, b: Node, f: (x: bigint, y: bigint) => bigint) =>
  hull(ends(a).flatMap((x) => ends(b).map((y) => f(x, y))));
const ones = (value: bigint) => {
  let all = 0n;
  while (all < value) all = all * 2n + 1n;
  return all;
};

/** What a value can be, given the claimed ranges of its operands; or why the operation is not possible. */
function possibleRange(node: Node): Range | string {
  const o = node.operation;
  if (isOf(o, 'store')) return 'has a result, expected none';
  switch (o.kind) {
    case 'const':
      return hull(o.values);
    case 'index':
      return node.range;
    case 'arg':
      return o.scalar.range;
    case 'binary':
      return binaryRange(o.op, o.a, o.b);
    case 'neg':
      return { lo: -o.a.range.hi, hi: -o.a.range.lo };
    case 'not':
      return condition(o.a)
        ? { lo: 1n - o.a.range.hi, hi: 1n - o.a.range.lo }
        : 'the operand is no condition';
    case 'shift': {
      if (o.by.range.lo < 0n || o.by.range.hi > 64n) return `shifts by ${o.by.range.lo}..${o.by.range.hi}`;
      const counts: bigint[] = [];
      for (let by = o.by.range.lo; by <= o.by.range.hi; by++) counts.push(by);
      return hull(counts.flatMap((by) => ends(o.a).map((v) => shifted(o.op, v, by))));
    }
    case 'select':
      return condition(o.c) ? hull([...ends(o.a), ...ends(o.b)]) : 'the selector is no condition';
    case 'saturate': {
      const { lo, hi } = rangeOf(o.to);
      return hull(ends(o.a).map((v) => (v < lo ? lo : v > hi ? hi : v)));
    }
    case 'wrap': {
      const limit = rangeOf(o.to);
      return o.a.range.lo >= limit.lo && o.a.range.hi <= limit.hi ? o.a.range : limit;
    }
    case 'assume':
      return o.range.lo <= node.range.hi && node.range.lo <= o.range.hi
        ? node.range
        : 'assumes what cannot be';
    case 'slice': {
      const [lo, hi] = ends(o.a).map((v) => v >> BigInt(o.lo)) as [bigint, bigint];
      const most = 2n ** BigInt(o.hi - o.lo + 1) - 1n;
      return lo >= 0n && hi <= most ? { lo, hi } : { lo: 0n, hi: most };
    }
    case 'leadingZeros':
      if (o.a.range.lo < 0n || o.a.range.hi >= 2n ** BigInt(o.width))
        return `the operand is wider than ${o.width}`;
      return hull(ends(o.a).map((v) => BigInt(o.width) - BigInt(v === 0n ? 0 : v.toString(2).length)));
    case 'lookup':
      if (o.index.range.lo < 0n || o.index.range.hi >= BigInt(o.rom.values.length))
        return `index ${o.index.range.lo}..${o.index.range.hi} of ${o.rom.values.length} entries`;
      return hull(o.rom.values);
    case 'reduce': {
      const width = BigInt(o.a.shape.at(-1) ?? 1);
      return o.op === 'add' ? hull(ends(o.a).map((v) => v * width)) : o.a.range;
    }
    case 'gather':
      return hull(o.parts.flatMap(ends));
    case 'bitcast': {
      const limit = rangeOf(o.from);
      return o.a.range.lo >= limit.lo && o.a.range.hi <= limit.hi
        ? rangeOf(o.to.element)
        : `takes ${o.a.range.lo}..${o.a.range.hi} as ${printType({ element: o.from, shape: [] })}`;
    }
    case 'read': {
      const range = rangeOf(o.channel.type.element);
      return o.when ? hull([range.lo, range.hi, 0n]) : range;
    }
    case 'ramRead':
      return rangeOf(o.ram.type.element);
    case 'regRead':
      return rangeOf(o.register.type.element);
    case 'portRead':
      return rangeOf(o.port.type.element);
    case 'splat':
    case 'perRow':
    case 'perCol':
    case 'lane':
    case 'pick':
    case 'lanes':
    case 'reshape':
      if (o.kind === 'pick' && (o.index.range.lo < 0n || o.index.range.hi >= BigInt(o.a.shape[0] ?? 0)))
        return `picks lane ${o.index.range.lo}..${o.index.range.hi} of shape [${o.a.shape}]`;
      return o.a.range;
  }
}

const condition = ({ range }: Node) => range.lo >= 0n && range.hi <= 1n;

function binaryRange(op: string, a: Node, b: Node): Range | string {
  switch (op) {
    case 'add':
      return both(a, b, (x, y) => x + y);
    case 'sub':
      return both(a, b, (x, y) => x - y);
    case 'mul':
      return both(a, b, (x, y) => x * y);
    case 'min':
      return both(a, b, (x, y) => (x < y ? x : y));
    case 'max':
      return both(a, b, (x, y) => (x > y ? x : y));
    case 'and':
    case 'or':
    case 'xor': {
      if (a.range.lo < 0n || b.range.lo < 0n) return `${op} of a negative value`;
      const [x, y] = [a.range.hi, b.range.hi];
      if (op === 'and') return { lo: 0n, hi: x < y ? x : y };
      return { lo: 0n, hi: ones(x > y ? x : y) };
    }
    default:
      return { lo: 0n, hi: 1n };
  }
}

function shifted(op: string, v: bigint, by: bigint): bigint {
  if (op === 'shl') return v * 2n ** by;
  return op === 'shr' || by === 0n ? v >> by : ((v >> (by - 1n)) + 1n) >> 1n;
}
