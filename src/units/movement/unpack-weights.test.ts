import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { portWeights, randomRows } from '../../../test/support/coded-rows.js';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { sint } from '../../kernel/type.js';
import type { WeightBits } from '../../quant/types.js';
import { Random } from '../../util/random.js';
import { packTileRow } from './pack-weights.js';
import { unpackWeights } from './unpack-weights.js';
import { fitsGroups, weightStream } from './weight-stream.js';

const POWERS = [1, 2, 4, 8, 16];

const arrays = fc
  .record({
    widths: fc.constantFrom<[WeightBits, WeightBits]>([4, 4], [4, 8], [2, 2], [2, 4], [2, 8]),
    group: fc.constantFrom(0, 1, 2, 4, 8, 16, 32),
    ports: fc.constantFrom(1, 2),
    portRows: fc.integer({ min: 1, max: 12 }),
    cols: fc.integer({ min: 1, max: 24 }),
    portBytes: fc.constantFrom(...POWERS),
    colTiles: fc.integer({ min: 1, max: 7 }),
  })
  .filter(({ widths: [least], group, portRows, cols, portBytes }) => {
    const lanes = (8 * portBytes) / least;
    return (portRows * cols) % lanes === 0 && fitsGroups(cols, lanes, group);
  });

describe('unpackWeights', () => {
  test('gives every port the tiles of int8 weights, whichever width comes', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(
        arrays,
        fc.boolean(),
        fc.integer({ min: 0, max: 3 }),
        fc.nat(),
        (shape, comesWide, tileRows, seed) => {
          const {
            widths: [leastBits, headBits],
            group,
            ports,
            cols,
            portBytes,
            colTiles,
          } = shape;
          const rows = shape.portRows * ports;
          const width = cols * colTiles;
          const array = { rows, cols, ports, portBytes, leastBits };
          const streamOf = (bits: WeightBits) => weightStream(array, { width, bits, group });
          const hasWide = headBits > leastBits;
          const bits = hasWide && comesWide ? headBits : leastBits;
          const stream = streamOf(bits);
          const random = new Random(seed);
          const own = Array.from({ length: tileRows }, () =>
            randomRows(random, { rows, cols: width, bits, group }),
          );
          const packed = own.map(({ coded }) => packTileRow(coded, stream, { rows, cols, ports }, portBytes));
          for (let port = 0; port < ports; port++) {
            const bench = new UnitBench();
            const input = bench.channel('input', sint(8), portBytes);
            const output = bench.channel('output', sint(8), stream.lanes);
            const when = hasWide ? bench.scalar('wide', 0, 1, Number(comesWide)) : undefined;
            unpackWeights(bench.net, 'unpack', {
              ...{ input, output, tileRows: bench.scalar('tile_rows', 0, 3, tileRows) },
              stream: streamOf(leastBits),
              ...(when ? { wide: { stream: streamOf(headBits), when } } : {}),
            });
            for (const bytes of packed) bench.send(input, Array.from(new Int8Array(bytes[port].buffer)));
            const tile = { rows, cols, ports, weightLanes: stream.lanes };
            const expected = portWeights(own, tile, port);
            expect(bench.run().received(output)).toEqual(expected);
          }
          const { blockWords, blockSteps, scaleLanes, lanes, stepTiles, lastTiles } = stream;
          kinds.add(`${leastBits} ${bits}`);
          if (blockWords > 1) kinds.add('scales of more than a word');
          if (blockSteps > 1) kinds.add('several steps a block');
          if (scaleLanes > lanes) kinds.add('several words a scale');
          if (lastTiles < stepTiles) kinds.add('a last group that is short');
          if (stream.scales > 0 && cols > group) kinds.add('several groups a tile');
        },
      ),
      { numRuns: 120, seed: 13 },
    );
    expect([...kinds].sort()).toEqual([
      ...['2 2', '2 4', '2 8', '4 4', '4 8'],
      'a last group that is short',
      'scales of more than a word',
      'several groups a tile',
      'several steps a block',
      'several words a scale',
    ]);
  });

  test('a port word of codes is a word of the array, with few words of scales between them', () => {
    const array = { rows: 64, cols: 32, ports: 2, portBytes: 64, leastBits: 4 } as const;
    const stream = weightStream(array, { width: 5120, bits: 4, group: 128 });
    expect(stream).toMatchObject({ lanes: 128, tileWords: 8, steps: 40, blockSteps: 4, blockWords: 1 });
    expect(stream.rowWords).toBe(5120 / 4 + 10);
  });

  test('sizes that do not go together are refused', () => {
    const array = { rows: 6, cols: 8, ports: 2, portBytes: 4, leastBits: 4 } as const;
    const matrix = { width: 96, bits: 4, group: 16 } as const;
    expect(() => weightStream({ ...array, cols: 24 }, matrix)).toThrow(
      'weights in groups: tiles of 24 columns, groups of 16 and words of 8 weights: expected one a multiple of the other',
    );
    expect(() => weightStream({ ...array, rows: 5 }, matrix)).toThrow(
      'weights in groups: 2 ports must divide the 5 rows of a tile, so that each brings the scales of its own',
    );
    expect(weightStream({ ...array, cols: 24 }, { ...matrix, group: 0 }).scales).toBe(0);
  });
});
