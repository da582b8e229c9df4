import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { normRoots, normScaled, normSums, normValues } from '../../../test/support/unit-reference-vector.js';
import { sint, uint } from '../../kernel/type.js';
import { normRoot, normScale, normSquare } from './norm.js';

interface NormCase {
  lanes: number;
  words: number;
  rows: number;
  inShift: number | undefined;
  eps: number;
  outFracBits: number;
}

function normed(shape: NormCase, values: readonly number[]): number[] {
  const { lanes, words, rows, inShift, eps, outFracBits } = shape;
  const bench = new UnitBench();
  const bits = inShift === undefined ? 16 : 18;
  const input = bench.channel('input', sint(inShift === undefined ? 16 : 32), lanes);
  const kept = bench.channel('kept', sint(bits), lanes);
  const sums = bench.channel('sums', uint(50));
  const q = bench.channel('q', uint(18));
  const k = bench.channel('k', uint(5));
  const output = bench.channel('output', sint(16), lanes);
  const size = { rows: bench.scalar('rows', 0, 4, rows), words: bench.scalar('words', 1, 6, words) };
  normSquare(bench.net, 'square', {
    input,
    values: kept,
    sums,
    ...size,
    ...(inShift === undefined ? {} : { inShift: bench.scalar('in_shift', 0, 31, inShift) }),
  });
  normRoot(bench.net, 'root', {
    sums,
    q,
    k,
    rows: size.rows,
    epsLow: bench.scalar('eps_low', 0, 2 ** 32 - 1, eps % 2 ** 32),
    epsHigh: bench.scalar('eps_high', 0, 2 ** 18 - 1, Math.floor(eps / 2 ** 32)),
  });
  normScale(bench.net, 'scale', {
    values: kept,
    q,
    k,
    output,
    ...size,
    outFracBits: bench.scalar('out_frac_bits', 0, 17, outFracBits),
  });
  bench.send(input, values);
  return bench.run().received(output);
}

/** docs/integer-model.md section 2: its three steps after one another. */
function expected({ lanes, words, inShift, eps, outFracBits }: NormCase, input: readonly number[]): number[] {
  const width = lanes * words;
  const values = normValues(input, inShift);
  return normScaled(values, width, normRoots(normSums(values, width), eps), outFracBits);
}

test('square, root and scale together are the RMSNorm of the integer model', () => {
  const cases = fc
    .record({
      lanes: fc.integer({ min: 1, max: 5 }),
      words: fc.integer({ min: 1, max: 6 }),
      rows: fc.integer({ min: 0, max: 4 }),
      inShift: fc.option(fc.integer({ min: 0, max: 31 }), { nil: undefined }),
      eps: fc.oneof(
        fc.constantFrom(0, 1, 2 ** 32, 2 ** 49),
        fc.integer({ min: 0, max: 50 }).map((e) => Math.floor(2 ** e * 0.9)),
      ),
      outFracBits: fc.integer({ min: 0, max: 17 }),
      magnitude: fc.integer({ min: 0, max: 31 }),
    })
    .chain((shape) => {
      const count = shape.lanes * shape.words * shape.rows;
      const limit = 2 ** Math.min(shape.magnitude, shape.inShift === undefined ? 15 : 31);
      const value = fc.oneof(
        fc.constantFrom(-limit, limit - 1, 0),
        fc.integer({ min: -limit, max: limit - 1 }),
      );
      return fc.record({
        shape: fc.constant(shape),
        values: fc.array(value, { minLength: count, maxLength: count }),
      });
    });
  fc.assert(
    fc.property(cases, ({ shape, values }) => {
      expect(normed(shape, values)).toEqual(expected(shape, values));
    }),
    { numRuns: 100 },
  );
});

test('root finds k and q for every position of the leading one, at both ends of its range', () => {
  const sums = [0, 1, 2, 3];
  for (let e = 2; e < 50; e++)
    sums.push(2 ** e - 1, 2 ** e, 2 ** e + 1, Math.floor(2 ** e * 1.37), 2 ** e + 2 ** (e - 1));
  sums.push(2 ** 50 - 1);
  const bench = new UnitBench();
  const channels = {
    sums: bench.channel('sums', uint(50)),
    q: bench.channel('q', uint(18)),
    k: bench.channel('k', uint(5)),
  };
  normRoot(bench.net, 'root', {
    ...channels,
    rows: sums.length,
    epsLow: bench.scalar('eps_low', 0, 2 ** 32 - 1, 0),
    epsHigh: bench.scalar('eps_high', 0, 2 ** 18 - 1, 0),
  });
  bench.send(channels.sums, sums);
  const done = bench.run();
  const roots = normRoots(sums, 0);
  expect(done.received(channels.k)).toEqual(roots.map(({ k }) => k));
  expect(done.received(channels.q)).toEqual(roots.map(({ q }) => q));
});

test('a row whose sum of squares could leave 50 bits is refused', () => {
  const bench = new UnitBench();
  expect(() =>
    normSquare(bench.net, 'square', {
      input: bench.channel('input', sint(18), 16),
      values: bench.channel('kept', sint(18), 16),
      sums: bench.channel('sums', uint(50)),
      rows: 1,
      words: 1 << 13,
    }),
  ).toThrow('norm square: a sum of squares can need more than 50 bits');
});
