import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { updatedResidual } from '../../../test/support/unit-reference-vector.js';
import { sint } from '../../kernel/type.js';
import { addResidual } from './add-residual.js';

test('addResidual is sat32(residual + delta)', () => {
  const int32 = fc.oneof(
    fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, -1, 0, 1),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  );
  const cases = fc
    .record({ lanes: fc.integer({ min: 1, max: 8 }), words: fc.integer({ min: 0, max: 9 }) })
    .chain((shape) => {
      const count = shape.lanes * shape.words;
      const values = fc.array(int32, { minLength: count, maxLength: count });
      return fc.record({ shape: fc.constant(shape), residuals: values, deltas: values });
    });
  fc.assert(
    fc.property(cases, ({ shape, residuals, deltas }) => {
      const bench = new UnitBench();
      const residual = bench.channel('residual', sint(32), shape.lanes);
      const delta = bench.channel('delta', sint(32), shape.lanes);
      const output = bench.channel('output', sint(32), shape.lanes);
      addResidual(bench.net, 'add', {
        residual,
        delta,
        output,
        words: bench.scalar('words', 0, 9, shape.words),
      });
      bench.send(residual, residuals);
      bench.send(delta, deltas);
      expect(bench.run().received(output)).toEqual(updatedResidual(residuals, deltas));
    }),
  );
});
