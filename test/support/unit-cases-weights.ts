/** Cases of the unit that makes int8 weights of codes and scales. */
import { sint } from '../../src/kernel/type.js';
import type { WeightBits } from '../../src/quant/types.js';
import { packTileRow } from '../../src/units/movement/pack-weights.js';
import { unpackWeights } from '../../src/units/movement/unpack-weights.js';
import { weightStream } from '../../src/units/movement/weight-stream.js';
import { portWeights, randomRows } from './coded-rows.js';
import { pick, type UnitPlan } from './unit-cases.js';

const MOST_ROWS = 3;

/** Tiles of 2 rows of 4 words or of 8 rows of 1; groups of half a tile, one or two; the last one short. */
const unpackCase =
  (leastBits: WeightBits, headBits: WeightBits, hasGroups: boolean): UnitPlan =>
  (at, shape) => {
    const portBytes = 4;
    const lanes = (8 * portBytes) / leastBits;
    const array = {
      ...pick(shape, { rows: 2, cols: 4 * lanes }, { rows: 8, cols: lanes }),
      ...{ ports: 1, portBytes, leastBits },
    };
    const width = 3 * array.cols;
    const group = hasGroups ? pick(shape, array.cols / 2, array.cols, 2 * array.cols) : 0;
    const streamOf = (bits: WeightBits) => weightStream(array, { width, bits, group });
    const input = at.channel('input', sint(8), portBytes);
    const output = at.channel('output', sint(8), lanes);
    const tileRows = at.scalar('tile_rows', 0, MOST_ROWS);
    const when = headBits > leastBits ? at.scalar('wide', 0, 1) : undefined;
    unpackWeights(at.net, at.name, {
      ...{ input, output, tileRows, stream: streamOf(leastBits) },
      ...(when ? { wide: { stream: streamOf(headBits), when } } : {}),
    });
    return (random) => {
      const count = random.integer(0, MOST_ROWS);
      const comesWide = when ? random.integer(0, 1) : 0;
      const bits = comesWide ? headBits : leastBits;
      const { rows } = array;
      const own = Array.from({ length: count }, () => randomRows(random, { rows, cols: width, bits, group }));
      at.give(tileRows, count);
      if (when) at.give(when, comesWide);
      for (const { coded } of own)
        at.send(
          input,
          Array.from(new Int8Array(packTileRow(coded, streamOf(bits), array, portBytes)[0].buffer)),
        );
      at.expect(output, portWeights(own, { ...array, weightLanes: lanes }, 0));
    };
  };

export const weightUnits: Readonly<Record<string, UnitPlan>> = {
  unpack_4: unpackCase(4, 4, true),
  unpack_4_or_8: unpackCase(4, 8, true),
  unpack_2_or_4: unpackCase(2, 4, true),
  unpack_2_or_8_plain: unpackCase(2, 8, false),
};
