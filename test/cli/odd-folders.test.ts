/** Folders whose names a shell, make, Tcl or Verilator would take for something else: for the model, the results, temporary files and the cache. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine } from '../../src/tools/cosim/cosim.js';
import { packagePath } from '../../src/util/package-path.js';
import { cli, onlyJson } from '../support/cli.js';

const reference = packagePath('test', 'data', 'reference', 'statespaces-bin');
/** Everything at once: where one letter breaks something, all of them do. */
const odd = `a b'"ü$x;[y](z)#%&\\q`;
/** CXXRTL always, Verilator where it is installed. */
const engines = [...new Set(['cxxrtl', await chooseEngine()])];
const small = ['--preset', 'small', '--quiet'];
let root: string;
let dir: string;
let environment: Record<string, string>;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'odd-'));
  dir = join(root, odd);
  for (const folder of ['tmp', 'cache', 'home'])
    mkdirSync(join(dir, `${folder} ${odd}`), { recursive: true });
  environment = {
    TMPDIR: join(dir, `tmp ${odd}`),
    XDG_CACHE_HOME: join(dir, `cache ${odd}`),
    HOME: join(dir, `home ${odd}`),
  };
  cpSync(reference, join(dir, odd), { recursive: true });
  writeFileSync(join(dir, 'tokens.json'), '[1, 2, 3, 4]');
});
afterAll(() => rmSync(root, { recursive: true }));

const fastmamba = (...args: string[]) => cli(dir, ...args, environment);

describe.sequential('in a folder of an odd name', () => {
  it('the chain goes through, and what it prints can be pasted', async () => {
    const run = await fastmamba('hls', odd, ...small);
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain('all equal to the golden model');
    const commands = run.stdout.slice(run.stdout.indexOf('Next:')).split('\n').slice(1);
    const words = commands.map((line) =>
      execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
        .split('\n')
        .slice(0, -1),
    );
    expect(words[0]).toEqual(['npm', 'run', 'fastmamba', '--', 'plan', odd]);
    expect(words.at(-1)).toEqual(['less', join('build', odd, 'hls', 'README.md')]);
    expect(existsSync(join(dir, words.at(-1)![1]))).toBe(true);
    const { command } = JSON.parse(readFileSync(join(dir, 'build', odd, 'results', 'hls.json'), 'utf8'));
    const parts = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' });
    expect(parts.split('\n').slice(0, 4)).toEqual(['fastmamba', 'hls', odd, '--device']);
  });

  it('the kernels run as an engine', async () => {
    const args = [odd, '--engine', 'csim', '--tokens', 'tokens.json', '--out', `${odd}.npy`];
    const run = await fastmamba('logits', ...args, ...small);
    expect(run.stderr).toBe('');
    expect(existsSync(join(dir, `${odd}.npy`))).toBe(true);
  });

  it.each(engines)('%s simulates the RTL', async (engine) => {
    const args = [odd, '--engine', engine, '--kernel', 'gate', '--vcd', `${odd}.vcd`, '--json'];
    const run = await fastmamba('cosim', ...args, ...small);
    expect(run.stderr).toBe('');
    expect(onlyJson(run)).toMatchObject({ mismatches: 0 });
    expect(existsSync(join(dir, `${odd}.vcd`))).toBe(true);
  });

  it('Yosys synthesizes, and the page is written', async () => {
    const run = await fastmamba('synth', odd, '--kernel', 'gate', '--json', ...small);
    expect(run.stderr).not.toMatch(/internal|failed/);
    expect(onlyJson(run).units).toHaveLength(1);
    const page = await fastmamba('report', odd, ...small, '-o', `${odd}.html`);
    expect(page.exitCode).toBe(0);
    expect(existsSync(join(dir, `${odd}.html`))).toBe(true);
  });
});
