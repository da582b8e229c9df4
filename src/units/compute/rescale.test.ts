import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { rescaled, rowFields } from '../../../test/support/unit-reference-array.js';
import { lastTokens } from '../../../test/support/unit-reference-order.js';
import { sint, uint } from '../../kernel/type.js';
import { rescale } from './rescale.js';

const row = fc.record({
  bias: fc.oneof(fc.constantFrom(0, -1, 2 ** 30, -(2 ** 30)), fc.integer({ min: -(2 ** 30), max: 2 ** 30 })),
  multiplier: fc.oneof(fc.constantFrom(0, 1, 65535), fc.integer({ min: 32768, max: 65535 })),
  shift: fc.integer({ min: 0, max: 48 }),
});
const accumulator = fc.oneof(
  fc.constantFrom(2 ** 30 - 1, -(2 ** 30), 0),
  fc.integer({ min: -(2 ** 30), max: 2 ** 30 - 1 }),
  fc.integer({ min: -1000, max: 1000 }),
);

const cases = fc
  .record({
    lanes: fc.integer({ min: 1, max: 3 }),
    rowWords: fc.integer({ min: 1, max: 7 }),
    chunkTokens: fc.integer({ min: 1, max: 4 }),
    tokens: fc.integer({ min: 0, max: 9 }),
    split: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
    bits: fc.constantFrom(16, 32),
  })
  .chain((shape) => {
    const tiles = shape.split[0] + shape.split[1];
    const rows = tiles * shape.rowWords * shape.lanes;
    return fc.record({
      shape: fc.constant(shape),
      rows: fc.array(row, { minLength: rows, maxLength: rows }),
      accumulators: fc.array(accumulator, { minLength: rows * shape.tokens, maxLength: rows * shape.tokens }),
    });
  });

test('rescale is satB(rsh((acc + bias) multiplier, shift)) of every row and token, dealt out by tile', () => {
  fc.assert(
    fc.property(cases, ({ shape, rows, accumulators }) => {
      const { lanes, rowWords, chunkTokens, tokens, split, bits } = shape;
      const tiles = split[0] + split[1];
      const chunks = Math.ceil(tokens / chunkTokens);
      const bench = new UnitBench();
      const input = bench.channel('input', sint(32), lanes);
      const parameters = bench.channel('parameters', uint(16), 4 * lanes);
      const first = bench.channel('first', sint(bits), lanes);
      const second = bench.channel('second', sint(bits), lanes);
      const border = bench.scalar('border', 0, 4, split[0]);
      const end = bench.scalar('tiles', 0, 4, tiles);
      rescale(bench.net, 'rescale', {
        input,
        parameters,
        outputs: [
          { channel: first, firstTile: 0, lastTile: border },
          { channel: second, firstTile: border, lastTile: end },
        ],
        chunks: bench.scalar('chunks', 0, 9, chunks),
        tiles: end,
        lastTokens: bench.scalar('last_tokens', 0, 4, lastTokens({ T: chunkTokens, tokens })),
        chunkTokens: bench.scalar('chunk_tokens', 0, 4, chunkTokens),
        rowWords,
      });

      for (let chunk = 0; chunk < chunks; chunk++) bench.send(parameters, rowFields(rows));
      const call = { T: chunkTokens, tokens };
      const wanted = rescaled(call, rows, rowWords * lanes, bits, accumulators, split[0]);
      bench.send(input, accumulators);
      const done = bench.run();
      expect([done.received(first), done.received(second)]).toEqual(wanted);
    }),
    { numRuns: 100 },
  );
});
