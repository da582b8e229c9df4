import { expect, it } from 'vitest';
import { blockRam, deepBlocks, lutramTables, rowTables } from './memory.js';

it.each([
  // Widths and depths against UG473: 512 x 72, 1024 x 36, 2048 x 18 in 36 Kbit, half of each width in 18 Kbit.
  { bits: 72, words: 512, blocks: 1 },
  { bits: 36, words: 512, blocks: 0.5 },
  { bits: 73, words: 512, blocks: 1.5 },
  { bits: 64, words: 1024, blocks: 2 },
  { bits: 18, words: 2048, blocks: 1 },
  { bits: 9, words: 2048, blocks: 0.5 },
  { bits: 0, words: 512, blocks: 0 },
])('$words words of $bits bits are $blocks block RAMs', ({ bits, words, blocks }) => {
  expect(blockRam(bits, words)).toBe(blocks);
});

it('has a multiplexer only where the words of one block RAM do not reach', () => {
  expect(deepBlocks(72, 512)).toBe(0);
  expect(deepBlocks(1, 32768)).toBe(0);
  expect(deepBlocks(1, 65536)).toBe(1);
});

it.each([
  // RAM32M has 32 x 6 bits, RAM64M 64 x 3, four look-up tables each (UG474).
  { bits: 6, words: 32, tables: 4 },
  { bits: 7, words: 32, tables: 8 },
  { bits: 3, words: 64, tables: 4 },
  { bits: 6, words: 33, tables: 8 },
])('$words words of $bits bits are $tables look-up tables', ({ bits, words, tables }) => {
  expect(lutramTables(bits, words)).toBe(tables);
});

it.each([
  { words: 1024, tables: 0 },
  { words: 2048, tables: 0 },
  // Three blocks of 1024 words; three of 2048; seven and fifteen of 1024.
  { words: 3072, tables: 1 },
  { words: 6144, tables: 1 },
  { words: 7168, tables: 3 },
  { words: 14400, tables: 5 },
])('$words words in a process have $tables look-up tables after each bit', ({ words, tables }) => {
  expect(rowTables(words)).toBe(tables);
});
