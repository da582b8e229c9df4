/**
 * The meaning of every pure operation, lane by lane in BigInt, without ranges, representations or generated code: slow and plain on purpose.
 * Constants are folded with it, and tests hold the interpreter against it.
 */
import type { Node } from './ir.js';
import { isOf } from './operations.js';
import { laneCount, rangeOf } from './type.js';

/** Lanes of `node` (row-major), from the lanes of other nodes. Nodes with state or effects are not covered. */
export function evaluate(node: Node, lanesOf: (node: Node) => readonly bigint[]): bigint[] {
  const o = node.operation;
  if (isOf(o, 'given', 'load', 'store')) throw new Error(`oracle: ${o.kind} has state or effects`);
  const count = laneCount(node.shape);
  const each = (lane: (i: number) => bigint) => Array.from({ length: count }, (_, i) => lane(i));
  switch (o.kind) {
    case 'const':
      return each((i) => o.values[o.values.length === 1 ? 0 : i]);
    case 'binary': {
      const [a, b] = [lanesOf(o.a), lanesOf(o.b)];
      return each((i) => binary[o.op](a[i], b[i]));
    }
    case 'neg':
      return each((i) => -lanesOf(o.a)[i]);
    case 'not':
      return each((i) => (lanesOf(o.a)[i] === 0n ? 1n : 0n));
    case 'shift': {
      const [a, by] = [lanesOf(o.a), lanesOf(o.by)];
      return each((i) => {
        const scale = 2n ** by[i];
        if (o.op === 'shl') return a[i] * scale;
        return o.op === 'shr' ? floorDivide(a[i], scale) : floorDivide(2n * a[i] + scale, 2n * scale);
      }).map((v, i) => (by[i] === 0n ? a[i] : v));
    }
    case 'select': {
      const c = lanesOf(o.c);
      return each((i) => (c[c.length === 1 ? 0 : i] === 1n ? lanesOf(o.a)[i] : lanesOf(o.b)[i]));
    }
    case 'saturate': {
      const { lo, hi } = rangeOf(o.to);
      return lanesOf(o.a).map((v) => (v < lo ? lo : v > hi ? hi : v));
    }
    case 'wrap':
      return lanesOf(o.a).map((v) => reinterpret(v, o.to.bits, o.to.signed));
    case 'assume':
    case 'reshape':
      return [...lanesOf(o.a)];
    case 'slice':
      return lanesOf(o.a).map((v) => reinterpret(floorDivide(v, 2n ** BigInt(o.lo)), o.hi - o.lo + 1, false));
    case 'leadingZeros':
      return lanesOf(o.a).map((v) => {
        let zeros = BigInt(o.width);
        for (let rest = v; rest > 0n; rest /= 2n) zeros--;
        return zeros;
      });
    case 'lookup':
      return lanesOf(o.index).map((v) => o.rom.values[Number(v)]);
    case 'reduce': {
      const a = lanesOf(o.a);
      const width = a.length / count;
      return each((i) => a.slice(i * width, (i + 1) * width).reduce((x, y) => reduction[o.op](x, y)));
    }
    case 'splat':
      return each(() => lanesOf(o.a)[0]);
    case 'perRow':
      return each((i) => lanesOf(o.a)[Math.floor(i / node.shape[1])]);
    case 'perCol':
      return each((i) => lanesOf(o.a)[i % node.shape[1]]);
    case 'lane':
      return lanesOf(o.a).slice(o.index * count, (o.index + 1) * count);
    case 'pick': {
      const index = Number(lanesOf(o.index)[0]);
      return lanesOf(o.a).slice(index * count, (index + 1) * count);
    }
    case 'lanes': {
      const row = laneCount(node.shape.slice(1));
      return lanesOf(o.a).slice(o.start * row, o.start * row + count);
    }
    case 'gather':
      return o.parts.flatMap((part) => [...lanesOf(part)]);
    case 'bitcast': {
      const width = o.from.bits;
      const word = lanesOf(o.a).reduce(
        (bits, v, i) => bits + reinterpret(v, width, false) * 2n ** BigInt(i * width),
        0n,
      );
      const { bits, signed } = o.to.element;
      return each((i) => reinterpret(word / 2n ** BigInt(i * bits), bits, signed));
    }
  }
}

const condition = (v: boolean) => (v ? 1n : 0n);
const binary = {
  add: (a: bigint, b: bigint) => a + b,
  sub: (a: bigint, b: bigint) => a - b,
  mul: (a: bigint, b: bigint) => a * b,
  and: (a: bigint, b: bigint) => a & b,
  or: (a: bigint, b: bigint) => a | b,
  xor: (a: bigint, b: bigint) => a ^ b,
  min: (a: bigint, b: bigint) => (a < b ? a : b),
  max: (a: bigint, b: bigint) => (a > b ? a : b),
  eq: (a: bigint, b: bigint) => condition(a === b),
  ne: (a: bigint, b: bigint) => condition(a !== b),
  lt: (a: bigint, b: bigint) => condition(a < b),
  le: (a: bigint, b: bigint) => condition(a <= b),
};
const reduction = { add: binary.add, min: binary.min, max: binary.max };

function floorDivide(a: bigint, by: bigint): bigint {
  const quotient = a / by;
  return quotient * by > a ? quotient - 1n : quotient;
}

/** The low bits as an integer of that type. */
function reinterpret(v: bigint, bits: number, signed: boolean): bigint {
  const size = 2n ** BigInt(bits);
  const low = v - floorDivide(v, size) * size;
  return signed && low >= size / 2n ? low - size : low;
}
