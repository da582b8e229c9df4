import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnitBench } from '../../../test/support/unit-bench.js';
import { movedWords } from '../../../test/support/unit-reference-order.js';
import { sint, uint } from '../../kernel/type.js';
import { partWord } from '../idioms/call-parts.js';
import { readPort, readRuns, writePort } from './mover.js';

const WORDS = 64;
/** [4] u8 words, all bytes different enough to notice a wrong one. */
const memory = Array.from({ length: WORDS * 4 }, (_, i) => (i * 73 + (i >> 8) * 5 + 200) % 256);

const cases = fc.record({
  base: fc.integer({ min: 0, max: 20 }),
  repeats: fc.integer({ min: 0, max: 4 }),
  stride: fc.integer({ min: 0, max: 9 }),
  words: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 }),
});

describe('readPort', () => {
  test('reads every pass and deals it to the channels in order', () => {
    fc.assert(
      fc.property(cases, ({ base, repeats, stride, words }) => {
        const bench = new UnitBench();
        const port = bench.port('memory', 'read', uint(8), 4);
        const outputs = words.map((count, i) => ({
          channel: bench.channel(`output_${i}`, uint(8), 4),
          words: bench.scalar(`words_${i}`, 0, 4, count),
        }));
        readPort(bench.net, 'mover', {
          port,
          base: bench.scalar('base', 0, 20, base),
          repeats: bench.scalar('repeats', 0, 4, repeats),
          stride: bench.scalar('stride', 0, 9, stride),
          outputs,
        });
        bench.memory(port, memory);
        const wanted = movedWords(memory, 4, { base, repeats, stride }, words);
        const done = bench.run();
        expect(outputs.map(({ channel }) => done.received(channel))).toEqual(wanted);
      }),
    );
  });

  test('reads a pass at the slot of its part', () => {
    const slots = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(slots, fc.integer({ min: 0, max: 5 }), (all, repeats) => {
        const bench = new UnitBench();
        const port = bench.port('memory', 'read', uint(8), 4);
        const channel = bench.channel('output', uint(8), 4);
        const parts = all.map((slot, i) =>
          bench.scalar(`part_${i}`, 0, 2 ** 32 - 1, partWord({ start: 7 * i, gives: 4095, slot })),
        );
        readPort(bench.net, 'mover', {
          ...{ port, parts, base: 3, stride: 6 },
          repeats: bench.scalar('repeats', 0, 5, repeats),
          outputs: [{ channel, words: 2 }],
        });
        bench.memory(port, memory);
        const wanted = all
          .slice(0, repeats)
          .flatMap((slot) => memory.slice(4 * (3 + 6 * slot), 4 * (5 + 6 * slot)));
        expect(bench.run().received(channel)).toEqual(wanted);
      }),
      { numRuns: 25 },
    );
  });

  test('takes the bits of a word in the layout of the channel', () => {
    const bytes = new Uint8Array([0xff, 0x80, 0x01, 0x7f]);
    const layouts = [
      { element: sint(8), lanes: 4, wanted: [-1, -128, 1, 127] },
      { element: uint(16), lanes: 2, wanted: [0x80ff, 0x7f01] },
      { element: sint(32), lanes: 1, wanted: [new DataView(bytes.buffer).getInt32(0, true)] },
    ];
    for (const { element, lanes, wanted } of layouts) {
      const bench = new UnitBench();
      const port = bench.port('memory', 'read', uint(8), 4);
      const channel = bench.channel('output', element, lanes);
      readPort(bench.net, 'mover', { port, base: 0, repeats: 1, outputs: [{ channel, words: 1 }] });
      bench.memory(port, [...bytes]);
      expect(bench.run().received(channel)).toEqual(wanted);
    }
  });

  test('refuses words of another size', () => {
    const bench = new UnitBench();
    const port = bench.port('memory', 'read', uint(8), 4);
    const channel = bench.channel('output', sint(16), 4);
    expect(() =>
      readPort(bench.net, 'mover', { port, base: 0, repeats: 1, outputs: [{ channel, words: 1 }] }),
    ).toThrow(
      'mover mover: port memory holds u8 x 4, channel output s16 x 4: expected words of as many bits',
    );
  });
});

describe('readRuns', () => {
  test('reads rows at the base, and further ones at the starts of parts', () => {
    const runs = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 });
    fc.assert(
      fc.property(runs, fc.integer({ min: 0, max: 3 }), (starts, rows) => {
        const bench = new UnitBench();
        const port = bench.port('memory', 'read', uint(8), 4);
        const output = bench.channel('output', uint(8), 4);
        const words = [0, ...starts, 0, 0, 0].slice(0, 4);
        readRuns(bench.net, 'mover', {
          ...{ port, output, base: 2, stride: 3 },
          words: bench.scalar('words', 0, 9, 3 * rows),
          moreRuns: bench.scalar('more_runs', 0, 3, starts.length),
          parts: words.map((start, i) =>
            bench.scalar(`part_${i}`, 0, 2 ** 32 - 1, partWord({ start, gives: 0, slot: 0 })),
          ),
        });
        bench.memory(port, memory);
        const wanted = [0, ...starts].flatMap((start) =>
          memory.slice(4 * (2 + 3 * start), 4 * (2 + 3 * (start + rows))),
        );
        expect(bench.run().received(output)).toEqual(wanted);
      }),
      { numRuns: 25 },
    );
  });
});

describe('writePort', () => {
  test('writes every pass at its place and nothing else', () => {
    const writes = fc.record({
      base: fc.integer({ min: 0, max: 20 }),
      repeats: fc.integer({ min: 0, max: 4 }),
      gap: fc.integer({ min: 0, max: 3 }),
      words: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(writes, ({ base, repeats, gap, words }) => {
        const bench = new UnitBench();
        const port = bench.port('memory', 'write', uint(8), 4);
        const input = bench.channel('input', sint(16), 2);
        writePort(bench.net, 'mover', {
          port,
          base: bench.scalar('base', 0, 20, base),
          repeats: bench.scalar('repeats', 0, 4, repeats),
          stride: bench.scalar('stride', 0, 9, words + gap),
          input,
          words: bench.scalar('words', 0, 5, words),
        });
        bench.memory(port, memory);
        const sent = Array.from({ length: repeats * words * 2 }, (_, i) => ((i * 20011) % 65536) - 32768);
        bench.send(input, sent);
        const wanted = [...memory];
        sent.forEach((value, i) => {
          const pass = Math.floor(i / (words * 2));
          const byte = 4 * (base + pass * (words + gap)) + 2 * (i % (words * 2));
          wanted[byte] = value & 0xff;
          wanted[byte + 1] = (value >> 8) & 0xff;
        });
        expect(bench.run().memory(port)).toEqual(wanted);
      }),
    );
  });
});
