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
  randomHeads,
  randomSsmInputs,
  type SsmInputs,
  type SsmShape,
  someTokens,
  ssmRowWords,
  ssmSizes,
  stateOrder,
  stateSpace as stateSpaceOf,
} from '../../../test/support/unit-reference-array.js';
import type { Channel } from '../../kernel/ir.js';
import { sint, uint } from '../../kernel/type.js';
import { Random } from '../../util/random.js';
import { rowGearbox } from '../movement/gearbox.js';
import {
  HEAD_FIELDS,
  type HeadTables,
  headParams,
  packHeadParams,
  paddedHeads,
  SCALE_X_FIELDS,
  STATE_FIELDS,
} from '../movement/head-params.js';
import { scaleX, stateSpace } from './ssm.js';

/** How the states of a call's parts come and go. */
interface Parts {
  readonly parts: readonly UnitPart[];
  readonly taken: readonly number[][];
  readonly loads: number;
  readonly stores: number;
}

/** The four processes of section 7 as the layer joins them. Gives the states that are given. */
function runSsm(
  shape: SsmShape,
  heads: HeadTables,
  inputs: SsmInputs,
  { parts, taken, loads, stores }: Parts,
) {
  const { rows, cols, headRows, stateCols, groups, headsPerGroup, stateBits } = shape;
  const { H, P, N } = ssmSizes(shape);
  const bench = new UnitBench();
  const tokens = bench.scalar('tokens', 0, 99, inputs.tokens);
  const passes = bench.scalar('passes', 0, 1, inputs.tokens > 0 ? 1 : 0);
  const vector = (name: string, lanes: number) => bench.channel(name, sint(16), lanes);
  const fields = (name: string, list: readonly string[]) => bench.channel(name, uint(16), list.length);
  const words = bench.channel('head_words', uint(16), HEAD_FIELDS);
  const scaleFields = fields('scale_fields', SCALE_X_FIELDS);
  const stateFields = fields('state_fields', STATE_FIELDS);
  headParams(bench.net, 'head_params', {
    input: words,
    outputs: [
      { channel: scaleFields, fields: SCALE_X_FIELDS },
      { channel: stateFields, fields: STATE_FIELDS },
    ],
    heads: H,
    paddedHeads: paddedHeads(H, 4),
    passes,
  });
  // Where heads share words, x comes a row at a time and words of rows are filled up.
  const isShared = shape.headDim !== undefined;
  const lanes = isShared ? 1 : rows;
  const inRows = (input: Channel) => {
    if (lanes === rows) return input;
    const output = vector(`${input.name}_rows`, rows);
    rowGearbox(bench.net, `${input.name}_to_rows`, { input, output, rows: tokens, rowLanes: H * P });
    return output;
  };
  const x = vector('x', lanes);
  const dt = bench.channel('dt', uint(24, 20));
  const u = vector('u', lanes);
  const skip = vector('skip', lanes);
  scaleX(bench.net, 'scale_x', {
    x,
    dt,
    u,
    skip,
    parameters: scaleFields,
    tokens,
    heads: H,
    headRows: isShared ? P : headRows,
    passes,
  });
  const b = vector('b', cols);
  const c = vector('c', cols);
  // In as many parts as there are rows: each position alone.
  const state = (name: string) =>
    Array.from({ length: rows }, (_, i) => bench.channel(`${name}_${i}`, sint(stateBits), 1, cols));
  const oldState = state('old_state');
  const newState = state('new_state');
  const decay = bench.channel('decay', uint(17, 17), 1);
  const y = vector('y', rows);
  stateSpace(bench.net, 'state_space', {
    ...{ u: inRows(u), decay, b, c, x: inRows(skip), y, oldState, newState },
    parameters: stateFields,
    ...{
      tokens,
      heads: H,
      groups,
      headsPerGroup,
      headDim: P,
      rowWords: ssmRowWords(shape),
      stateCols,
      passes,
    },
    parts: partWords(parts).map((word, i) => bench.scalar(`part_${i}`, 0, 2 ** 32 - 1, word)),
    takes: bench.scalar('takes', 0, 9, takesOf(parts)),
    loads: bench.scalar('loads', 0, 1, loads),
    stores: bench.scalar('stores', 0, 1, stores),
  });

  const order = stateOrder(shape);
  if (inputs.tokens > 0) {
    bench.send(words, Array.from(packHeadParams(heads, 4)));
    for (const h of taken.slice(0, takesOf(parts)))
      oldState.forEach((part, i) => {
        bench.send(
          part,
          partOf(order, i, rows, cols).map((place) => h[place] ?? 0),
        );
      });
  }
  bench.send(x, inputs.x);
  bench.send(dt, inputs.dt);
  bench.send(decay, inputs.decay);
  bench.send(b, inputs.b);
  bench.send(c, inputs.c);
  const done = bench.run();
  const given = parts.filter(({ gives }) => gives > 0).map(() => new Array<number>(H * P * N).fill(0));
  newState.forEach((part, i) => {
    const places = partOf(order, i, rows, cols);
    done.received(part).forEach((value, k) => {
      const place = places[k % places.length];
      if (place >= 0) given[Math.floor(k / places.length)][place] = value;
      else if (value !== 0) throw new Error(`a row of no head holds ${value}`);
    });
  });
  const filled = ssmRowWords(shape) * rows;
  return { y: done.received(y).filter((_, i) => i % filled < H * P), given };
}

/** Row `row` of every word of rows x cols lanes. */
function partOf(order: readonly number[], row: number, rows: number, cols: number): number[] {
  return order.filter((_, i) => Math.floor(i / cols) % rows === row);
}

test('the state space is section 7 for any shape and parts of a call, and two calls are one', () => {
  const small = (max: number) => fc.integer({ min: 1, max });
  const cases = fc.record({
    shape: fc.oneof(
      fc.record({
        headsPerGroup: small(3),
        groups: small(2),
        rows: small(3),
        headRows: small(2),
        cols: small(3),
        stateCols: small(3),
        stateBits: fc.constantFrom(16, 20, 24),
      }),
      // Heads that share words: 2 rows with 3, 5 or 7 a head, 3 with 4 or 5, and so on.
      fc
        .record({
          headsPerGroup: small(5),
          headDim: fc.integer({ min: 3, max: 7 }),
          rows: fc.integer({ min: 2, max: 6 }),
        })
        .filter(({ headDim, rows }) => headDim > rows && headDim % rows !== 0)
        .chain((heads) => fc.record({ cols: small(2), stateCols: small(3) }).map((s) => ({ ...heads, ...s })))
        .map((s) => ({ ...s, groups: 1, headRows: 0, stateBits: 24 })),
    ),
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
      const state = () => Array.from({ length: H * P * N }, () => random.edgy(-limit, limit - 1));
      const parts = randomParts(random, tokens);
      const taken = statesOf(parts, state);
      const y: number[] = [];
      const given = givenStates(parts, taken, (from, to, before) => {
        const h = before.slice();
        y.push(...stateSpaceOf(shape, heads, someTokens(shape, inputs, from, to), h).y);
        return h;
      });
      // Whether a state is loaded before its token and stored after it changes no value.
      const loads = takesOf(parts) > 0 ? random.integer(0, 1) : 0;
      const stores = tokens > 0 && parts.at(-1)!.gives === tokens ? random.integer(0, 1) : 0;
      expect(runSsm(shape, heads, inputs, { parts, taken, loads, stores })).toEqual({ y, given });

      const h = state();
      const wanted = h.slice();
      const whole = stateSpaceOf(shape, heads, inputs, wanted);
      const at = cut % (tokens + 1);
      const call = (from: number, to: number, before: number[]) => {
        if (from === to) return { y: [], given: [before] };
        const long = to - from > 1 ? 1 : 0;
        return runSsm(shape, heads, someTokens(shape, inputs, from, to), {
          ...{ parts: [{ start: 0, end: to - from, gives: to - from }], taken: [before] },
          ...{ loads: long, stores: long },
        });
      };
      const first = call(0, at, h);
      const second = call(at, tokens, first.given[0]);
      expect([...first.y, ...second.y]).toEqual(whole.y);
      expect(second.given[0]).toEqual(wanted);
    }),
    { numRuns: 20 },
  );
});

const grouped = { headsPerGroup: 2, groups: 3, rows: 2, headRows: 2, cols: 2, stateCols: 3, stateBits: 24 };
const shared = { ...grouped, headsPerGroup: 3, groups: 1, headRows: 0, headDim: 5 };
const kept: [string, SsmShape][] = [
  ['one group', { ...grouped, groups: 1 }],
  ['several groups', grouped],
  ['several groups, one column', { ...grouped, stateCols: 1 }],
  ['several groups of one row word', { ...grouped, headsPerGroup: 1, headRows: 1 }],
  ['several groups, two wide columns', { ...grouped, cols: 64, stateCols: 2 }],
  ['rows that heads share', shared],
  ['rows that heads share, one column', { ...shared, stateCols: 1 }],
];

test.each(kept)('B and C are those of the token and group: %s', (_, shape) => {
  const random = new Random(7);
  const { H, P, N } = ssmSizes(shape);
  const every = (shift: number) => new Uint8Array(H).fill(shift);
  // Neither saturated nor shifted to nothing: random shifts leave few values that tell one B or C from another.
  const shifts = { uShift: every(24), injectShift: every(7), skipShift: every(0), yShift: every(26) };
  const heads = { ...randomHeads(random, H), ...shifts };
  const inputs = randomSsmInputs(random, shape, 3);
  const before = new Array<number>(H * P * N).fill(0);
  const after = before.slice();
  const { y } = stateSpaceOf(shape, heads, inputs, after);
  expect(new Set(y).size).toBeGreaterThan(y.length / 2);
  const parts = [{ start: 0, end: 3, gives: 3 }];
  const run = runSsm(shape, heads, inputs, { parts, taken: [before], loads: 1, stores: 1 });
  expect(run).toEqual({ y, given: [after] });
});

test('states and lanes that do not fit are refused', () => {
  const build =
    (stateBits: number, bLanes: number, newBits = stateBits) =>
    () => {
      const bench = new UnitBench();
      const vector = (name: string, lanes: number) => bench.channel(name, sint(16), lanes);
      stateSpace(bench.net, 'unit', {
        ...{ u: vector('u', 2), x: vector('x', 2), y: vector('y', 2) },
        ...{ b: vector('b', bLanes), c: vector('c', 4) },
        decay: bench.channel('decay', uint(17), 1),
        oldState: [bench.channel('old_state', sint(stateBits), 2, 4)],
        newState: [bench.channel('new_state', sint(newBits), 2, 4)],
        parameters: bench.channel('parameters', uint(16), 4),
        tokens: 1,
        parts: [bench.scalar('part', 0, 2 ** 32 - 1, 0)],
        takes: bench.scalar('takes', 0, 9, 0),
        loads: bench.scalar('loads', 0, 1, 0),
        stores: bench.scalar('stores', 0, 1, 0),
        ...{ heads: 1, groups: 1, headsPerGroup: 1 },
        rowWords: 1,
        headDim: 2,
        stateCols: 1,
      });
    };
  expect(build(24, 4)).not.toThrow();
  expect(build(25, 4)).toThrow('a state of 25 bits');
  expect(build(24, 2)).toThrow('expected [lanes of u, x and y, lanes of B and C]');
  expect(build(24, 4, 20)).toThrow('of one type');
});
