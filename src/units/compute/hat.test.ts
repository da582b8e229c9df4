import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { hadamard } from '../../../test/support/unit-reference-vector.js';
import { sint } from '../../kernel/type.js';
import { hat } from './hat.js';

function transformed(lanes: number, block: number, inputBits: number, values: readonly number[]): number[] {
  const bench = new UnitBench();
  const input = bench.channel('input', sint(inputBits), lanes);
  const output = bench.channel('output', sint(inputBits + Math.log2(block)), lanes);
  const words = bench.scalar('words', 0, 1 << 12, values.length / lanes);
  hat(bench.net, 'hat', { input, output, block, words });
  bench.send(input, values);
  return bench.run().received(output);
}

test('hat is the Sylvester transform of every block, for any lanes', () => {
  const cases = fc
    .record({
      lanes: fc.integer({ min: 0, max: 4 }).map((e) => 2 ** e),
      block: fc.integer({ min: 1, max: 7 }).map((e) => 2 ** e),
      inputBits: fc.constantFrom(2, 16),
      units: fc.integer({ min: 0, max: 3 }),
    })
    .chain((shape) => {
      const count = shape.units * Math.max(shape.block, shape.lanes);
      const limit = 2 ** (shape.inputBits - 1);
      const value = fc.oneof(fc.constantFrom(-limit, limit - 1), fc.integer({ min: -limit, max: limit - 1 }));
      return fc.record({
        shape: fc.constant(shape),
        values: fc.array(value, { minLength: count, maxLength: count }),
      });
    });
  fc.assert(
    fc.property(cases, ({ shape, values }) => {
      const { lanes, block, inputBits } = shape;
      expect(transformed(lanes, block, inputBits, values)).toEqual(hadamard(block, values));
    }),
  );
});

test('hat reaches the ends of its range: rows of the matrix times the largest values', () => {
  const block = 256;
  const rows = [0, 1, 128, 255].map((i) =>
    Array.from({ length: block }, (_, j) => {
      let ones = 0;
      for (let both = i & j; both; both >>= 1) ones += both & 1;
      return ones % 2 === 0 ? -32768 : 32767;
    }),
  );
  const result = transformed(8, block, 16, rows.flat());
  expect(Math.min(...result)).toBe(-(2 ** 23));
  expect(result).toEqual(hadamard(block, rows.flat()));
});

test('hat refuses a width other than the exact one, and sizes that are no powers of two', () => {
  const bench = new UnitBench();
  const input = bench.channel('input', sint(16), 4);
  const output = bench.channel('output', sint(23), 4);
  expect(() => hat(bench.net, 'hat', { input, output, block: 256, words: 1 })).toThrow(
    'hat hat: output of 23 bits, expected 24',
  );
  expect(() => hat(bench.net, 'hat', { input, output, block: 12, words: 1 })).toThrow('powers of two');
});
