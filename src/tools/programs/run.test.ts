import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CheckFailed, ToolMissing } from '../../errors.js';
import { run } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'run-'));
afterAll(() => rmSync(folder, { recursive: true }));
const log = join(folder, 'logs', 'tool.log');
const node = (script: string, more: object = {}) =>
  run(process.execPath, ['-e', script], { log, timeoutSeconds: 20, ...more });

describe('running a tool', () => {
  it('gives both streams and keeps them in the log', async () => {
    const { output } = await node('console.log("out"); console.error("err")');
    expect(output.split('\n').sort()).toEqual(['err', 'out']);
    expect(readFileSync(log, 'utf8').trim()).toBe(output);
  });

  it('passes arguments as they are', async () => {
    const odd = ['a b', '$HOME', '"', '*'];
    const { output } = await run(
      process.execPath,
      ['-e', 'console.log(process.argv.slice(1).join())', ...odd],
      {
        log,
        timeoutSeconds: 20,
      },
    );
    expect(output).toBe(odd.join());
  });

  it('names exit code, last lines and log of a failure', async () => {
    const failure = node('console.log("the reason"); process.exitCode = 3');
    await expect(failure).rejects.toThrow(CheckFailed);
    await expect(failure).rejects.toThrow(/exit code 3\nthe reason\nlog: .*tool\.log$/);
    await expect(node('process.exitCode = 3', { accept: [3] })).resolves.toMatchObject({ exitCode: 3 });
  });

  it('takes a missing output for a failure, an old one too', async () => {
    const path = join(folder, 'result');
    writeFileSync(path, 'old');
    await expect(node('', { outputs: [path] })).rejects.toThrow(`wrote no ${path}`);
    await node(`require('fs').writeFileSync(${JSON.stringify(path)}, 'new')`, { outputs: [path] });
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('ends what takes too long', async () => {
    await expect(node('setInterval(() => {}, 1000)', { timeoutSeconds: 0.5 })).rejects.toThrow(
      /longer than 0.5 s/,
    );
  });

  it('says what a missing tool would have given and how to get it', async () => {
    const missing = (name: string) => run(name, [], { log, timeoutSeconds: 5 });
    await expect(missing('no-such-tool')).rejects.toThrow(ToolMissing);
    await expect(missing('no-such-tool')).rejects.toThrow('no-such-tool: not found');
  });
});
