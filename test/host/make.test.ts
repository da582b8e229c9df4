/** The host program by its own Makefile, which takes every warning for an error: what a user of the board builds. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';

const folder = mkdtempSync(join(tmpdir(), 'host-make-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { failed } = await execa('make', ['--version'], { reject: false });
if (failed) console.info('skipped: the Makefile of the host program, for want of make');

it.skipIf(failed)('make builds the program for the board', async () => {
  cpSync(packagePath('host', 'runtime'), folder, { recursive: true });
  const { exitCode, stderr } = await execa('make', ['CXXFLAGS=-O0'], { cwd: folder, reject: false });
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(existsSync(join(folder, 'build', 'fastmamba-host'))).toBe(true);
});
