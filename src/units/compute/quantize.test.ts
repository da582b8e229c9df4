import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { quantized } from '../../../test/support/unit-reference-vector.js';
import { sint } from '../../kernel/type.js';
import { sat } from '../../quant/rounding.js';
import { quantize } from './quantize.js';

test('quantize is sat8(rsh(a * multiplier, shift))', () => {
  const cases = fc
    .record({
      bits: fc.integer({ min: 16, max: 24 }),
      lanes: fc.integer({ min: 1, max: 8 }),
      words: fc.integer({ min: 0, max: 20 }),
      multiplier: fc.oneof(fc.constantFrom(0, 1, 32768, 65535), fc.integer({ min: 32768, max: 65535 })),
      shift: fc.integer({ min: 1, max: 40 }),
    })
    .chain((shape) => {
      const limit = 2 ** (shape.bits - 1);
      const count = shape.lanes * shape.words;
      // Values near the steps and the ends of int8 count most: scale a small number back.
      const step = 2 ** shape.shift / Math.max(1, shape.multiplier);
      const near = fc.record({
        to: fc.integer({ min: -270, max: 270 }),
        off: fc.integer({ min: -2, max: 2 }),
      });
      const value = fc.oneof(
        near.map(({ to, off }) => sat(Math.round((to / 2) * step) + off, shape.bits)),
        fc.constantFrom(-limit, limit - 1),
        fc.integer({ min: -limit, max: limit - 1 }),
      );
      return fc.record({
        shape: fc.constant(shape),
        values: fc.array(value, { minLength: count, maxLength: count }),
      });
    });
  fc.assert(
    fc.property(cases, ({ shape, values }) => {
      const bench = new UnitBench();
      const input = bench.channel('input', sint(shape.bits), shape.lanes);
      const output = bench.channel('output', sint(8), shape.lanes);
      quantize(bench.net, 'quantize', {
        input,
        output,
        words: bench.scalar('words', 0, 20, shape.words),
        multiplier: bench.scalar('multiplier', 0, 65535, shape.multiplier),
        shift: bench.scalar('shift', 1, 40, shape.shift),
      });
      bench.send(input, values);
      expect(bench.run().received(output)).toEqual(quantized(values, shape.multiplier, shape.shift));
    }),
  );
});
