import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import {
  chunksOf,
  lastTokens,
  lengthsAround,
  replayOrder,
  turnOrder,
  wordsAt,
} from '../../../test/support/unit-reference-order.js';
import { sint } from '../../kernel/type.js';
import { blockBuffer, type WriteWindow } from './block-buffer.js';
import { cornerTurn } from './corner-turn.js';
import { replay } from './replay.js';

const windows: readonly WriteWindow[] = ['start', 'end', 'after'];
const small = (max: number) => fc.integer({ min: 1, max });
/** T, and tokens of a call. */
const call = fc.integer({ min: 1, max: 5 }).chain((T) =>
  fc.record({
    T: fc.constant(T),
    // Banks may have room for more than a chunk has.
    most: fc.integer({ min: T, max: 5 }),
    tokens: fc.constantFrom(...lengthsAround(T)),
  }),
);
/** Words that tell where they come from. */
const tagged = (words: number, lanes: number) => Array.from({ length: words * lanes }, (_, i) => i);

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
    fc.property(shape, ({ call: { T, most, tokens }, colTiles, rowTiles, spare, lanes, writeWindow }) => {
      const bench = new UnitBench();
      const input = bench.channel('input', sint(24), lanes);
      const output = bench.channel('output', sint(24), lanes);
      // No tile: nothing is asked for, so nothing comes in either.
      const used = rowTiles > 0 ? tokens : 0;
      replay(bench.net, 'unit', {
        input,
        output,
        chunks: bench.scalar('chunks', 0, 5, chunksOf({ T, tokens: used })),
        lastTokens: bench.scalar('last_tokens', 0, most, lastTokens({ T, tokens: used })),
        chunkTokens: bench.scalar('chunk_tokens', 0, most, T),
        mostTokens: most,
        slots: bench.scalar('slots', 1, most + 3, T + spare),
        rowTiles: bench.scalar('row_tiles', 0, 4, rowTiles),
        colTiles,
        writeWindow,
      });
      const sent = tagged(used * colTiles, lanes);
      bench.send(input, sent);
      const wanted = wordsAt(sent, lanes, replayOrder({ T, tokens: used }, rowTiles, colTiles));
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
    fc.property(shape, ({ call: { T, most, tokens }, tiles, tileWords, dropped, lanes, writeWindow }) => {
      const tokenWords = Math.max(1, tiles * tileWords - dropped);
      const bench = new UnitBench();
      const input = bench.channel('input', sint(24), lanes);
      const output = bench.channel('output', sint(24), lanes);
      cornerTurn(bench.net, 'unit', {
        input,
        output,
        chunks: bench.scalar('chunks', 0, 5, chunksOf({ T, tokens })),
        lastTokens: bench.scalar('last_tokens', 0, most, lastTokens({ T, tokens })),
        chunkTokens: bench.scalar('chunk_tokens', 0, most, T),
        mostTokens: most,
        tiles,
        tileWords,
        tokenWords,
        writeWindow,
      });
      const sent = tagged(tokens * tiles * tileWords, lanes);
      bench.send(input, sent);
      const wanted = wordsAt(sent, lanes, turnOrder({ T, tokens }, tiles, tileWords, tokenWords));
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
