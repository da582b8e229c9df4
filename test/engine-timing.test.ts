/**
 * The MAT arrays, convolution, NAU, state space, gate and block buffers at the sizes of Mamba2-130M and 2.7B hold one iteration a cycle at
 * 250 MHz: the scheduler finds a schedule (it refuses a loop that does not close) and the verifier, which shares no code with it, agrees.
 */
import { expect, test } from 'vitest';
import { NetworkBuilder } from '../src/kernel/build/network-builder.js';
import type { ElementType } from '../src/kernel/type.js';
import { sint, typeOf, uint } from '../src/kernel/type.js';
import { scheduleNetwork } from '../src/schedule/asap.js';
import { vc709Timing } from '../src/schedule/target.js';
import { verifySchedule } from '../src/schedule/verify.js';
import { conv } from '../src/units/compute/conv.js';
import { gate } from '../src/units/compute/gate.js';
import { mat } from '../src/units/compute/mat.js';
import { nauDecay, nauSoftplus } from '../src/units/compute/nau.js';
import { scaleX, stateSpace as stateSpaceUnit } from '../src/units/compute/ssm.js';
import { MOST_PARTS } from '../src/units/idioms/call-parts.js';
import { convFields } from '../src/units/movement/conv-params.js';
import { cornerTurn } from '../src/units/movement/corner-turn.js';
import {
  DECAY_FIELDS,
  GATE_FIELDS,
  HEAD_FIELDS,
  headParams,
  SCALE_X_FIELDS,
  STATE_FIELDS,
} from '../src/units/movement/head-params.js';
import { replay } from '../src/units/movement/replay.js';

interface Sizes {
  readonly name: string;
  readonly dModel: number;
  readonly heads: number;
  readonly chunkTokens: number;
}

const sizes: readonly Sizes[] = [
  { name: '130m', dModel: 768, heads: 24, chunkTokens: 64 },
  { name: '2.7b', dModel: 2560, heads: 80, chunkTokens: 128 },
];

/** A network with names as needed, and the scalars that most units share. */
class Sheet {
  readonly net = new NetworkBuilder('sheet', 'The engines.');
  private count = 0;
  readonly tokens = this.scalar(0, 4096);
  readonly chunks = this.scalar(0, 64);
  readonly parts = Array.from({ length: MOST_PARTS }, () => this.scalar(0, 2 ** 32 - 1));

  channel(element: ElementType, ...shape: number[]) {
    return this.net.channel(`channel_${this.count++}`, typeOf(element, ...shape), 'a channel');
  }
  scalar(lo: number, hi: number) {
    return this.net.scalar(`scalar_${this.count++}`, lo, hi, 'a scalar');
  }
}

function linear(s: Sheet, { dModel, chunkTokens }: Sizes) {
  const tile = { rows: 64, cols: 16, weightLanes: 64, ports: 2 };
  const common = {
    ...{ chunks: s.chunks, chunkTokens: s.scalar(0, chunkTokens), lastTokens: s.scalar(0, chunkTokens) },
    colTiles: dModel / tile.cols,
  };
  const rowTiles = s.scalar(0, 1024);
  const slots = s.scalar(8, chunkTokens);
  const input = s.channel(sint(8), 16);
  const again = s.channel(sint(8), 16);
  replay(s.net, 'replay', { input, output: again, ...common, rowTiles, slots, mostTokens: chunkTokens });
  for (const [name, lutRows] of [
    ['mat', tile.rows],
    ['mat_packed', 0],
  ] as const)
    mat(s.net, name, {
      tile,
      weights: [s.channel(sint(8), 64), s.channel(sint(8), 64)],
      input: s.channel(sint(8), 16),
      output: s.channel(sint(32), 64),
      ...common,
      rowTiles,
      slots,
      minSlots: 8,
      lutRows,
    });
  cornerTurn(s.net, 'turn', {
    input: s.channel(sint(16), 8),
    output: s.channel(sint(16), 8),
    ...common,
    mostTokens: chunkTokens,
    tiles: (2 * dModel) / 64,
    tileWords: 8,
    tokenWords: (2 * dModel) / 8,
    writeWindow: 'end',
  });
}

function convolution(s: Sheet, { dModel }: Sizes) {
  conv(s.net, 'conv', {
    input: s.channel(sint(16), 8),
    output: s.channel(sint(16), 8),
    parameters: s.channel(uint(16), 8 * convFields(4)),
    oldInputs: s.channel(sint(16), 24),
    newInputs: s.channel(sint(16), 24),
    tokens: s.tokens,
    parts: s.parts,
    takes: s.scalar(0, 3),
    groups: (2 * dModel + 256) / 8,
    taps: 4,
  });
}

/** The state space alone: few columns leave its B and C few iterations until they come again. */
const stateSpaceOf =
  (shape: { rows: number; groups: number; stateCols: number }) =>
  (s: Sheet): void => {
    const { rows, groups, stateCols } = shape;
    const [heads, headDim, cols] = [8, 64, 16];
    const vector = (lanes: number) => s.channel(sint(16), lanes);
    const state = () => Array.from({ length: rows / 4 }, () => s.channel(sint(24), 4, cols));
    stateSpaceUnit(s.net, 'state_space', {
      ...{ u: vector(rows), x: vector(rows), y: vector(rows), b: vector(cols), c: vector(cols) },
      decay: s.channel(uint(17), 1),
      oldState: state(),
      newState: state(),
      parameters: s.channel(uint(16), 4),
      ...{
        tokens: s.tokens,
        parts: s.parts,
        takes: s.scalar(0, 3),
        loads: s.scalar(0, 1),
        stores: s.scalar(0, 1),
      },
      ...{ heads, groups, headsPerGroup: heads / groups, headDim, stateCols },
      rowWords: Math.ceil((heads * headDim) / rows),
    });
  };

function stateSpace(s: Sheet, { heads }: Sizes) {
  const common = { tokens: s.tokens, heads };
  const decayFields = s.channel(uint(16), 2);
  const dt = s.channel(uint(24), 8);
  nauSoftplus(s.net, 'softplus', {
    input: s.channel(sint(16), 8),
    outputs: [dt, s.channel(uint(24), 8)],
    tokens: 1,
    words: s.scalar(0, 2 ** 16),
    dtMin: s.scalar(0, 2 ** 24 - 1),
    dtMax: s.scalar(0, 2 ** 24 - 1),
  });
  nauDecay(s.net, 'decay', { input: dt, output: s.channel(uint(17), 8), parameters: decayFields, ...common });
  const vector = () => s.channel(sint(16), 4);
  const u = vector();
  const skip = vector();
  const uFields = s.channel(uint(16), 1);
  scaleX(s.net, 'scale_x', {
    x: vector(),
    dt: s.channel(uint(24), 1),
    u,
    skip,
    parameters: uFields,
    ...common,
    headRows: 16,
  });
  const stateFields = s.channel(uint(16), 4);
  stateSpaceUnit(s.net, 'state_space', {
    ...{ u, decay: s.channel(uint(17), 1), x: skip, y: vector() },
    ...{ b: s.channel(sint(16), 8), c: s.channel(sint(16), 8) },
    oldState: [s.channel(sint(24), 4, 8)],
    newState: [s.channel(sint(24), 4, 8)],
    parameters: stateFields,
    ...{ ...common, parts: s.parts, takes: s.scalar(0, 3), loads: s.scalar(0, 1), stores: s.scalar(0, 1) },
    ...{ groups: 1, headsPerGroup: heads, rowWords: 16 * heads, headDim: 64 },
    stateCols: 16,
  });
  const gateFields = s.channel(uint(16), 1);
  gate(s.net, 'gate', {
    y: vector(),
    s: vector(),
    output: vector(),
    parameters: gateFields,
    ...common,
    headWords: 16,
  });
  headParams(s.net, 'head_params', {
    input: s.channel(uint(16), HEAD_FIELDS),
    outputs: [
      { channel: decayFields, fields: DECAY_FIELDS, padded: true },
      { channel: uFields, fields: SCALE_X_FIELDS },
      { channel: stateFields, fields: STATE_FIELDS },
      { channel: gateFields, fields: GATE_FIELDS },
    ],
    heads,
    paddedHeads: Math.ceil(heads / 16) * 16,
  });
}

const parts = { linear, convolution, 'state space': stateSpace };
const cases = sizes.flatMap((size) =>
  Object.entries(parts).map(([part, build]) => ({
    part,
    size: size.name,
    build: (s: Sheet) => build(s, size),
  })),
);

for (const stateCols of [1, 2, 3, 8])
  for (const [rows, groups] of [
    [4, 1],
    [4, 2],
    [20, 1],
  ])
    cases.push({
      part: 'state space alone',
      size: `${groups} groups, ${rows} rows, ${stateCols} columns`,
      build: stateSpaceOf({ rows, groups, stateCols }),
    });

test.each(cases)('$part of $size runs one iteration a cycle at 250 MHz', ({ build }) => {
  const sheet = new Sheet();
  build(sheet);
  const network = sheet.net.build();
  const schedule = scheduleNetwork(network, vc709Timing);
  expect(schedule.nests.map(({ interval }) => interval)).toEqual(schedule.nests.map(() => 1));
  expect(verifySchedule(network, schedule)).toEqual([]);
});
