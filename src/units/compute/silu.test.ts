import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { activated, activatedSegments } from '../../../test/support/unit-reference-vector.js';
import { sint } from '../../kernel/type.js';
import { silu } from './silu.js';

test.each([7, 8, 9, 10, 11, 12, 13, 14])('silu of every int16 with %i fraction bits', (inFracBits) => {
  const values = Array.from({ length: 65536 }, (_, i) => i - 32768);
  const outFracBits = inFracBits + 1;
  const bench = new UnitBench();
  const input = bench.channel('input', sint(16), 64);
  const output = bench.channel('output', sint(16), 64);
  silu(bench.net, 'silu', {
    input,
    tokens: 64,
    segments: [
      {
        output,
        words: 16,
        inFracBits: bench.scalar('in_frac_bits', 7, 14, inFracBits),
        outFracBits: bench.scalar('out_frac_bits', 0, 15, outFracBits),
      },
    ],
  });
  bench.send(input, values);
  expect(bench.run().received(output)).toEqual(values.map((v) => activated(v, inFracBits, outFracBits)));
});

test('silu deals segments with formats of their own to their channels', () => {
  const int16 = fc.oneof(fc.constantFrom(-32768, 32767, 0), fc.integer({ min: -32768, max: 32767 }));
  const segment = fc.record({
    words: fc.integer({ min: 0, max: 3 }),
    inFracBits: fc.integer({ min: 7, max: 14 }),
    outFracBits: fc.integer({ min: 0, max: 15 }),
  });
  const cases = fc
    .record({
      lanes: fc.integer({ min: 1, max: 4 }),
      tokens: fc.integer({ min: 0, max: 3 }),
      segments: fc.array(segment, { minLength: 1, maxLength: 3 }),
    })
    .chain((shape) => {
      const words = shape.segments.reduce((sum, s) => sum + s.words, 0);
      const count = shape.lanes * shape.tokens * words;
      return fc.record({
        shape: fc.constant(shape),
        values: fc.array(int16, { minLength: count, maxLength: count }),
      });
    });
  fc.assert(
    fc.property(cases, ({ shape, values }) => {
      const bench = new UnitBench();
      const input = bench.channel('input', sint(16), shape.lanes);
      const segments = shape.segments.map(({ words, inFracBits, outFracBits }, i) => ({
        output: bench.channel(`output_${i}`, sint(16), shape.lanes),
        words: bench.scalar(`words_${i}`, 0, 3, words),
        inFracBits: bench.scalar(`in_frac_bits_${i}`, 7, 14, inFracBits),
        outFracBits: bench.scalar(`out_frac_bits_${i}`, 0, 15, outFracBits),
      }));
      silu(bench.net, 'silu', { input, tokens: bench.scalar('tokens', 0, 3, shape.tokens), segments });
      bench.send(input, values);

      const wanted = activatedSegments(values, shape.lanes, shape.tokens, shape.segments);
      const done = bench.run();
      expect(segments.map(({ output }) => done.received(output))).toEqual(wanted);
    }),
  );
});
