/** Cases of the arrays: MAT, rescale, convolution, head parameters, state space. */

import type { Scalar } from '../../src/kernel/ir.js';
import { sint, uint } from '../../src/kernel/type.js';
import { conv } from '../../src/units/compute/conv.js';
import { mat } from '../../src/units/compute/mat.js';
import { rescale } from '../../src/units/compute/rescale.js';
import { scaleX, stateSpace as stateSpaceUnit } from '../../src/units/compute/ssm.js';
import { convFields, packConvParams } from '../../src/units/movement/conv-params.js';
import {
  DECAY_FIELDS,
  GATE_FIELDS,
  HEAD_FIELDS,
  type HeadField,
  headParams,
  packHeadParams,
  paddedHeads,
  SCALE_X_FIELDS,
  STATE_FIELDS,
} from '../../src/units/movement/head-params.js';
import { int16s, lanesFrom, pick, type UnitPlace, type UnitPlan } from './unit-cases.js';
import {
  givenStates,
  partWords,
  randomParts,
  statesOf,
  takesOf,
  UNIT_PARTS,
  type UnitPart,
} from './unit-parts.js';
import {
  convolved,
  convStateOrder,
  matWords,
  randomConvTables,
  randomHeads,
  randomSsmInputs,
  rescaled,
  rowFields,
  type SsmShape,
  someTokens,
  ssmRowWords,
  ssmSizes,
  stateOrder,
  stateSpace,
} from './unit-reference-array.js';
import { chunksOf, lastTokens, lengthsAround, wordsAt } from './unit-reference-order.js';

const matCase =
  (lutShare: number, ports: number): UnitPlan =>
  (at, shape) => {
    const T = shape.integer(2, 5);
    const [rows, cols] = [2 * ports * shape.integer(1, 2), shape.integer(1, 5)];
    const tile = { rows, cols, ports, weightLanes: rows / ports };
    const lutRows = lutShare * rows;
    const colTiles = shape.integer(1, 3);
    const minSlots = shape.integer(3, 5);
    const least = Math.max(minSlots, cols);
    const input = at.channel('input', sint(8), cols);
    const output = at.channel('output', sint(32), rows);
    const weights = Array.from({ length: ports }, (_, i) =>
      at.channel(`weights_${i}`, sint(8), tile.weightLanes),
    );
    const chunks = at.scalar('chunks', 0, 2 * T + 3);
    const last = at.scalar('last_tokens', 0, T);
    const rowTiles = at.scalar('row_tiles', 0, 3);
    const slots = at.scalar('slots', least, Math.max(least, T) + 2);
    const chunkTokens = at.scalar('chunk_tokens', 0, T);
    const extents = { chunks, chunkTokens, lastTokens: last, rowTiles, slots };
    mat(at.net, at.name, { tile, weights, input, output, ...extents, colTiles, minSlots, lutRows });
    return (random) => {
      const own = random.integer(1, T);
      const call = { T: own, tokens: pick(random, ...lengthsAround(own)) };
      const o = random.integer(0, 3);
      const int8s = (count: number) => Int8Array.from(lanesFrom(random, count, -128, 127));
      const matrix = int8s(o * rows * colTiles * cols);
      const words = matWords(call, tile, o, colTiles, matrix, int8s(call.tokens * colTiles * cols));
      at.give(chunks, chunksOf(call));
      at.give(last, lastTokens(call));
      at.give(rowTiles, o);
      at.give(chunkTokens, own);
      at.give(slots, Math.max(least, own) + random.integer(0, 2));
      words.weights.forEach((bytes, port) => {
        at.send(weights[port], bytes);
      });
      at.send(input, words.input);
      at.expect(output, words.output);
    };
  };

const rescaleCase =
  (bits: number): UnitPlan =>
  (at, shape) => {
    const T = shape.integer(1, 4);
    const lanes = at.lanes(shape);
    const rowWords = pick(shape, 1, 3, 7);
    const input = at.channel('input', sint(32), lanes);
    const parameters = at.channel('parameters', uint(16), 4 * lanes);
    const outputs = ['first', 'second'].map((name) => at.channel(name, sint(bits), lanes));
    const [border, tiles] = [at.scalar('border', 0, 4), at.scalar('tiles', 0, 4)];
    const [chunks, chunkTokens] = [at.scalar('chunks', 0, 2 * T + 3), at.scalar('chunk_tokens', 0, T)];
    const last = at.scalar('last_tokens', 0, T);
    rescale(at.net, at.name, {
      input,
      parameters,
      outputs: [
        { channel: outputs[0], firstTile: 0, lastTile: border },
        { channel: outputs[1], firstTile: border, lastTile: tiles },
      ],
      ...{ chunks, tiles, chunkTokens, lastTokens: last, rowWords },
    });
    return (random) => {
      const own = random.integer(1, T);
      const call = { T: own, tokens: pick(random, ...lengthsAround(own)) };
      const split = [random.integer(0, 2), random.integer(0, 2)] as const;
      const count = (split[0] + split[1]) * rowWords * lanes;
      const rows = Array.from({ length: count }, () => ({
        bias: random.edgy(-(2 ** 30), 2 ** 30),
        multiplier: random.bits() & 7 ? random.integer(32768, 65535) : pick(random, 0, 1, 65535),
        shift: random.edgy(0, 48),
      }));
      const accumulators = lanesFrom(random, count * call.tokens, -(2 ** 30), 2 ** 30 - 1);
      at.give(border, split[0]);
      at.give(tiles, split[0] + split[1]);
      at.give(chunks, chunksOf(call));
      at.give(chunkTokens, own);
      at.give(last, lastTokens(call));
      for (let chunk = 0; chunk < chunksOf(call); chunk++) at.send(parameters, rowFields(rows));
      at.send(input, accumulators);
      rescaled(call, rows, rowWords * lanes, bits, accumulators, split[0]).forEach((words, i) => {
        at.expect(outputs[i], words);
      });
    };
  };

/** The scalars of the parts, and their values in a case. */
const partScalars = (at: UnitPlace) =>
  Array.from({ length: UNIT_PARTS }, (_, i) => at.scalar(`part_${i}`, 0, 2 ** 32 - 1));
function giveParts(at: UnitPlace, scalars: readonly Scalar[], parts: readonly UnitPart[]): void {
  partWords(parts).forEach((word, i) => {
    at.give(scalars[i], word);
  });
}

const convCase =
  (taps: number): UnitPlan =>
  (at, shape) => {
    const sizes = { lanes: at.lanes(shape), groups: pick(shape, 1, 3, 6), taps };
    const { lanes, groups } = sizes;
    const channels = lanes * groups;
    const input = at.channel('input', sint(16), lanes);
    const output = at.channel('output', sint(16), lanes);
    const parameters = at.channel('parameters', uint(16), lanes * convFields(taps));
    const state = (name: string) => at.channel(name, sint(16), (taps - 1) * lanes);
    const states = taps > 1 ? { oldInputs: state('old_inputs'), newInputs: state('new_inputs') } : undefined;
    const [tokens, passes] = [at.scalar('tokens', 0, 9), at.scalar('passes', 0, 1)];
    const parts = partScalars(at);
    const takes = at.scalar('takes', 0, UNIT_PARTS);
    const calls = { tokens, parts, takes, passes };
    conv(at.net, at.name, { input, output, parameters, ...states, ...calls, groups, taps });
    return (random) => {
      const t = random.integer(0, 9);
      const pass = t > 0 ? 1 : random.integer(0, 1);
      const tables = randomConvTables(random, sizes);
      const x = int16s(random, t * channels);
      const split = randomParts(random, t);
      const olds = statesOf(split, () => int16s(random, (taps - 1) * channels));
      const convolvedAll: number[] = [];
      const given = givenStates(split, olds, (from, to, state) => {
        const done = convolved(sizes, tables, x.slice(from * channels, to * channels), state);
        convolvedAll.push(...done.output);
        return done.state;
      });
      giveParts(at, parts, split);
      at.give(takes, takesOf(split));
      at.give(tokens, t);
      at.give(passes, pass);
      if (pass) at.send(parameters, Array.from(packConvParams(tables, taps, lanes)));
      at.send(input, x);
      at.expect(output, convolvedAll);
      if (!states) return;
      for (const old of olds.slice(0, takesOf(split)))
        at.send(states.oldInputs, wordsAt(old, 1, convStateOrder(sizes)));
      for (const state of given) at.expect(states.newInputs, wordsAt(state, 1, convStateOrder(sizes)));
    };
  };

const headParamsCase: UnitPlan = (at, shape) => {
  const heads = shape.integer(2, 9);
  const lanes = pick(shape, 2, 4);
  const padded = paddedHeads(heads, lanes);
  const input = at.channel('input', uint(16), HEAD_FIELDS);
  const consumers: Record<string, readonly HeadField[]> = {
    decay: DECAY_FIELDS,
    scale_x: SCALE_X_FIELDS,
    state: STATE_FIELDS,
    gate: GATE_FIELDS,
  };
  const outputs = Object.entries(consumers).map(([name, fields]) => ({
    channel: at.channel(name, uint(16), fields.length),
    fields,
    padded: name === 'decay',
  }));
  const passes = at.scalar('passes', 0, 1);
  headParams(at.net, at.name, { input, outputs, heads, paddedHeads: padded, passes });
  return (random) => {
    const pass = random.bits() & 7 ? 1 : 0;
    at.give(passes, pass);
    if (!pass) return;
    const tables = randomHeads(random, heads);
    at.send(input, Array.from(packHeadParams(tables, lanes)));
    const padding = new Array<number>(padded - heads).fill(0);
    const words = (values: ArrayLike<number>) => Array.from(values, (value) => [value & 0xffff]);
    const absA = [...tables.absA, ...padding].map((a, h) => [
      a % 2 ** 16,
      2 * ((tables.aShift[h] ?? 6) / 6 - 1) + Math.floor(a / 2 ** 16),
    ]);
    const state = Array.from(tables.dSkip, (d, h) => [
      tables.injectShift[h],
      d & 0xffff,
      tables.skipShift[h],
      tables.yShift[h],
    ]);
    const wanted = [absA, words(tables.uShift), state, words(tables.gateShift)];
    outputs.forEach(({ channel }, i) => {
      at.expect(channel, wanted[i].flat());
    });
  };
};

/**
 * The two processes of the state space, each between boundary channels of its own, on the words of one and the same run of section 7. Heads share
 * words of 4 rows where they have 5 to 7. `fixed` is not drawn.
 */
const ssmCase =
  (stateBits: number, isShared = false, fixed: Partial<SsmShape> = {}): UnitPlan =>
  (at, shape) => {
    // At least 8 words of state: as RTL, a word comes back only after the stages of the update.
    const small = () => shape.integer(1, 3);
    const sizes: SsmShape = {
      ...{ headsPerGroup: shape.integer(2, 3), groups: shape.integer(1, 2), rows: small(), headRows: 2 },
      ...{ cols: shape.integer(2, 4), stateCols: shape.integer(2, 3), stateBits },
      ...(isShared ? { headDim: shape.integer(5, 7), rows: 4, groups: 1, headsPerGroup: 3 } : {}),
      ...fixed,
    };
    const { rows, cols, stateCols } = sizes;
    const { H, P, N } = ssmSizes(sizes);
    const vector = (name: string, lanes: number) => at.channel(name, sint(16), lanes);
    const fields = (name: string, list: readonly string[]) => at.channel(name, uint(16), list.length);
    const state = (name: string) => at.channel(name, sint(stateBits), rows, cols);
    const [tokens, passes] = [at.scalar('tokens', 0, 5), at.scalar('passes', 0, 1)];
    const lanes = isShared ? 1 : rows;
    const common = { tokens, heads: H, headRows: P / lanes, passes };
    const scale = {
      ...{ x: vector('scale_x', lanes), dt: at.channel('scale_dt', uint(24, 20)) },
      ...{ u: vector('scale_u', lanes), skip: vector('scale_skip', lanes) },
      parameters: fields('scale_fields', SCALE_X_FIELDS),
    };
    scaleX(at.net, `${at.name}_scaling`, { ...scale, ...common });
    const space = {
      ...{ u: vector('space_u', rows), decay: at.channel('space_decay', uint(17, 17)) },
      ...{ b: vector('space_b', cols), c: vector('space_c', cols) },
      ...{ x: vector('space_x', rows), y: vector('space_y', rows) },
      ...{ oldState: [state('space_old')], newState: [state('space_new')] },
      parameters: fields('space_fields', STATE_FIELDS),
    };
    const parts = partScalars(at);
    const takes = at.scalar('takes', 0, UNIT_PARTS);
    const [loads, stores] = [at.scalar('loads', 0, 1), at.scalar('stores', 0, 1)];
    stateSpaceUnit(at.net, `${at.name}_space`, {
      ...{ ...space, tokens, passes, parts, takes, loads, stores, stateCols },
      ...{ heads: H, groups: sizes.groups, headsPerGroup: sizes.headsPerGroup },
      ...{ headDim: P, rowWords: ssmRowWords(sizes) },
    });

    const order = stateOrder(sizes);
    /** Rows of all heads, a token's last word filled up. */
    const filled = ssmRowWords(sizes) * rows;
    const inWords = (values: number[]) =>
      Array.from({ length: (values.length / (H * P)) * filled }, (_, i) =>
        i % filled < H * P ? values[Math.floor(i / filled) * H * P + (i % filled)] : 0,
      );
    const stateWords = (h: number[]) => order.map((place) => (place < 0 ? 0 : h[place]));
    return (random) => {
      const t = random.integer(0, 5);
      const pass = t > 0 ? 1 : random.integer(0, 1);
      const heads = randomHeads(random, H);
      const inputs = randomSsmInputs(random, sizes, t);
      const limit = 2 ** (stateBits - 1);
      const split = randomParts(random, t);
      const taken = statesOf(split, () => lanesFrom(random, H * P * N, -limit, limit - 1));
      const u: number[] = [];
      const y: number[] = [];
      const given = givenStates(split, taken, (from, to, before) => {
        const h = before.slice();
        const done = stateSpace(sizes, heads, someTokens(sizes, inputs, from, to), h);
        u.push(...done.u);
        y.push(...done.y);
        return h;
      });
      giveParts(at, parts, split);
      at.give(takes, takesOf(split));
      at.give(loads, takesOf(split) > 0 ? random.integer(0, 1) : 0);
      at.give(stores, t > 0 && split.at(-1)!.gives === t ? random.integer(0, 1) : 0);
      at.give(tokens, t);
      at.give(passes, pass);
      if (pass) {
        at.send(scale.parameters, Array.from(heads.uShift));
        const ofHead = Array.from(heads.dSkip, (d, i) => [
          heads.injectShift[i],
          d & 0xffff,
          heads.skipShift[i],
          heads.yShift[i],
        ]);
        at.send(space.parameters, ofHead.flat());
      }
      at.send(scale.x, inputs.x);
      at.send(scale.dt, inputs.dt);
      at.expect(scale.u, u);
      at.expect(scale.skip, inputs.x);

      at.send(space.u, inWords(u));
      at.send(space.decay, inputs.decay);
      at.send(space.b, inputs.b);
      at.send(space.c, inputs.c);
      at.send(space.x, inWords(inputs.x));
      for (const before of taken.slice(0, takesOf(split))) at.send(space.oldState[0], stateWords(before));
      for (const after of given) at.expect(space.newState[0], stateWords(after));
      at.expect(space.y, inWords(y));
    };
  };

export const arrayUnits: Readonly<Record<string, UnitPlan>> = {
  mat_plain: matCase(1, 1),
  mat_packed: matCase(0, 2),
  mat_mixed: matCase(0.5, 2),
  rescale_s16: rescaleCase(16),
  rescale_s32: rescaleCase(32),
  conv_four_taps: convCase(4),
  conv_two_taps: convCase(2),
  conv_one_tap: convCase(1),
  head_params: headParamsCase,
  ssm_state_16_bits: ssmCase(16),
  ssm_state_24_bits: ssmCase(24),
  ssm_shared_words: ssmCase(24, true),
  ssm_groups: ssmCase(20, false, { groups: 2, stateCols: 3 }),
  // B and C are one word each: a register keeps them.
  ssm_one_column: ssmCase(24, false, { groups: 2, stateCols: 1 }),
  // Two words of B and C, too wide for a memory that gives the first one back in time.
  ssm_two_wide_columns: ssmCase(16, false, { groups: 2, rows: 1, cols: 40, stateCols: 2 }),
  ssm_shared_words_one_column: ssmCase(24, true, { stateCols: 1, headsPerGroup: 6 }),
};
