import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sint } from '../kernel/type.js';
import { blockBuffer, type WriteWindow } from './block-buffer.js';
import { cornerTurn } from './corner-turn.js';
import { replay, tokenReplay } from './replay.js';
import { UnitBench } from './unit-bench.js';

const windows: readonly WriteWindow[] = ['start', 'end', 'after'];
const small = (max: number) => fc.integer({ min: 1, max });
/** Calls around the chunk: none, one token, and on both sides of one and two chunks. */
const lengths = (T: number) => [0, 1, T - 1, T, T + 1, 2 * T + 3];
/** T, and tokens of a call. */
const call = fc
  .integer({ min: 1, max: 5 })
  .chain((T) => fc.record({ T: fc.constant(T), tokens: fc.constantFrom(...lengths(T)) }));
const chunksOf = (tokens: number, T: number) => Math.ceil(tokens / T);
/** Values that tell where they come from. */
const tag = (...place: number[]) => place.reduce((sum, digit) => sum * 32 + digit, 0);

/** Calls `visit` for every token of a chunk that is there. */
function tokensOfChunk(chunk: number, T: number, tokens: number, visit: (t: number) => void): void {
  for (let t = chunk * T; t < Math.min(tokens, (chunk + 1) * T); t++) visit(t);
}

test('replay gives a chunk to every row of tiles, slot by slot', () => {
  const shape = fc.record({
    call,
    colTiles: small(4),
    rowTiles: fc.integer({ min: 0, max: 4 }),
    spare: fc.integer({ min: 0, max: 3 }),
    lanes: small(3),
    writeWindow: fc.constantFrom(...windows),
  });
  fc.assert(
    fc.property(shape, ({ call: { T, tokens }, colTiles, rowTiles, spare, lanes, writeWindow }) => {
      const bench = new UnitBench();
      const input = bench.channel('input', sint(24), lanes);
      const output = bench.channel('output', sint(24), lanes);
      const chunkSlots = Math.min(T, tokens);
      // No tile: nothing is asked for, so nothing comes in either.
      const used = rowTiles > 0 ? tokens : 0;
      replay(bench.net, 'unit', {
        input,
        output,
        chunks: bench.scalar('chunks', 0, 5, chunksOf(used, T)),
        tokens: bench.scalar('tokens', 0, 40, used),
        chunkTokens: T,
        chunkSlots: bench.scalar('chunk_slots', 0, T, chunkSlots),
        slots: bench.scalar('slots', 1, T + 3, chunkSlots + spare || 1),
        rowTiles: bench.scalar('row_tiles', 0, 4, rowTiles),
        colTiles,
        writeWindow,
      });
      const word = (t: number, k: number) => Array.from({ length: lanes }, (_, lane) => tag(t, k, lane));
      const sent: number[] = [];
      for (let t = 0; t < used; t++) for (let k = 0; k < colTiles; k++) sent.push(...word(t, k));
      bench.send(input, sent);
      const wanted: number[] = [];
      for (let chunk = 0; chunk < chunksOf(used, T); chunk++)
        for (let o = 0; o < rowTiles; o++)
          for (let k = 0; k < colTiles; k++) tokensOfChunk(chunk, T, used, (t) => wanted.push(...word(t, k)));
      expect(bench.run().received(output)).toEqual(wanted);
    }),
    { numRuns: 50 },
  );
});

test('corner turn makes tokens of tiles and drops the padding', () => {
  const shape = fc.record({
    call,
    tiles: small(3),
    tileWords: small(3),
    dropped: fc.integer({ min: 0, max: 2 }),
    lanes: small(3),
    writeWindow: fc.constantFrom(...windows),
  });
  fc.assert(
    fc.property(shape, ({ call: { T, tokens }, tiles, tileWords, dropped, lanes, writeWindow }) => {
      const tokenWords = Math.max(1, tiles * tileWords - dropped);
      const bench = new UnitBench();
      const input = bench.channel('input', sint(24), lanes);
      const output = bench.channel('output', sint(24), lanes);
      cornerTurn(bench.net, 'unit', {
        input,
        output,
        chunks: bench.scalar('chunks', 0, 5, chunksOf(tokens, T)),
        tokens: bench.scalar('tokens', 0, 40, tokens),
        chunkTokens: T,
        chunkSlots: bench.scalar('chunk_slots', 0, T, Math.min(T, tokens)),
        tiles,
        tileWords,
        tokenWords,
        writeWindow,
      });
      const word = (t: number, w: number) => Array.from({ length: lanes }, (_, lane) => tag(t, w, lane));
      const sent: number[] = [];
      for (let chunk = 0; chunk < chunksOf(tokens, T); chunk++)
        for (let tile = 0; tile < tiles; tile++)
          tokensOfChunk(chunk, T, tokens, (t) => {
            for (let w = 0; w < tileWords; w++) sent.push(...word(t, tile * tileWords + w));
          });
      bench.send(input, sent);
      const wanted: number[] = [];
      for (let t = 0; t < tokens; t++) for (let w = 0; w < tokenWords; w++) wanted.push(...word(t, w));
      expect(bench.run().received(output)).toEqual(wanted);
    }),
    { numRuns: 50 },
  );
});

test('token replay gives B to every head of its group', () => {
  const shape = fc.record({
    tokens: fc.integer({ min: 0, max: 4 }),
    groups: small(3),
    headsPerGroup: small(3),
    groupWords: small(3),
    headRows: small(3),
    writeWindow: fc.constantFrom(...windows),
  });
  fc.assert(
    fc.property(shape, ({ tokens, groups, headsPerGroup, groupWords, headRows, writeWindow }) => {
      const bench = new UnitBench();
      const input = bench.channel('input', sint(24), 2);
      const output = bench.channel('output', sint(24), 2);
      tokenReplay(bench.net, 'unit', {
        input,
        output,
        tokens: bench.scalar('tokens', 0, 9, tokens),
        groups,
        headsPerGroup,
        groupWords,
        headRows,
        writeWindow,
      });
      const word = (t: number, g: number, n: number) => [tag(t, g, n, 0), tag(t, g, n, 1)];
      const sent: number[] = [];
      const wanted: number[] = [];
      for (let t = 0; t < tokens; t++) {
        for (let g = 0; g < groups; g++) for (let n = 0; n < groupWords; n++) sent.push(...word(t, g, n));
        const heads = groups * headsPerGroup;
        for (let h = 0; h < heads; h++)
          for (let row = 0; row < headRows; row++)
            for (let n = 0; n < groupWords; n++) wanted.push(...word(t, Math.floor((h * groups) / heads), n));
      }
      bench.send(input, sent);
      expect(bench.run().received(output)).toEqual(wanted);
    }),
    { numRuns: 50 },
  );
});

test('channels that differ, walks that leave the bank and tokens without chunks are refused', () => {
  const build = (outputBits: number, stride: number, token?: string) => () => {
    const bench = new UnitBench();
    const digit = { index: 'word', bound: 4, stride: 1 };
    blockBuffer(bench.net, 'unit', {
      input: bench.channel('input', sint(8), 1),
      output: bench.channel('output', sint(outputBits), 1),
      blocks: 2,
      bankWords: 4,
      write: { digits: [digit] },
      read: { digits: [{ ...digit, stride }], ...(token ? { token } : {}) },
      writeWindow: 'end',
      doc: 'A buffer.',
    });
  };
  expect(build(8, 1)).not.toThrow();
  expect(build(9, 1)).toThrow('input holds s8 x 1, output s9 x 1');
  expect(build(8, 2)).toThrow('the read walk reaches word 6 of a bank of 4');
  expect(build(8, 1, 'word')).toThrow('counts tokens, but no chunk');
});
