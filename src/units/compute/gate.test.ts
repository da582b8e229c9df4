import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { gated } from '../../../test/support/unit-reference-vector.js';
import { sint, uint } from '../../kernel/type.js';
import { Random } from '../../util/random.js';
import { gate } from './gate.js';

test('the gate is y s, shifted by head and saturated', () => {
  const cases = fc.record({
    tokens: fc.integer({ min: 0, max: 4 }),
    heads: fc.integer({ min: 1, max: 5 }),
    headWords: fc.integer({ min: 1, max: 3 }),
    lanes: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(cases, ({ tokens, heads, headWords, lanes, seed }) => {
      const random = new Random(seed);
      const width = headWords * lanes;
      const draw = () => Array.from({ length: tokens * heads * width }, () => random.edgy(-32768, 32767));
      const y = draw();
      const s = draw();
      const shifts = Array.from({ length: heads }, () => random.edgy(0, 31));
      const bench = new UnitBench();
      const channels = {
        y: bench.channel('y', sint(16), lanes),
        s: bench.channel('s', sint(16), lanes),
        output: bench.channel('output', sint(16), lanes),
        parameters: bench.channel('parameters', uint(16), 1),
      };
      gate(bench.net, 'unit', {
        ...channels,
        tokens: bench.scalar('tokens', 0, 9, tokens),
        heads,
        headWords,
      });
      bench.send(channels.parameters, shifts);
      bench.send(channels.y, y);
      bench.send(channels.s, s);
      const wanted = gated(y, s, shifts, width);
      expect(bench.run().received(channels.output)).toEqual(wanted);
    }),
  );
});
