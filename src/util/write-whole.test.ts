import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UserError } from '../errors.js';
import { writeWhole } from './write-whole.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'whole-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

test('writes, replaces, and leaves nothing beside', async () => {
  const path = join(dir, 'a', 'b.txt');
  await writeWhole(path, 'one');
  await writeWhole(path, 'two');
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(join(dir, 'a'))).toEqual(['b.txt']);
});

test('a folder in the way is said, and the temporary file is gone', async () => {
  mkdirSync(join(dir, 'c', 'taken', 'full'), { recursive: true });
  await expect(writeWhole(join(dir, 'c', 'taken'), 'text')).rejects.toThrow(UserError);
  expect(readdirSync(join(dir, 'c'))).toEqual(['taken']);
});
