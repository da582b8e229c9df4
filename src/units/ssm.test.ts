import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sint, uint } from '../kernel/type.js';
import { RandomSource } from '../quant/random-source.js';
import { rsh, sat } from '../quant/rounding.js';
import {
  HEAD_FIELDS,
  type HeadTables,
  headParams,
  OUTPUT_FIELDS,
  packHeadParams,
  paddedHeads,
  SCALE_X_FIELDS,
  UPDATE_FIELDS,
} from './head-params.js';
import { tokenReplay } from './replay.js';
import { scaleX, stateOutput, stateUpdate } from './ssm.js';
import { UnitBench } from './unit-bench.js';

interface Shape {
  readonly headsPerGroup: number;
  readonly groups: number;
  /** Pl, P / Pl, Nl, N / Nl. */
  readonly rows: number;
  readonly headRows: number;
  readonly cols: number;
  readonly stateCols: number;
  readonly stateBits: number;
}

/** Of one call: x [t][H P], B and C [t][G N], dt and decay [t][H]. */
interface Inputs {
  readonly tokens: number;
  readonly x: number[];
  readonly b: number[];
  readonly c: number[];
  readonly dt: number[];
  readonly decay: number[];
}

const sizesOf = (s: Shape) => ({
  H: s.groups * s.headsPerGroup,
  P: s.rows * s.headRows,
  N: s.cols * s.stateCols,
  G: s.groups,
});

/** Section 7, from its text; `h` is [H][P][N] and changes. */
function naiveSsm(
  shape: Shape,
  heads: HeadTables,
  { tokens, x, b, c, dt, decay }: Inputs,
  h: number[],
): number[] {
  const { H, P, N, G } = sizesOf(shape);
  const y: number[] = [];
  for (let t = 0; t < tokens; t++)
    for (let head = 0; head < H; head++) {
      const g = Math.floor((head * G) / H);
      for (let p = 0; p < P; p++) {
        const xp = x[(t * H + head) * P + p]!;
        const u = sat(rsh(dt[t * H + head]! * xp, heads.uShift[head]!), 16);
        let acc = heads.dSkip[head]! * xp * 2 ** heads.skipShift[head]!;
        for (let n = 0; n < N; n++) {
          const place = (head * P + p) * N + n;
          const inject = u * b[(t * G + g) * N + n]! * 2 ** heads.injectShift[head]!;
          h[place] = sat(rsh(h[place]! * decay[t * H + head]! + inject, 17), shape.stateBits);
          acc += c[(t * G + g) * N + n]! * h[place]!;
        }
        y.push(sat(rsh(acc, heads.yShift[head]!), 16));
      }
    }
  return y;
}

/** Order of the state words: (head, row, col) of [Pl][Nl]; maps it to [H][P][N]. */
function stateOrder(shape: Shape): number[] {
  const { H, P, N } = sizesOf(shape);
  const order: number[] = [];
  for (let head = 0; head < H; head++)
    for (let row = 0; row < shape.headRows; row++)
      for (let col = 0; col < shape.stateCols; col++)
        for (let p = 0; p < shape.rows; p++)
          for (let n = 0; n < shape.cols; n++)
            order.push((head * P + row * shape.rows + p) * N + col * shape.cols + n);
  return order;
}

/** The five processes of section 7 as the layer joins them. */
function runSsm(shape: Shape, heads: HeadTables, inputs: Inputs, h: number[]) {
  const { rows, cols, headRows, stateCols, groups, headsPerGroup, stateBits } = shape;
  const { H } = sizesOf(shape);
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
      order.map((place) => h[place]!),
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
    next[order[i]!] = value;
  });
  return { y: done.received(y), h: next };
}

function randomHeads(random: RandomSource, heads: number): HeadTables {
  const bytes = (lo: number, hi: number) => Uint8Array.from({ length: heads }, () => random.edgy(lo, hi));
  return {
    absA: new Uint32Array(heads),
    uShift: Uint8Array.from({ length: heads }, () => (random.bits() & 1 ? 24 : random.edgy(0, 40))),
    injectShift: bytes(0, 15),
    dSkip: Int16Array.from({ length: heads }, () => random.edgy(-32768, 32767)),
    skipShift: bytes(0, 20),
    yShift: Uint8Array.from({ length: heads }, () => (random.bits() & 1 ? 26 : random.edgy(0, 47))),
    gateShift: bytes(0, 31),
  };
}

function randomInputs(random: RandomSource, shape: Shape, tokens: number): Inputs {
  const { H, P, N, G } = sizesOf(shape);
  const draw = (count: number, lo: number, hi: number) =>
    Array.from({ length: count }, () => random.edgy(lo, hi));
  return {
    tokens,
    x: draw(tokens * H * P, -32768, 32767),
    b: draw(tokens * G * N, -32768, 32767),
    c: draw(tokens * G * N, -32768, 32767),
    dt: draw(tokens * H, 0, 2 ** 24 - 1),
    decay: draw(tokens * H, 0, 2 ** 17 - 1),
  };
}

/** Tokens from..to of a call. */
function part(shape: Shape, inputs: Inputs, from: number, to: number): Inputs {
  const { H, P, N, G } = sizesOf(shape);
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
      const random = new RandomSource(seed);
      const { H, P, N } = sizesOf(shape);
      const heads = randomHeads(random, H);
      const inputs = randomInputs(random, shape, tokens);
      const limit = 2 ** (shape.stateBits - 1);
      const h = Array.from({ length: H * P * N }, () => random.edgy(-limit, limit - 1));
      const wanted = h.slice();
      const y = naiveSsm(shape, heads, inputs, wanted);
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
