/** Cases of the units that only move words: gearboxes, movers, state packing, block buffers. */
import { sint, uint } from '../../src/kernel/type.js';
import { partWord } from '../../src/units/idioms/call-parts.js';
import type { WriteWindow } from '../../src/units/movement/block-buffer.js';
import { cornerTurn, cornerTurnPair } from '../../src/units/movement/corner-turn.js';
import { gearbox, rowGearbox } from '../../src/units/movement/gearbox.js';
import { readPort, readRuns, writePort } from '../../src/units/movement/mover.js';
import { replay, replayPair } from '../../src/units/movement/replay.js';
import { packState, unpackState } from '../../src/units/movement/state-pack.js';
import { int16s, lanesFrom, pick, type UnitPlan } from './unit-cases.js';
import {
  chunksOf,
  lastTokens,
  lengthsAround,
  movedWords,
  repackedRows,
  replayOrder,
  turnOrder,
  wordsAt,
} from './unit-reference-order.js';
import { stateBytes } from './unit-reference-vector.js';

const gearboxCase =
  (widening: boolean): UnitPlan =>
  (at, shape) => {
    const narrow = shape.integer(1, 4);
    const ratio = shape.integer(2, 5);
    const element = sint(pick(shape, 8, 9, 24));
    // Narrowing takes a matrix apart, as the state is.
    const wide = at.channel('wide', element, ...(widening ? [narrow * ratio] : [ratio, narrow]));
    const small = at.channel('narrow', element, narrow);
    const [input, output] = widening ? [small, wide] : [wide, small];
    const wideWords = at.scalar('words', 0, 7);
    gearbox(at.net, at.name, { input, output, wideWords });
    return (random) => {
      const words = random.integer(0, 7);
      const limit = 2 ** (element.bits - 1);
      const values = lanesFrom(random, words * narrow * ratio, -limit, limit - 1);
      at.give(wideWords, words);
      at.send(input, values);
      at.expect(output, values);
    };
  };

const rowGearboxCase =
  (widening: boolean): UnitPlan =>
  (at, shape) => {
    const narrow = shape.integer(1, 3);
    const wide = narrow * shape.integer(2, 5);
    const rowLanes = shape.integer(2, 30);
    const [from, to] = widening ? ([narrow, wide] as const) : ([wide, narrow] as const);
    const input = at.channel('input', sint(16), from);
    const output = at.channel('output', sint(16), to);
    const rows = at.scalar('rows', 0, 5);
    rowGearbox(at.net, at.name, { input, output, rows, rowLanes });
    return (random) => {
      const count = random.integer(0, 5);
      const values = int16s(random, count * Math.ceil(rowLanes / from) * from);
      at.give(rows, count);
      at.send(input, values);
      at.expect(output, repackedRows(values, count, rowLanes, from, to));
    };
  };

const PORT_WORDS = 64;
const bytes = (lanes: number) =>
  Array.from({ length: PORT_WORDS * lanes }, (_, i) => (i * 73 + (i >> 8) * 5 + 200) % 256);

const readCase: UnitPlan = (at, shape) => {
  const lanes = 4 << shape.integer(0, 2);
  const memory = bytes(lanes);
  const port = at.port('read', memory, uint(8), lanes);
  const outputs = [0, 1, 2].map((i) => ({
    channel: at.channel(`output_${i}`, uint(8), lanes),
    words: at.scalar(`words_${i}`, 0, 4),
  }));
  const [base, repeats] = [at.scalar('base', 0, 20), at.scalar('repeats', 0, 4)];
  const stride = at.scalar('stride', 0, 9);
  readPort(at.net, at.name, { port, base, repeats, stride, outputs });
  return (random) => {
    const walk = {
      base: random.integer(0, 20),
      repeats: random.integer(0, 4),
      stride: random.integer(0, 9),
    };
    const words = outputs.map(() => random.integer(0, 4));
    at.give(base, walk.base);
    at.give(repeats, walk.repeats);
    at.give(stride, walk.stride);
    outputs.forEach((output, i) => {
      at.give(output.words, words[i]);
    });
    movedWords(memory, lanes, walk, words).forEach((moved, i) => {
      at.expect(outputs[i].channel, moved);
    });
  };
};

/** Runs of rows, of which all but the first begin where their parts say. */
const runsCase: UnitPlan = (at, shape) => {
  const lanes = 4 << shape.integer(0, 2);
  const memory = bytes(lanes);
  const port = at.port('read', memory, uint(8), lanes);
  const output = at.channel('output', uint(8), lanes);
  const [base, words] = [at.scalar('base', 0, 9), at.scalar('words', 0, 9)];
  const moreRuns = at.scalar('more_runs', 0, 3);
  const parts = [0, 1, 2, 3].map((i) => at.scalar(`part_${i}`, 0, 2 ** 32 - 1));
  readRuns(at.net, at.name, { port, output, base, words, moreRuns, parts, stride: 3 });
  return (random) => {
    const [first, rows, more] = [random.integer(0, 9), random.integer(0, 3), random.integer(0, 3)];
    at.give(base, first);
    at.give(words, 3 * rows);
    at.give(moreRuns, more);
    parts.forEach((part, i) => {
      const start = i === 0 ? 0 : random.integer(0, 12);
      at.give(part, partWord({ start, gives: random.integer(0, 4096), slot: random.integer(0, 127) }));
      const from = lanes * (first + 3 * start);
      if (i <= more) at.expect(output, memory.slice(from, from + lanes * 3 * rows));
    });
  };
};

/** A pass a part, at the place of its slot. */
const slotsCase: UnitPlan = (at, shape) => {
  const lanes = 2 << shape.integer(0, 2);
  const memory = bytes(2 * lanes);
  const port = at.port('write', memory, uint(8), 2 * lanes);
  const input = at.channel('input', sint(16), lanes);
  const repeats = at.scalar('repeats', 0, 3);
  const parts = [0, 1, 2].map((i) => at.scalar(`part_${i}`, 0, 2 ** 32 - 1));
  writePort(at.net, at.name, { port, parts, base: 1, repeats, stride: 5, input, words: 4 });
  return (random) => {
    const passes = random.integer(0, 3);
    at.give(repeats, passes);
    const slots = [0, 1, 2].map((i) => (3 * random.integer(0, 2) + i) % 12);
    parts.forEach((part, i) => {
      at.give(
        part,
        partWord({ start: random.integer(0, 4095), gives: random.integer(0, 4096), slot: slots[i] }),
      );
    });
    const values = int16s(random, passes * 4 * lanes);
    at.send(input, values);
    values.forEach((value, i) => {
      const pass = Math.floor(i / (4 * lanes));
      const byte = 2 * (lanes * (1 + 5 * slots[pass]) + (i % (4 * lanes)));
      memory[byte] = value & 0xff;
      memory[byte + 1] = (value >> 8) & 0xff;
    });
  };
};

const writeCase: UnitPlan = (at, shape) => {
  const lanes = 2 << shape.integer(0, 2);
  const memory = bytes(2 * lanes);
  const port = at.port('write', memory, uint(8), 2 * lanes);
  const input = at.channel('input', sint(16), lanes);
  const [base, repeats] = [at.scalar('base', 0, 20), at.scalar('repeats', 0, 4)];
  const [stride, words] = [at.scalar('stride', 0, 9), at.scalar('words', 0, 5)];
  writePort(at.net, at.name, { port, base, repeats, stride, input, words });
  return (random) => {
    const [first, passes, count] = [random.integer(0, 20), random.integer(0, 4), random.integer(0, 5)];
    const step = count + random.integer(0, 3);
    const values = int16s(random, passes * count * lanes);
    at.give(base, first);
    at.give(repeats, passes);
    at.give(stride, step);
    at.give(words, count);
    at.send(input, values);
    values.forEach((value, i) => {
      const pass = Math.floor(i / (count * lanes));
      const byte = 2 * (lanes * (first + pass * step) + (i % (count * lanes)));
      memory[byte] = value & 0xff;
      memory[byte + 1] = (value >> 8) & 0xff;
    });
  };
};

const statePackCase =
  (packing: boolean): UnitPlan =>
  (at, shape) => {
    const bits = shape.integer(16, 24);
    const [rows, cols] = [shape.integer(1, 3), shape.integer(1, 4)];
    const memory = at.channel('bytes', uint(8), rows * cols);
    const state = at.channel('state', sint(bits), rows, cols);
    const words = at.scalar('words', 0, 5);
    if (packing) packState(at.net, at.name, { input: state, output: memory, words });
    else unpackState(at.net, at.name, { input: memory, output: state, words });
    return (random) => {
      const count = random.integer(0, 5);
      const limit = 2 ** (bits - 1);
      const values = lanesFrom(random, count * rows * cols, -limit, limit - 1);
      at.give(words, count);
      const packed = stateBytes(values, bits);
      if (packing) at.send(state, values);
      else at.send(memory, packed);
      if (packing) at.expect(memory, packed);
      else at.expect(state, values);
    };
  };

/** Scalars that say how long a call is, and their values. */
function chunkScalars(at: Parameters<UnitPlan>[0], T: number) {
  const tokens = at.scalar('tokens', 0, 2 * T + 3);
  const chunks = at.scalar('chunks', 0, 2 * T + 3);
  const chunkTokens = at.scalar('chunk_tokens', 0, T);
  const last = at.scalar('last_tokens', 0, T);
  return {
    extents: { tokens, chunks, chunkTokens, lastTokens: last, mostTokens: T },
    give(call: { T: number; tokens: number }) {
      at.give(tokens, call.tokens);
      at.give(chunks, chunksOf(call));
      at.give(chunkTokens, call.T);
      at.give(last, lastTokens(call));
    },
  };
}

const replayCase =
  (arrangement: WriteWindow | 'pair'): UnitPlan =>
  (at, shape) => {
    const T = shape.integer(2, 5);
    const lanes = at.lanes(shape);
    const colTiles = shape.integer(1, 4);
    const input = at.channel('input', sint(8), lanes);
    const output = at.channel('output', sint(8), lanes);
    const chunk = chunkScalars(at, T);
    // A pair is built for a number of tile rows, a single buffer is told it with each call.
    const fixed = arrangement === 'pair' ? shape.integer(1, 4) : undefined;
    const rowTiles = fixed ?? at.scalar('row_tiles', 0, 4);
    const slots = at.scalar('slots', 1, T + 3);
    const common = { input, output, ...chunk.extents, slots, colTiles };
    if (typeof rowTiles === 'number') replayPair(at.net, at.name, { ...common, rowTiles });
    else replay(at.net, at.name, { ...common, rowTiles, writeWindow: arrangement as WriteWindow });
    return (random) => {
      const o = fixed ?? random.integer(0, 4);
      // No tile: nothing is asked for, so nothing comes in either.
      const own = random.integer(1, T);
      const call = { T: own, tokens: o > 0 ? pick(random, ...lengthsAround(own)) : 0 };
      const values = lanesFrom(random, call.tokens * colTiles * lanes, -128, 127);
      chunk.give(call);
      if (typeof rowTiles !== 'number') at.give(rowTiles, o);
      at.give(slots, own + random.integer(0, 3));
      at.send(input, values);
      at.expect(output, wordsAt(values, lanes, replayOrder(call, o, colTiles)));
    };
  };

const turnCase =
  (arrangement: WriteWindow | 'pair'): UnitPlan =>
  (at, shape) => {
    const T = shape.integer(1, 5);
    const lanes = at.lanes(shape);
    const tiles = shape.integer(1, 4);
    const tileWords = shape.integer(1, 3);
    const tokenWords = Math.max(1, tiles * tileWords - shape.integer(0, 2));
    const input = at.channel('input', sint(16), lanes);
    const output = at.channel('output', sint(16), lanes);
    const chunk = chunkScalars(at, T);
    const common = { input, output, ...chunk.extents, tiles, tileWords, tokenWords };
    if (arrangement === 'pair') cornerTurnPair(at.net, at.name, common);
    else cornerTurn(at.net, at.name, { ...common, writeWindow: arrangement });
    return (random) => {
      const own = random.integer(1, T);
      const call = { T: own, tokens: pick(random, ...lengthsAround(own)) };
      const values = int16s(random, call.tokens * tiles * tileWords * lanes);
      chunk.give(call);
      at.send(input, values);
      at.expect(output, wordsAt(values, lanes, turnOrder(call, tiles, tileWords, tokenWords)));
    };
  };

export const memoryUnits: Readonly<Record<string, UnitPlan>> = {
  gearbox_widening: gearboxCase(true),
  gearbox_narrowing: gearboxCase(false),
  row_gearbox_widening: rowGearboxCase(true),
  row_gearbox_narrowing: rowGearboxCase(false),
  mover_read: readCase,
  mover_runs: runsCase,
  mover_slots: slotsCase,
  mover_write: writeCase,
  state_pack: statePackCase(true),
  state_unpack: statePackCase(false),
  replay: replayCase('start'),
  replay_one_bank: replayCase('after'),
  replay_pair: replayCase('pair'),
  corner_turn: turnCase('after'),
  corner_turn_two_banks: turnCase('end'),
  corner_turn_pair: turnCase('pair'),
};
