/** Random operations and values for tests of whatever runs a network: interpreter, emitted C++ and RTL. */
import type { ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import { laneCount, sint, typeOf, uint } from '../../kernel/type.js';

/** Decisions from a list of random numbers, which fast-check can shrink. */
export class Tape {
  private at = 0;
  constructor(private readonly numbers: readonly number[]) {}
  get left(): boolean {
    return this.at < this.numbers.length;
  }
  below(limit: number): number {
    return (this.numbers[this.at++] ?? 0) % limit;
  }
  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

/** Scalars, vectors and matrices, lanes of all sorts. */
export const shapes = [[], [1], [3], [4], [2, 3], [3, 4], [4, 1]];

/** One random operation on values of the pool, or an exception of the builder where it is not allowed. */
export function randomOperation(p: ProcessBuilder, pool: readonly Val[], tape: Tape): Val {
  const a = tape.of(pool);
  const b = tape.of(pool);
  const condition = pool.filter((v) => v.range.lo >= 0n && v.range.hi <= 1n);
  const small = (v: Val, most: number) => v.wrap(uint(7)).min(most);
  const bits = tape.of([1, 2, 7, 8, 16, 24, 31, 32, 33, 47, 52, 53, 54, 63, 64]);
  const element = tape.below(2) ? sint(bits) : uint(bits);
  const positive = (v: Val) => v.wrap(uint(bits));
  switch (tape.below(31)) {
    case 0:
      return a.add(b);
    case 1:
      return a.sub(b);
    case 2:
      return a.mul(b);
    case 3:
      return a.min(b);
    case 4:
      return a.max(b);
    case 5:
      return a.eq(b);
    case 6:
      return a.ne(a.min(b));
    case 7:
      return a.lt(b);
    case 8:
      return a.ge(b);
    case 9:
      return positive(a).and(positive(b));
    case 10:
      return positive(a).or(positive(b));
    case 11:
      return positive(a).xor(positive(b));
    case 12:
      return a.neg();
    case 13:
      return tape.of(condition).not();
    case 14:
      return a.shl(tape.below(20));
    case 15:
      return a.shr(tape.below(65));
    case 16:
      return a.roundShift(tape.below(65));
    case 17:
      return a.shl(small(b, tape.below(12)));
    case 18:
      return a.shr(small(b, 64));
    case 19:
      return a.roundShift(small(b, tape.of([4, 31, 40, 64])));
    case 20:
      return tape.of(condition).select(a, b);
    case 21:
      return a.saturate(element);
    case 22:
      return a.wrap(element);
    case 23: {
      const lo = tape.below(40);
      return a.slice(lo + tape.below(24), lo);
    }
    case 24:
      return positive(a).leadingZeros(bits);
    case 25: {
      const values = Array.from({ length: 16 }, () => tape.below(1 << 20) - (1 << 19));
      return a.wrap(uint(4)).lookup(p.rom('table', sint(20), values, 'random'));
    }
    case 26:
      return tape.of([a.sum(), a.minimum(), a.maximum()]);
    case 27: {
      if (a.shape.length === 0) return a.splat(tape.of(shapes));
      return a.shape.length === 1 ? tape.of([a.perRow(3), a.perCol(2)]) : a.reshape(laneCount(a.shape));
    }
    case 28: {
      const rows = a.shape[0] ?? 0;
      const index = pool.filter((v) => v.shape.length === 0).at(-1)!;
      if (tape.below(3) === 0) return a.pick(index.wrap(uint(1)).min(rows - 1));
      return tape.below(2) ? a.lane(tape.below(rows)) : a.lanes(rows - 1, 1);
    }
    case 29: {
      if (a.shape.length < 2) return p.gather([a, b, a], tape.below(2) === 1 && a.shape.length === 1);
      return p.gather([b, a]);
    }
    default: {
      const from = a.type.element;
      const total = from.bits * laneCount(a.shape);
      const to = tape.of([1, 2, 3, 4, 8, 12, 16, 24, 32, 48, 60, 64].filter((w) => total % w === 0));
      return a.bitcast(from, typeOf(tape.below(2) ? sint(to) : uint(to), total / to));
    }
  }
}

/** Ends of the range, small numbers and anything between. */
export function randomLane(range: { lo: bigint; hi: bigint }, random: number, more: number): bigint {
  const wide = (BigInt(random) << 33n) | (BigInt(more) << 2n) | BigInt(random & 3);
  const picks = [
    range.lo,
    range.hi,
    0n,
    range.hi - 1n,
    range.lo + wide,
    range.hi - (wide >> BigInt(random % 60)),
  ];
  const value = picks[more % picks.length];
  const size = range.hi - range.lo + 1n;
  return range.lo + ((((value - range.lo) % size) + size) % size);
}
