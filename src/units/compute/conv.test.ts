import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import {
  type ConvShape,
  convolved,
  convStateOrder,
  randomConvTables,
} from '../../../test/support/unit-reference-array.js';
import { sint, uint } from '../../kernel/type.js';
import { Random } from '../../util/random.js';
import { type ConvTables, convFields, packConvParams } from '../movement/conv-params.js';
import { conv } from './conv.js';

const shapes = fc.record({
  lanes: fc.integer({ min: 1, max: 3 }),
  groups: fc.integer({ min: 1, max: 7 }),
  taps: fc.integer({ min: 1, max: 5 }),
});

/** One call on the unit. `state` is [taps - 1][channels]; words of it are (group, tap, lane). */
function runConv({ lanes, groups, taps }: ConvShape, tables: ConvTables, x: number[], state: number[]) {
  const channels = lanes * groups;
  const tokens = x.length / channels;
  const bench = new UnitBench();
  const input = bench.channel('input', sint(16), lanes);
  const output = bench.channel('output', sint(16), lanes);
  const parameters = bench.channel('parameters', uint(16), lanes * convFields(taps));
  const kept = taps - 1;
  const states =
    kept > 0
      ? {
          oldInputs: bench.channel('old_inputs', sint(16), kept * lanes),
          newInputs: bench.channel('new_inputs', sint(16), kept * lanes),
        }
      : {};
  conv(bench.net, 'unit', {
    input,
    output,
    parameters,
    ...states,
    tokens: bench.scalar('tokens', 0, 99, tokens),
    groups,
    taps,
  });
  const order = convStateOrder({ lanes, groups, taps });
  bench.send(parameters, Array.from(packConvParams(tables, taps, lanes)));
  bench.send(input, x);
  if (states.oldInputs && tokens > 0)
    bench.send(
      states.oldInputs,
      order.map((place) => state[place]),
    );
  const done = bench.run();
  const next = state.slice();
  if (states.newInputs && tokens > 0) {
    const words = done.received(states.newInputs);
    order.forEach((place, i) => {
      next[place] = words[i];
    });
  }
  return { output: done.received(output), state: next };
}

const int16s = (random: Random, count: number) =>
  Array.from({ length: count }, () => random.edgy(-32768, 32767));

test('convolution is section 4 for any length, and two calls are one', () => {
  const cases = fc.record({
    shape: shapes,
    tokens: fc.constantFrom(0, 1, 2, 3, 4, 5, 11),
    cut: fc.nat(),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(cases, ({ shape, tokens, cut, seed }) => {
      const random = new Random(seed);
      const channels = shape.lanes * shape.groups;
      const tables = randomConvTables(random, shape);
      const state = int16s(random, (shape.taps - 1) * channels);
      const x = int16s(random, tokens * channels);
      const wanted = convolved(shape, tables, x, state);
      expect(runConv(shape, tables, x, state)).toEqual(wanted);

      const at = (cut % (tokens + 1)) * channels;
      const first = runConv(shape, tables, x.slice(0, at), state);
      const second = runConv(shape, tables, x.slice(at), first.state);
      expect([...first.output, ...second.output]).toEqual(wanted.output);
      expect(second.state).toEqual(wanted.state);
    }),
    { numRuns: 30 },
  );
});

test('no parameters are read where none come', () => {
  const bench = new UnitBench();
  const output = bench.channel('output', sint(16), 2);
  conv(bench.net, 'unit', {
    input: bench.channel('input', sint(16), 2),
    output,
    parameters: bench.channel('parameters', uint(16), 8),
    tokens: bench.scalar('tokens', 0, 9, 0),
    groups: 3,
    taps: 1,
    passes: bench.scalar('passes', 0, 1, 0),
  });
  expect(bench.run().received(output)).toEqual([]);
});

test('channels of other lanes are refused', () => {
  const build = (parameterLanes: number, stateLanes: number) => () => {
    const bench = new UnitBench();
    conv(bench.net, 'unit', {
      input: bench.channel('input', sint(16), 2),
      output: bench.channel('output', sint(16), 2),
      parameters: bench.channel('parameters', uint(16), parameterLanes),
      oldInputs: bench.channel('old_inputs', sint(16), stateLanes),
      newInputs: bench.channel('new_inputs', sint(16), stateLanes),
      tokens: 1,
      groups: 1,
      taps: 4,
    });
  };
  expect(build(16, 6)).not.toThrow();
  expect(build(8, 6)).toThrow('parameters has 8 lanes, expected 16');
  expect(build(16, 8)).toThrow('oldInputs and newInputs of 6 lanes');
});
