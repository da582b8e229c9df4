/** Interval arithmetic against all values of small intervals: exact where it claims to be, never too narrow. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BinaryOp, ShiftOp } from './ir.js';
import { binaryRange, saturateRange, shiftRange } from './range.js';
import { elementFor, type Range, rangeOf, sint, uint } from './type.js';

const interval = (lo: number, hi: number): fc.Arbitrary<Range> =>
  fc
    .tuple(fc.integer({ min: lo, max: hi }), fc.integer({ min: lo, max: hi }))
    .map(([a, b]) => ({ lo: BigInt(Math.min(a, b)), hi: BigInt(Math.max(a, b)) }));

function* values({ lo, hi }: Range) {
  for (let v = lo; v <= hi; v++) yield v;
}

/** Least and largest result over all pairs. */
function over(a: Range, b: Range, f: (x: bigint, y: bigint) => bigint): Range {
  let range: Range | null = null;
  for (const x of values(a))
    for (const y of values(b)) {
      const v = f(x, y);
      range = range ? { lo: v < range.lo ? v : range.lo, hi: v > range.hi ? v : range.hi } : { lo: v, hi: v };
    }
  return range!;
}

const exact: [BinaryOp, (x: bigint, y: bigint) => bigint][] = [
  ['add', (x, y) => x + y],
  ['sub', (x, y) => x - y],
  ['mul', (x, y) => x * y],
  ['min', (x, y) => (x < y ? x : y)],
  ['max', (x, y) => (x > y ? x : y)],
];

test.each(exact)('%s is exact', (op, f) => {
  fc.assert(
    fc.property(interval(-12, 12), interval(-12, 12), (a, b) => {
      expect(binaryRange(op, a, b)).toEqual(over(a, b, f));
    }),
  );
});

test.each([
  ['and', (x: bigint, y: bigint) => x & y],
  ['or', (x: bigint, y: bigint) => x | y],
  ['xor', (x: bigint, y: bigint) => x ^ y],
] as const)('%s holds every result', (op, f) => {
  fc.assert(
    fc.property(interval(0, 40), interval(0, 40), (a, b) => {
      const claimed = binaryRange(op, a, b);
      const found = over(a, b, f);
      expect(claimed.lo <= found.lo && found.hi <= claimed.hi).toBe(true);
    }),
  );
  expect(() => binaryRange(op, { lo: -1n, hi: 0n }, { lo: 0n, hi: 1n })).toThrow(`${op} of a negative value`);
});

const shifts: [ShiftOp, (v: bigint, by: bigint) => bigint][] = [
  ['shl', (v, by) => v * 2n ** by],
  ['shr', (v, by) => BigInt(Math.floor(Number(v) / 2 ** Number(by)))],
  ['roundShift', (v, by) => BigInt(Math.floor(Number(v) / 2 ** Number(by) + 0.5))],
];

test.each(shifts)('%s is exact', (op, f) => {
  fc.assert(
    fc.property(interval(-70, 70), interval(0, 9), (a, by) => {
      expect(shiftRange(op, a, by)).toEqual(over(a, by, f));
    }),
  );
  expect(() => shiftRange(op, { lo: 0n, hi: 1n }, { lo: -1n, hi: 1n })).toThrow('shift by -1..1');
  expect(() => shiftRange(op, { lo: 0n, hi: 1n }, { lo: 0n, hi: 65n })).toThrow('expected 0..64');
});

test('saturation clamps both ends, also of an interval wholly outside', () => {
  expect(saturateRange({ lo: -500n, hi: 20n }, sint(8))).toEqual({ lo: -128n, hi: 20n });
  expect(saturateRange({ lo: 300n, hi: 400n }, uint(8))).toEqual({ lo: 255n, hi: 255n });
});

test('elementFor is the narrowest type that holds a range', () => {
  fc.assert(
    fc.property(interval(-300, 300), (range) => {
      const element = elementFor(range);
      const fits = (bits: number, signed: boolean) => {
        const limit = rangeOf({ bits, signed, fracBits: 0 });
        return limit.lo <= range.lo && range.hi <= limit.hi;
      };
      expect(element.signed).toBe(range.lo < 0n);
      expect(fits(element.bits, element.signed)).toBe(true);
      expect(element.bits === 1 || !fits(element.bits - 1, element.signed)).toBe(true);
    }),
  );
  expect(elementFor({ lo: 0n, hi: 2n ** 64n - 1n })).toEqual(uint(64));
  expect(elementFor({ lo: -(2n ** 63n), hi: 2n ** 63n - 1n })).toEqual(sint(64));
});
