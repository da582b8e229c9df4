import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { endAfterEnd } from '../../util/after-end.js';
import { hasRun, start } from './start.js';

vi.mock('../../util/after-end.js', () => ({ endAfterEnd: vi.fn(), endedBefore: vi.fn() }));

const folder = mkdtempSync(join(tmpdir(), 'start-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'written');

it('a program begins only when it is known that it has to end with this process', async () => {
  // A machine that takes its time: nothing runs here meanwhile, as between two statements.
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let begunBefore = false;
  vi.mocked(endAfterEnd).mockImplementationOnce(() => {
    Atomics.wait(pause, 0, 0, 500);
    begunBefore = existsSync(file);
  });
  const child = start('touch', [file], { stdin: 'ignore' });
  expect(hasRun(await child)).toBe(true);
  expect(begunBefore).toBe(false);
  expect(existsSync(file)).toBe(true);
});

it('what is not there has not run, and what fails has', async () => {
  await expect(start('no-such-program', [], {}).then(hasRun)).resolves.toBe(false);
  await expect(start(folder, [], {}).then(hasRun)).resolves.toBe(false);
  await expect(start('false', [], {}).then(hasRun)).resolves.toBe(true);
});

it('what the system cannot start at all has not run', async () => {
  await expect(start('true', [], { cwd: join(folder, 'none') }).then(hasRun)).resolves.toBe(false);
});

it('gives the program its input and its own streams', async () => {
  const { stdout } = await start('cat', [], { input: 'some text' });
  expect(stdout).toBe('some text');
});
