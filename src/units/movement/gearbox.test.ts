import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { repackedRows } from '../../../test/support/unit-reference-order.js';
import { sint } from '../../kernel/type.js';
import { gearbox, rowGearbox } from './gearbox.js';

const ELEMENT = sint(9);
const values = (count: number, first = -256) =>
  Array.from({ length: count }, (_, i) => ((first + 256 + 37 * i) % 512) - 256);

describe('gearbox', () => {
  const shapes = fc.record({
    narrow: fc.integer({ min: 1, max: 5 }),
    ratio: fc.integer({ min: 2, max: 6 }),
    wideWords: fc.integer({ min: 0, max: 7 }),
    widening: fc.boolean(),
    matrix: fc.boolean(),
    first: fc.integer({ min: -256, max: 255 }),
  });

  test('keeps the order of the lanes', () => {
    fc.assert(
      fc.property(shapes, ({ narrow, ratio, wideWords, widening, matrix, first }) => {
        const wide = matrix ? [ratio, narrow] : [narrow * ratio];
        const bench = new UnitBench();
        const input = bench.channel('input', ELEMENT, ...(widening ? [narrow] : wide));
        const output = bench.channel('output', ELEMENT, ...(widening ? wide : [narrow]));
        gearbox(bench.net, 'gears', {
          input,
          output,
          wideWords: bench.scalar('words', 0, 7, wideWords),
        });
        const sent = values(wideWords * ratio * narrow, first);
        bench.send(input, sent);
        expect(bench.run().received(output)).toEqual(sent);
      }),
    );
  });

  test('takes words of one lane with and without an axis', () => {
    const bench = new UnitBench();
    const input = bench.channel('input', ELEMENT, 3);
    const output = bench.channel('output', ELEMENT);
    gearbox(bench.net, 'gears', { input, output, wideWords: 4 });
    bench.send(input, values(12));
    expect(bench.run().received(output)).toEqual(values(12));
  });

  test('refuses lanes that are no multiple, and a factor of one', () => {
    for (const [from, to] of [
      [4, 6],
      [4, 4],
    ] as const) {
      const bench = new UnitBench();
      const input = bench.channel('input', ELEMENT, from);
      const output = bench.channel('output', ELEMENT, to);
      expect(() => gearbox(bench.net, 'gears', { input, output, wideWords: 1 })).toThrow(
        `gearbox gears: ${from} to ${to} lanes, expected one a multiple of the other`,
      );
    }
  });
});

describe('rowGearbox', () => {
  const shapes = fc.record({
    narrow: fc.integer({ min: 1, max: 4 }),
    ratio: fc.integer({ min: 2, max: 5 }),
    rows: fc.integer({ min: 0, max: 4 }),
    rowLanes: fc.integer({ min: 1, max: 30 }),
    widening: fc.boolean(),
  });

  test('keeps the valid lanes of every row, zeros after them', () => {
    fc.assert(
      fc.property(shapes, ({ narrow, ratio, rows, rowLanes, widening }) => {
        const [from, to] = widening ? [narrow, narrow * ratio] : [narrow * ratio, narrow];
        const bench = new UnitBench();
        const input = bench.channel('input', ELEMENT, from);
        const output = bench.channel('output', ELEMENT, to);
        rowGearbox(bench.net, 'gears', {
          input,
          output,
          rows: bench.scalar('rows', 0, 4, rows),
          rowLanes,
        });
        const padded = Math.ceil(rowLanes / from) * from;
        const sent = values(rows * padded);
        bench.send(input, sent);
        const received = bench.run().received(output);
        expect(received).toEqual(repackedRows(sent, rows, rowLanes, from, to));
      }),
    );
  });
});
