/** Which C++ compiler is taken, and for which machine it compiles. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { ToolMissing } from '../errors.js';
import { findCompiler, machineFlags } from './cpp-compiler.js';

const dir = mkdtempSync(join(tmpdir(), 'compilers-'));
const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});
afterAll(() => rmSync(dir, { recursive: true }));

/** A folder with programs that say `text` of themselves. */
function programs(folder: string, says: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(join(dir, folder));
  for (const [name, text] of Object.entries(says)) {
    writeFileSync(join(made, name), `#!/bin/sh\necho '${text}' >&2\n`);
    chmodSync(join(made, name), 0o755);
  }
  return made;
}

const gcc = 'gcc version 12.2.0 (Debian 12.2.0-14)';
const clang = 'Debian clang version 14.0.6';

test('g++ is taken where it is, else clang++, and CXX decides over both', async () => {
  const both = programs('both', { 'g++': gcc, 'clang++': clang });
  process.env.PATH = both;
  expect(await findCompiler({})).toMatchObject({ program: 'g++', kind: 'gcc', version: '12.2.0' });
  expect(await findCompiler({ CXX: 'clang++' })).toMatchObject({ program: 'clang++', version: '14.0.6' });
  process.env.PATH = programs('clang', { 'clang++': clang });
  expect(await findCompiler({})).toMatchObject({ program: 'clang++', kind: 'clang' });
});

test('g++ that is clang, as on macOS, is told by what it says', async () => {
  process.env.PATH = programs('mac', { 'g++': 'Apple clang version 15.0.0 (clang-1500.3.9.4)' });
  expect(await findCompiler({})).toMatchObject({ program: 'g++', kind: 'clang', version: '15.0.0' });
});

test('without one the message names both and how to get them', async () => {
  process.env.PATH = programs('none', {});
  await expect(findCompiler({})).rejects.toThrow(ToolMissing);
  await expect(findCompiler({})).rejects.toThrow(/g\+\+ or clang\+\+: not found.*xcode-select/);
  await expect(findCompiler({ CXX: 'c++-99' })).rejects.toThrow(
    /c\+\+-99, which the variable CXX names: not found/,
  );
});

test('clang on ARM knows no -march=native; macOS hides ucontext unless asked', () => {
  expect(machineFlags('gcc', { platform: 'linux', arch: 'x64' })).toEqual(['-march=native']);
  expect(machineFlags('gcc', { platform: 'linux', arch: 'arm64' })).toEqual(['-march=native']);
  const mac = machineFlags('clang', { platform: 'darwin', arch: 'arm64' });
  expect(mac).toContain('-mcpu=native');
  expect(mac).toContain('-D_XOPEN_SOURCE=600');
});
