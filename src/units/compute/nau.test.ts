import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { decayOf, NO_ABS_A, randomAbsA, timeStep } from '../../../test/support/unit-reference-vector.js';
import { sint, uint } from '../../kernel/type.js';
import { type AbsA, toAbsA } from '../../quant/abs-a.js';
import { softplus2 } from '../../quant/tables/functions.js';
import { Random } from '../../util/random.js';
import { DECAY_FIELDS, packAbsA, paddedHeads } from '../movement/head-params.js';
import { nauDecay, nauSoftplus } from './nau.js';

const MAX_DT = 2 ** 24 - 1;

function runSoftplus(values: readonly number[], lanes: number, dtMin: number, dtMax: number) {
  const bench = new UnitBench();
  const input = bench.channel('input', sint(16, 11), lanes);
  const outputs = ['first', 'second'].map((name) => bench.channel(name, uint(24, 20), lanes));
  nauSoftplus(bench.net, 'unit', {
    input,
    outputs,
    tokens: 1,
    words: bench.scalar('words', 0, 2 ** 16, values.length / lanes),
    dtMin: bench.scalar('dt_min', 0, MAX_DT, dtMin),
    dtMax: bench.scalar('dt_max', 0, MAX_DT, dtMax),
  });
  bench.send(input, values);
  const done = bench.run();
  return outputs.map((output) => done.received(output));
}

test('SoftPlus of every int16, to both outputs', () => {
  const values = Array.from({ length: 65536 }, (_, i) => i - 32768);
  const wanted = values.map(softplus2);
  const received = runSoftplus(values, 64, 0, MAX_DT);
  expect(received[0]).toEqual(wanted);
  expect(received[1]).toEqual(wanted);
});

test('SoftPlus is clamped to the limits of the time step', () => {
  const limits = fc.tuple(fc.nat(MAX_DT), fc.nat(MAX_DT)).map((pair) => pair.sort((a, b) => a - b));
  const int16 = fc.integer({ min: -32768, max: 32767 });
  fc.assert(
    fc.property(limits, fc.array(int16, { maxLength: 20 }), ([dtMin, dtMax], values) => {
      const wanted = values.map((x) => timeStep(x, dtMin, dtMax));
      expect(runSoftplus(values, 1, dtMin, dtMax)[0]).toEqual(wanted);
    }),
    { numRuns: 40 },
  );
});

function runDecay(dt: readonly number[], a: readonly AbsA[], lanes: number, tokens: number) {
  const bench = new UnitBench();
  const input = bench.channel('input', uint(24, 20), lanes);
  const output = bench.channel('output', uint(17, 17), lanes);
  const parameters = bench.channel('parameters', uint(16), DECAY_FIELDS.length);
  nauDecay(bench.net, 'unit', {
    input,
    output,
    parameters,
    tokens: bench.scalar('tokens', 0, 2 ** 17, tokens),
    heads: a.length,
  });
  const padding = paddedHeads(a.length, lanes) - a.length;
  const heads = [...a, ...Array.from({ length: padding }, () => NO_ABS_A)];
  bench.send(
    parameters,
    heads.flatMap(({ absA, aShift }) => Object.values(packAbsA(absA, aShift))),
  );
  bench.send(input, dt);
  return bench.run().received(output);
}

test('decay of dense dt: every head sees its own A', () => {
  // |A| = 1 gives w = dt: all of the finer segments, steps through the rest, and both ends.
  const dense: number[] = [];
  for (let dt = 0; dt < 2 ** 14; dt++) dense.push(dt);
  for (let dt = 2 ** 14; dt < 2 ** 24; dt += 331) dense.push(dt);
  dense.push(MAX_DT);
  for (const value of [1, 32, 80, 0.01, 1e-6, 2 ** 11 - 1, 0]) {
    const a = toAbsA(value)!;
    expect(runDecay(dense, [a], 1, dense.length)).toEqual(dense.map((dt) => decayOf(dt, a)));
  }
});

test('decay for any heads and lanes', () => {
  const cases = fc.record({
    heads: fc.integer({ min: 1, max: 9 }),
    lanes: fc.integer({ min: 1, max: 4 }),
    tokens: fc.integer({ min: 0, max: 4 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(cases, ({ heads, lanes, tokens, seed }) => {
      const random = new Random(seed);
      const a = Array.from({ length: heads }, () => randomAbsA(random));
      const padded = paddedHeads(heads, lanes);
      const dt = Array.from({ length: tokens * padded }, () =>
        random.edgy(0, 2 ** random.integer(1, 24) - 1),
      );
      const received = runDecay(dt, a, lanes, tokens);
      const real = (_: number, i: number) => i % padded < heads;
      const wanted = dt.map((v, i) => decayOf(v, a[i % padded] ?? NO_ABS_A));
      expect(received.filter(real)).toEqual(wanted.filter(real));
      expect(received.length).toBe(dt.length);
    }),
    { numRuns: 40 },
  );
});
