/**
 * Which bits of a signal the text reads. A value is as wide as its range; an operation that narrows it leaves upper bits unread, and those get a
 * wire that says so, named as linters know it.
 */
import type { Node } from '../../kernel/ir.js';
import { binaryOps } from '../../kernel/operations.js';
import { isMultiplier } from '../../schedule/dsp-fusion.js';
import type { Names } from '../network/names.js';
import { elementOf } from './term.js';

/** How many low bits of operand `index` the text of `node` reads; null for all of them. */
export function lowBitsRead(node: Node, index: number): number | null {
  const o = node.operation;
  const { bits } = elementOf(node);
  switch (o.kind) {
    case 'binary':
      return ['sum', 'logic', 'product'].includes(binaryOps[o.op].group) && !isMultiplier(node) ? bits : null;
    case 'shift':
      return o.op === 'shl' && index === 0 ? bits : null;
    case 'select':
      return index > 0 ? bits : null;
    case 'slice':
      return o.lo === 0 ? bits : null;
    case 'neg':
    case 'wrap':
    case 'assume':
      return bits;
    default:
      return null;
  }
}

/** The bits of a signal that are read. */
export class BitsRead {
  private readonly read: Uint8Array;

  constructor(bits: number) {
    this.read = new Uint8Array(bits);
  }

  mark(from: number, count: number): void {
    this.read.fill(1, from, Math.min(from + count, this.read.length));
  }

  /** The rest, as ranges [high, low], highest first; with `fold`, of lanes of so many bits: what some lane leaves. */
  left(fold = this.read.length): [number, number][] {
    const isLeft = Array.from({ length: fold }, (_, bit) => {
      for (let at = bit; at < this.read.length; at += fold) if (!this.read[at]) return true;
      return false;
    });
    const ranges: [number, number][] = [];
    for (let bit = fold - 1; bit >= 0; bit--) {
      if (!isLeft[bit]) continue;
      const last = ranges.at(-1);
      if (last && last[1] === bit + 1) last[1] = bit;
      else ranges.push([bit, bit]);
    }
    return ranges;
  }
}

/** The wire for bits of `signal`, of `type`, that nothing reads; none where all are read. */
export function unusedWire(
  names: Names,
  signal: string,
  type: string,
  ranges: readonly [number, number][],
): string[] {
  if (ranges.length === 0) return [];
  // What has no range is one bit, which has no place.
  const parts = ranges.map(([high, low]) =>
    type === '' ? signal : `${signal}[${high === low ? high : `${high}:${low}`}]`,
  );
  const bits = parts.length === 1 ? parts[0] : `{${parts.join(', ')}}`;
  return [`wire ${names.claim(`unused_${signal}`)} = ^${bits};`];
}
