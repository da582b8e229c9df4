import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { stateBytes } from '../../../test/support/unit-reference-vector.js';
import { sint, uint } from '../../kernel/type.js';
import { packState, unpackState } from './state-pack.js';

const cases = fc
  .record({
    bits: fc.integer({ min: 16, max: 24 }),
    rows: fc.integer({ min: 1, max: 3 }),
    cols: fc.integer({ min: 1, max: 4 }),
    words: fc.integer({ min: 0, max: 4 }),
    matrix: fc.boolean(),
  })
  .chain((shape) => {
    const limit = 2 ** (shape.bits - 1);
    const count = shape.rows * shape.cols * shape.words;
    const value = fc.oneof(
      fc.constantFrom(-limit, limit - 1, -1, 0),
      fc.integer({ min: -limit, max: limit - 1 }),
    );
    return fc.record({
      shape: fc.constant(shape),
      states: fc.array(value, { minLength: count, maxLength: count }),
    });
  });

function bench({
  shape,
  packing,
}: {
  shape: { bits: number; rows: number; cols: number; words: number; matrix: boolean };
  packing: boolean;
}) {
  const { bits, rows, cols, words, matrix } = shape;
  const made = new UnitBench();
  const memory = made.channel('memory', uint(8), rows * cols);
  const state = made.channel('state', sint(bits), ...(matrix ? [rows, cols] : [rows * cols]));
  const extent = made.scalar('words', 0, 4, words);
  if (packing) packState(made.net, 'pack', { input: state, output: memory, words: extent });
  else unpackState(made.net, 'unpack', { input: memory, output: state, words: extent });
  return { made, memory, state };
}

describe('state in memory', () => {
  test('is packed into two bytes a value or three', () => {
    fc.assert(
      fc.property(cases, ({ shape, states }) => {
        const { made, memory, state } = bench({ shape, packing: true });
        made.send(state, states);
        expect(made.run().received(memory)).toEqual(stateBytes(states, shape.bits));
      }),
    );
  });

  test('comes back with its sign', () => {
    fc.assert(
      fc.property(cases, ({ shape, states }) => {
        const { made, memory, state } = bench({ shape, packing: false });
        made.send(memory, stateBytes(states, shape.bits));
        expect(made.run().received(state)).toEqual(states);
      }),
    );
  });

  test('refuses port words of another size', () => {
    const made = new UnitBench();
    const input = made.channel('memory', uint(8), 16);
    const output = made.channel('state', sint(24), 8);
    expect(() => unpackState(made.net, 'unpack', { input, output, words: 1 })).toThrow(
      'unpack: memory must hold [8] u8',
    );
  });
});
