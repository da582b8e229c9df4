/** Every command ends at once on a signal, at whatever it is, with what it started and without what it had half written. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';

const reference = packagePath('test', 'data', 'reference', 'statespaces-bin');
/** For the case that a signal is not heard; long enough for any machine to end a process. */
const PATIENCE_MILLISECONDS = 20_000;
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'signals-'));
  mkdirSync(join(dir, 'tmp'));
  // Enough for any command to be at it for a while.
  writeFileSync(join(dir, 'tokens.json'), JSON.stringify(Array.from({ length: 60_000 }, (_, i) => i % 60)));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** What it compiles is kept in a folder of this test, unless it is to go on to what comes after that. */
const ownCache = (args: readonly string[]) =>
  args.includes('csim') && args.includes('run') ? {} : { XDG_CACHE_HOME: join(dir, 'cache') };

/** Starts `fastmamba ...args`, sends the signal once it has said something that matches, and waits for its end. */
async function interrupted(signal: NodeJS.Signals, when: RegExp, ...args: string[]) {
  const env = { CI: '1', TMPDIR: join(dir, 'tmp'), ...ownCache(args) };
  const main = packagePath('dist', 'cli', 'main.js');
  const child = execa(process.execPath, [main, ...args], {
    cwd: dir,
    reject: false,
    stdin: 'ignore',
    all: true,
    env,
  });
  let said = '';
  let limit: NodeJS.Timeout | undefined;
  const hung = setTimeout(() => child.kill('SIGKILL'), 10 * PATIENCE_MILLISECONDS);
  child.all.on('data', (text) => {
    said += text;
    if (limit || !when.test(said)) return;
    child.kill(signal);
    limit = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MILLISECONDS);
  });
  const result = await child;
  clearTimeout(limit);
  clearTimeout(hung);
  return { ...result, heard: limit !== undefined };
}

/** Files in `dir` that have a temporary name. */
const halfWritten = () =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.part(-\d+)?$|\.tmp$|(^|\/)\.quantized-\w+$|fastmamba-run-\w+$/.test(path),
  );

/** Programs that work in `dir` or on files there. */
function stillRunning(): string[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return ids.flatMap((id) => {
    try {
      const line = readFileSync(join('/proc', id, 'cmdline'), 'utf8').replaceAll('\0', ' ');
      return line.includes(dir) || readlinkSync(join('/proc', id, 'cwd')).startsWith(dir) ? [line] : [];
    } catch {
      return [];
    }
  });
}

const endless = ['--max-tokens', '999999999', '--prompt', 'ROMEO:'];
const small = ['--preset', 'small'];

describe('a signal ends', () => {
  it.each<[string, NodeJS.Signals, RegExp, string[]]>([
    ['run with the float model', 'SIGTERM', /\w/, ['run', '--engine', 'float', ...endless, '--quiet']],
    ['run with the golden model', 'SIGINT', /\w/, ['run', ...endless, '--quiet']],
    ['run with the golden model, as JSON', 'SIGHUP', /Open the model/, ['run', ...endless, '--json']],
    ['run with the kernels', 'SIGINT', /[A-Z]{3,}:/, ['run', '--engine', 'csim', ...small, ...endless]],
    ['quantize', 'SIGINT', /calibrate: /, ['quantize', '--hadamard', 'none']],
    ['eval', 'SIGTERM', /float: /, ['eval']],
    [
      'logits of the float model',
      'SIGHUP',
      /Compute/,
      ['logits', reference, '--engine', 'float', '--tokens', 'tokens.json'],
    ],
    ['logits of the golden model', 'SIGINT', /Compute/, ['logits', reference, '--tokens', 'tokens.json']],
    ['the search of a plan', 'SIGTERM', /Plan/, ['plan', '2.7b']],
    ['the plan of a page', 'SIGINT', /Plan/, ['report', '2.7b']],
    ['emit', 'SIGHUP', /Emit/, ['emit']],
    ['g++ of csim', 'SIGTERM', /compiling/, ['csim', reference, ...small]],
    ['g++ of hls', 'SIGINT', /compiling/, ['hls', reference, ...small, '--chunk', '32']],
    ['Yosys of cosim', 'SIGTERM', /building/, ['cosim', reference, ...small, '--engine', 'cxxrtl']],
    ['Yosys of synth', 'SIGINT', /runs done/, ['synth', reference, ...small, '--tool', 'yowasp']],
  ])('%s (%s)', async (_what, signal, when, args) => {
    const ended = await interrupted(signal, when, ...args);
    expect(ended.heard, ended.all).toBe(true);
    // What a shell reports as 128 and the signal's number.
    expect(ended.signal).toBe(signal);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(halfWritten()).toEqual([]);
    // A process that was killed may take a moment to go.
    await expect.poll(stillRunning, { timeout: PATIENCE_MILLISECONDS }).toEqual([]);
  });

  it('what cannot be heard, too: nothing half-written stays', async () => {
    const ended = await interrupted('SIGKILL', /calibrate: /, 'quantize', '--hadamard', 'online');
    expect(ended.signal).toBe('SIGKILL');
    expect(halfWritten()).toEqual([]);
  });
});
