import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import {
  givenStates,
  partWords,
  randomParts,
  statesOf,
  takesOf,
  type UnitPart,
} from '../../../test/support/unit-parts.js';
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

/** One call on the unit, with a state a part; each is [taps - 1][channels], and words of it are (group, tap, lane). */
function runConv(
  { lanes, groups, taps }: ConvShape,
  tables: ConvTables,
  x: number[],
  parts: readonly UnitPart[],
  taken: readonly number[][],
) {
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
    parts: partWords(parts).map((word, i) => bench.scalar(`part_${i}`, 0, 2 ** 32 - 1, word)),
    takes: bench.scalar('takes', 0, 9, takesOf(parts)),
    groups,
    taps,
  });
  const order = convStateOrder({ lanes, groups, taps });
  bench.send(parameters, Array.from(packConvParams(tables, taps, lanes)));
  bench.send(input, x);
  if (states.oldInputs)
    for (const state of taken.slice(0, takesOf(parts)))
      bench.send(
        states.oldInputs,
        order.map((place) => state[place]),
      );
  const done = bench.run();
  const words = states.newInputs ? done.received(states.newInputs) : [];
  const given = parts
    .filter(({ gives }) => gives > 0)
    .map((_, part) => {
      const state = Array.from({ length: order.length }, () => 0);
      order.forEach((place, i) => {
        state[place] = words[part * order.length + i];
      });
      return state;
    });
  return { output: done.received(output), given };
}

const int16s = (random: Random, count: number) =>
  Array.from({ length: count }, () => random.edgy(-32768, 32767));

test('convolution is section 4 for any parts of a call, and two calls are one', () => {
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
      const x = int16s(random, tokens * channels);
      const parts = randomParts(random, tokens);
      const taken = statesOf(parts, () => int16s(random, (shape.taps - 1) * channels));
      const output: number[] = [];
      const given = givenStates(parts, taken, (from, to, state) => {
        const done = convolved(shape, tables, x.slice(from * channels, to * channels), state);
        output.push(...done.output);
        return done.state;
      });
      expect(runConv(shape, tables, x, parts, taken)).toEqual({ output, given });

      const state = int16s(random, (shape.taps - 1) * channels);
      const whole = convolved(shape, tables, x, state);
      const at = cut % (tokens + 1);
      const call = (from: number, to: number, before: number[]) => {
        if (from === to) return { output: [], given: [before] };
        const all = [{ start: 0, end: to - from, gives: to - from }];
        return runConv(shape, tables, x.slice(from * channels, to * channels), all, [before]);
      };
      const first = call(0, at, state);
      const second = call(at, tokens, first.given[0]);
      expect([...first.output, ...second.output]).toEqual(whole.output);
      expect(second.given[0]).toEqual(whole.state);
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
    parts: [bench.scalar('part', 0, 2 ** 32 - 1, 0)],
    takes: bench.scalar('takes', 0, 9, 0),
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
      parts: [bench.scalar('part', 0, 2 ** 32 - 1, 0)],
      takes: bench.scalar('takes', 0, 9, 0),
      groups: 1,
      taps: 4,
    });
  };
  expect(build(16, 6)).not.toThrow();
  expect(build(8, 6)).toThrow('parameters has 8 lanes, expected 16');
  expect(build(16, 8)).toThrow('oldInputs and newInputs of 6 lanes');
});
