import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { UserError } from '../errors.js';
import { makeFolder } from './make-folder.js';

const root = mkdtempSync(join(tmpdir(), 'make-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

it('makes what is missing and leaves what is there', () => {
  const path = join(root, 'a', 'b c', 'd');
  makeFolder(path);
  writeFileSync(join(path, 'kept'), 'x');
  makeFolder(path);
  expect(statSync(join(path, 'kept')).size).toBe(1);
});

it('names the file that is in the way', () => {
  const file = join(root, 'file');
  writeFileSync(file, 'x');
  for (const path of [file, join(file, 'a', 'b')]) {
    expect(() => makeFolder(path)).toThrow(`${file}: found a file, expected a folder`);
  }
});

it.runIf(existsSync('/proc'))('gives up where nothing can be made', () => {
  const path = '/proc/none/a/b';
  expect(() => makeFolder(path)).toThrow(UserError);
  expect(() => makeFolder(path)).toThrow(`${path}: cannot be made (ENOENT)`);
});
