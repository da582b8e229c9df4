import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { matWords } from '../../../test/support/unit-reference-array.js';
import { lastTokens, lengthsAround } from '../../../test/support/unit-reference-order.js';
import { sint } from '../../kernel/type.js';
import { Random } from '../../util/random.js';
import { mat } from './mat.js';

interface Case {
  readonly T: number;
  readonly tokens: number;
  readonly rows: number;
  readonly cols: number;
  readonly ports: number;
  readonly rowTiles: number;
  readonly colTiles: number;
  readonly minSlots: number;
  readonly spareSlots: number;
  readonly lutRows: number;
  readonly seed: number;
}

const cases = fc
  .record({
    T: fc.integer({ min: 1, max: 5 }),
    rows: fc.constantFrom(2, 4, 6),
    cols: fc.integer({ min: 1, max: 4 }),
    ports: fc.constantFrom(1, 2),
    rowTiles: fc.integer({ min: 0, max: 3 }),
    colTiles: fc.integer({ min: 1, max: 3 }),
    minSlots: fc.integer({ min: 1, max: 4 }),
    spareSlots: fc.integer({ min: 0, max: 2 }),
    seed: fc.nat(),
  })
  .chain((c) =>
    fc
      .record({
        tokens: fc.constantFrom(...lengthsAround(c.T)),
        lutPairs: fc.integer({ min: 0, max: c.rows / 2 }),
      })
      .map(({ tokens, lutPairs }): Case => ({ ...c, tokens, lutRows: 2 * lutPairs })),
  );

/** Runs one call and gives what came out and what should have. */
function runMat(c: Case, draw: (random: Random) => number) {
  const { T, tokens, rows, cols, ports, rowTiles, colTiles } = c;
  const tile = { rows, cols, ports, weightLanes: rows / ports };
  const wordsATile = cols;
  const least = Math.max(c.minSlots, wordsATile);
  const slots = Math.max(least, Math.min(T, tokens)) + c.spareSlots;
  const chunks = Math.ceil(tokens / T);
  const bench = new UnitBench();
  const input = bench.channel('input', sint(8), cols);
  const output = bench.channel('output', sint(32), rows);
  const weights = Array.from({ length: ports }, (_, i) =>
    bench.channel(`weights_${i}`, sint(8), tile.weightLanes),
  );
  mat(bench.net, 'unit', {
    tile,
    weights,
    input,
    output,
    chunks: bench.scalar('chunks', 0, 9, chunks),
    lastTokens: bench.scalar('last_tokens', 0, T, lastTokens({ T, tokens })),
    chunkTokens: bench.scalar('chunk_tokens', 0, T, T),
    rowTiles: bench.scalar('row_tiles', 0, 4, rowTiles),
    colTiles,
    slots: bench.scalar('slots', least, Math.max(least, T) + 2, slots),
    minSlots: c.minSlots,
    lutRows: c.lutRows,
  });

  const random = new Random(c.seed);
  const matrix = { rows: rowTiles * rows, cols: colTiles * cols };
  const weight = Int8Array.from({ length: matrix.rows * matrix.cols }, () => draw(random));
  const x = Int8Array.from({ length: tokens * matrix.cols }, () => draw(random));
  const words = matWords({ T, tokens }, tile, rowTiles, colTiles, weight, x);
  words.weights.forEach((bytes, port) => {
    bench.send(weights[port], bytes);
  });
  bench.send(input, words.input);
  return { received: bench.run().received(output), wanted: words.output };
}

test('a MAT array gives the exact products of its matrix, chunk by chunk', () => {
  fc.assert(
    fc.property(cases, (c) => {
      const { received, wanted } = runMat(c, (random) => random.edgy(-128, 127));
      expect(received).toEqual(wanted);
    }),
    { numRuns: 60 },
  );
});

test('the largest sums of either sign fit', () => {
  const c = { T: 2, tokens: 3, rows: 4, cols: 4, ports: 1, rowTiles: 1, colTiles: 3 };
  for (const lutRows of [0, 2, 4])
    for (const ends of [
      [-128, -128],
      [-128, 127],
      [127, 127],
    ]) {
      let draws = 0;
      const weights = c.rowTiles * c.rows * c.colTiles * c.cols;
      const draw = () => ends[draws++ < weights ? 0 : 1];
      const { received, wanted } = runMat({ ...c, minSlots: 2, spareSlots: 0, lutRows, seed: 0 }, draw);
      expect(received).toEqual(wanted);
    }
});

test('two products in one 25 x 18 multiplier are exact for every pair of weights and every input', () => {
  const [upper, offset] = [2 ** 17, 65535];
  for (let w1 = -128; w1 < 128; w1++)
    for (let w0 = -128; w0 < 128; w0++) {
      const pair = w1 * upper + w0 + 128;
      if (pair < -(2 ** 24) || pair >= 2 ** 24) throw new Error(`${w1}, ${w0} take more than 25 bits`);
      for (let x = -128; x < 128; x++) {
        const both = pair * x - 128 * x + offset;
        const high = Math.floor(both / upper);
        if (high !== w1 * x || both - high * upper - offset !== w0 * x)
          throw new Error(`${w1}, ${w0} times ${x}`);
      }
    }
  // So is the sum of four: the lower one stays within its 17 bits.
  for (const sum of [4 * -128 * 127, 4 * 128 * 128]) expect(Math.floor((sum + offset) / upper)).toBe(0);
});

test('arrays that do not fit together are refused', () => {
  const build = (change: Record<string, unknown>) => () => {
    const bench = new UnitBench();
    mat(bench.net, 'unit', {
      tile: { rows: 4, cols: 2, weightLanes: 4, ports: 1 },
      weights: [bench.channel('weights', sint(8), 4)],
      input: bench.channel('input', sint(8), 2),
      output: bench.channel('output', sint(32), 4),
      chunks: 1,
      chunkTokens: 4,
      lastTokens: 1,
      rowTiles: 1,
      colTiles: 1,
      slots: 4,
      minSlots: 4,
      lutRows: 4,
      ...change,
    });
  };
  expect(build({})).not.toThrow();
  expect(build({ slots: 3 })).toThrow('slots may be 3, expected at least minSlots = 4');
  expect(build({ weights: [] })).toThrow('0 weight channels for 1 ports');
  expect(build({ colTiles: 65536 })).toThrow('131072 columns');
  expect(build({ lutRows: 1 })).toThrow('an even number of others');
});
