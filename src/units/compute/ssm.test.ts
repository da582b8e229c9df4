import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import {
  randomHeads,
  randomSsmInputs,
  type SsmInputs,
  type SsmShape,
  ssmSizes,
  stateOrder,
  stateSpace,
} from '../../../test/support/unit-reference-array.js';
import { sint, uint } from '../../kernel/type.js';
import { Random } from '../../util/random.js';
import {
  HEAD_FIELDS,
  type HeadTables,
  headParams,
  OUTPUT_FIELDS,
  packHeadParams,
  paddedHeads,
  SCALE_X_FIELDS,
  UPDATE_FIELDS,
} from '../movement/head-params.js';
import { tokenReplay } from '../movement/replay.js';
import { scaleX, stateOutput, stateUpdate } from './ssm.js';

/** The five processes of section 7 as the layer joins them. */
function runSsm(shape: SsmShape, heads: HeadTables, inputs: SsmInputs, h: number[]) {
  const { rows, cols, headRows, stateCols, groups, headsPerGroup, stateBits } = shape;
  const { H } = ssmSizes(shape);
  const bench = new UnitBench();
  const tokens = bench.scalar('tokens', 0, 99, inputs.tokens);
  const passes = bench.scalar('passes', 0, 1, inputs.tokens > 0 ? 1 : 0);
  const vector = (name: string, lanes: number) => bench.channel(name, sint(16), lanes);
  const fields = (name: string, list: readonly string[]) => bench.channel(name, uint(16), list.length);
  const words = bench.channel('head_words', uint(16), HEAD_FIELDS);
  const scaleFields = fields('scale_fields', SCALE_X_FIELDS);
  const updateFields = fields('update_fields', UPDATE_FIELDS);
  const outputFields = fields('output_fields', OUTPUT_FIELDS);
  headParams(bench.net, 'head_params', {
    input: words,
    outputs: [
      { channel: scaleFields, fields: SCALE_X_FIELDS },
      { channel: updateFields, fields: UPDATE_FIELDS },
      { channel: outputFields, fields: OUTPUT_FIELDS },
    ],
    heads: H,
    paddedHeads: paddedHeads(H, 4),
    passes,
  });
  const x = vector('x', rows);
  const dt = bench.channel('dt', uint(24, 20));
  const u = vector('u', rows);
  const skip = vector('skip', rows);
  scaleX(bench.net, 'scale_x', {
    x,
    dt,
    u,
    skip,
    parameters: scaleFields,
    tokens,
    heads: H,
    headRows,
    passes,
  });
  const replayed = (name: string) => {
    const input = vector(name, cols);
    const output = vector(`${name}_again`, cols);
    const sizes = { groups, headsPerGroup, groupWords: stateCols, headRows };
    tokenReplay(bench.net, `replay_${name}`, { input, output, tokens, ...sizes });
    return { input, output };
  };
  const b = replayed('b');
  const c = replayed('c');
  const state = (name: string) => bench.channel(name, sint(stateBits), rows, cols);
  const oldState = state('old_state');
  const newState = state('new_state');
  const updated = state('h');
  const decay = bench.channel('decay', uint(17, 17), 1);
  const common = { tokens, heads: H, headRows, stateCols, passes };
  stateUpdate(bench.net, 'state_update', {
    u,
    decay,
    b: b.output,
    oldState,
    newState,
    h: updated,
    parameters: updateFields,
    ...common,
  });
  const y = vector('y', rows);
  stateOutput(bench.net, 'state_output', {
    h: updated,
    c: c.output,
    x: skip,
    y,
    parameters: outputFields,
    ...common,
  });

  const order = stateOrder(shape);
  if (inputs.tokens > 0) {
    bench.send(words, Array.from(packHeadParams(heads, 4)));
    bench.send(
      oldState,
      order.map((place) => h[place]),
    );
  }
  bench.send(x, inputs.x);
  bench.send(dt, inputs.dt);
  bench.send(decay, inputs.decay);
  bench.send(b.input, inputs.b);
  bench.send(c.input, inputs.c);
  const done = bench.run();
  const next = h.slice();
  done.received(newState).forEach((value, i) => {
    next[order[i]] = value;
  });
  return { y: done.received(y), h: next };
}

/** Tokens from..to of a call. */
function part(shape: SsmShape, inputs: SsmInputs, from: number, to: number): SsmInputs {
  const { H, P, N, G } = ssmSizes(shape);
  const cut = (values: number[], width: number) => values.slice(from * width, to * width);
  return {
    tokens: to - from,
    x: cut(inputs.x, H * P),
    b: cut(inputs.b, G * N),
    c: cut(inputs.c, G * N),
    dt: cut(inputs.dt, H),
    decay: cut(inputs.decay, H),
  };
}

test('the state space is section 7 for any shape and length, and two calls are one', () => {
  const small = (max: number) => fc.integer({ min: 1, max });
  const cases = fc.record({
    shape: fc.record({
      headsPerGroup: small(3),
      groups: small(2),
      rows: small(3),
      headRows: small(2),
      cols: small(3),
      stateCols: small(3),
      stateBits: fc.constantFrom(16, 20, 24),
    }),
    tokens: fc.constantFrom(0, 1, 2, 3, 5),
    cut: fc.nat(),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(cases, ({ shape, tokens, cut, seed }) => {
      const random = new Random(seed);
      const { H, P, N } = ssmSizes(shape);
      const heads = randomHeads(random, H);
      const inputs = randomSsmInputs(random, shape, tokens);
      const limit = 2 ** (shape.stateBits - 1);
      const h = Array.from({ length: H * P * N }, () => random.edgy(-limit, limit - 1));
      const wanted = h.slice();
      const { y } = stateSpace(shape, heads, inputs, wanted);
      expect(runSsm(shape, heads, inputs, h)).toEqual({ y, h: wanted });

      const at = cut % (tokens + 1);
      const first = runSsm(shape, heads, part(shape, inputs, 0, at), h);
      const second = runSsm(shape, heads, part(shape, inputs, at, tokens), first.h);
      expect([...first.y, ...second.y]).toEqual(y);
      expect(second.h).toEqual(wanted);
    }),
    { numRuns: 20 },
  );
});

test('states and lanes that do not fit are refused', () => {
  const build =
    (stateBits: number, bLanes: number, hBits = stateBits) =>
    () => {
      const bench = new UnitBench();
      stateUpdate(bench.net, 'unit', {
        u: bench.channel('u', sint(16), 2),
        decay: bench.channel('decay', uint(17), 1),
        b: bench.channel('b', sint(16), bLanes),
        oldState: bench.channel('old_state', sint(stateBits), 2, 4),
        newState: bench.channel('new_state', sint(stateBits), 2, 4),
        h: bench.channel('h', sint(hBits), 2, 4),
        parameters: bench.channel('parameters', uint(16), 1),
        tokens: 1,
        heads: 1,
        headRows: 1,
        stateCols: 1,
      });
    };
  expect(build(24, 4)).not.toThrow();
  expect(build(25, 4)).toThrow('a state of 25 bits');
  expect(build(24, 2)).toThrow('expected [lanes of u, lanes of B]');
  expect(build(24, 4, 20)).toThrow('of one type');
});
