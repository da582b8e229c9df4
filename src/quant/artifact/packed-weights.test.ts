import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Random } from '../../util/random.js';
import { packCodes, packScales, unpackCodes, unpackScales } from './packed-weights.js';

it('packed codes and scales come back, whatever the width, the group and the length of a row', () => {
  const cases = fc.record({
    seed: fc.integer(),
    rows: fc.integer({ min: 1, max: 5 }),
    cols: fc.integer({ min: 1, max: 70 }),
    weightBits: fc.constantFrom(4 as const, 2 as const),
    weightGroup: fc.constantFrom(0, 16, 32),
  });
  fc.assert(
    fc.property(cases, ({ seed, ...shape }) => {
      const { rows, cols, weightBits, weightGroup } = shape;
      const random = new Random(seed);
      const groups = weightGroup === 0 ? 0 : Math.ceil(cols / weightGroup);
      const groupScale = Uint8Array.from({ length: rows * groups }, () => random.edgy(0, 15));
      const weight = Int8Array.from({ length: rows * cols }, (_, i) => {
        const group = Math.floor(i / cols) * groups + Math.floor((i % cols) / weightGroup);
        const half = 2 ** (weightBits - 1);
        return random.edgy(-half, half - 1) * (groups === 0 ? 1 : groupScale[group] + 1);
      });
      const linear = { ...shape, groupScale, weight };
      const codes = packCodes(linear);
      expect(codes.length).toBe(rows * Math.ceil((cols * weightBits) / 8));
      expect(unpackScales(shape, packScales(linear))).toEqual(groupScale);
      expect(unpackCodes({ ...shape, groupScale }, codes)).toEqual(weight);
    }),
  );
});

it('the first code of a row is in the lowest bits of its first byte', () => {
  const shape = { rows: 2, cols: 3, weightBits: 4, weightGroup: 0, groupScale: new Uint8Array(0) } as const;
  const weight = Int8Array.of(1, -8, 7, -1, 0, 2);
  expect([...packCodes({ ...shape, weight })]).toEqual([0x81, 0x07, 0x0f, 0x02]);
});
