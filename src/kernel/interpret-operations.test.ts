/** Random straight-line processes (all operations, scalars to matrices, widths to 64) against the BigInt oracle. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NetworkBuilder, type ProcessBuilder } from './builder.js';
import { compileNetwork } from './interpret.js';
import { evaluate } from './interpret-oracle.js';
import type { Network, Node } from './ir.js';
import { KernelError } from './kernel-error.js';
import { elementFor, laneCount, rangeOf, sint, typeOf, uint } from './type.js';
import type { Val } from './value.js';

/** Decisions from a list of random numbers, which fast-check can shrink. */
class Tape {
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

const shapes = [[], [1], [3], [4], [2, 3], [3, 4], [4, 1]];

/** One random operation on values of the pool, or an exception of the builder where it is not allowed. */
function randomOperation(p: ProcessBuilder, pool: readonly Val[], tape: Tape): Val {
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

function randomNetwork(tape: Tape): Network {
  const net = new NetworkBuilder('random', 'Random straight-line code.');
  net.process('p', 'test', 'random', (p) => {
    const pool: Val[] = [];
    p.nest('n', [{ index: 'i', bound: 3 }], () => {
      for (let c = 0; c < 4; c++) {
        const bits = tape.of([1, 4, 8, 9, 16, 18, 24, 31, 32, 33, 50, 53, 54, 63, 64]);
        const element = tape.below(2) ? sint(bits) : uint(bits);
        pool.push(p.read(net.channel(`in${c}`, typeOf(element, ...tape.of(shapes)), 'input')));
      }
      pool.push(p.constants([5, -3, 2]), p.constant(tape.below(100) - 50));
      while (tape.left) {
        try {
          const made = randomOperation(p, pool, tape);
          const { lo, hi } = made.range;
          pool.push(tape.below(10) === 0 ? made.assume(lo, hi) : made);
        } catch (error) {
          if (!(error instanceof KernelError || error instanceof RangeError || error instanceof TypeError))
            throw error;
        }
      }
      pool.slice(-8).forEach((value, i) => {
        p.write(net.channel(`out${i}`, typeOf(elementFor(value.range), ...value.shape), 'output'), value);
      });
    });
  });
  return net.build();
}

/** Ends of the range, small numbers and anything between. */
function randomLane(range: { lo: bigint; hi: bigint }, random: number, more: number): bigint {
  const wide = (BigInt(random) << 33n) | (BigInt(more) << 2n) | BigInt(random & 3);
  const picks = [
    range.lo,
    range.hi,
    0n,
    range.hi - 1n,
    range.lo + wide,
    range.hi - (wide >> BigInt(random % 60)),
  ];
  const value = picks[more % picks.length]!;
  const size = range.hi - range.lo + 1n;
  return range.lo + ((((value - range.lo) % size) + size) % size);
}

test('every operation gives what its definition in BigInt gives, in both modes', () => {
  const number = fc.nat({ max: 2 ** 31 - 1 });
  const kinds = new Set<string>();
  const cases = fc.tuple(
    fc.array(number, { minLength: 20, maxLength: 150, size: 'max' }),
    fc.array(number, { minLength: 100, maxLength: 100 }),
  );
  fc.assert(
    fc.property(cases, ([numbers, data]) => {
      const network = randomNetwork(new Tape(numbers));
      const { body } = network.processes[0]!.nests[0]!;
      const tape = new Tape(data);
      const inputs: Record<string, bigint[]> = {};
      const expected: Record<string, bigint[]> = {};
      for (const { operation: o } of body) {
        if (o.kind === 'read') inputs[o.channel.name] = [];
        if (o.kind === 'write') expected[o.channel.name] = [];
      }
      for (let iteration = 0; iteration < 3; iteration++) {
        const values = new Map<Node, readonly bigint[]>();
        for (const node of body) {
          const o = node.operation;
          kinds.add(o.kind);
          if (o.kind === 'read') {
            const lanes = Array.from({ length: laneCount(node.shape) }, (_, i) =>
              randomLane(rangeOf(o.channel.type.element), tape.below(2 ** 31), tape.below(2 ** 31) + i),
            );
            inputs[o.channel.name]!.push(...lanes);
            values.set(node, lanes);
          } else if (o.kind === 'write') expected[o.channel.name]!.push(...values.get(o.value)!);
          else if (o.kind === 'index') values.set(node, [BigInt(iteration)]);
          else
            values.set(
              node,
              evaluate(node, (n) => values.get(n)!),
            );
        }
      }
      for (const checkRanges of [false, true]) {
        const { channels } = compileNetwork(network, { checkRanges }).run({ inputs });
        for (const [name, lanes] of Object.entries(expected))
          expect([...channels[name]!].map(BigInt), name).toEqual(lanes);
        for (const lanes of Object.values(channels))
          for (const v of lanes) expect(Object.is(v, -0)).toBe(false);
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 400), endOnFailure: true },
  );
  expect(kinds.size).toBeGreaterThanOrEqual(22);
});
