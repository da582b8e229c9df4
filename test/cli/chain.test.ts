/** plan, emit, csim, hls and --engine csim on a checkpoint of a few thousand weights with few lanes, in a process of their own. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpyFloats } from '../../src/util/npy.js';
import { packagePath } from '../../src/util/package-path.js';
import { type CliRun, cli, onlyJson } from '../support/cli.js';

const model = packagePath('test', 'data', 'reference', 'statespaces-bin');
const project = join('build', 'statespaces-bin', 'hls');
const small = ['--preset', 'small', '--json'];
let dir: string;
let hls: CliRun;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cli-chain-'));
  hls = await cli(dir, 'hls', model, ...small);
}, 300_000);
afterAll(() => rmSync(dir, { recursive: true }));

interface Simulated {
  words: number;
  mismatches: number;
  seconds: number;
}

describe('hls', () => {
  it('goes from a checkpoint to C++ that equals the golden model in every word', () => {
    expect(hls.stderr).not.toContain('fastmamba:');
    expect(hls.exitCode).toBe(0);
    const result = onlyJson(hls);
    expect(Object.keys(result)).toEqual(['model', 'output', 'plan', 'csim', 'files']);
    expect(result).toMatchObject({ model: 'statespaces-bin', output: join('build', 'statespaces-bin') });
    expect(result.plan).toMatchObject({ figures: 'planned', preset: 'small', resources: { fits: true } });
    const csim = result.csim as Simulated;
    expect(Object.keys(csim)).toEqual(['words', 'mismatches', 'seconds']);
    expect(csim.mismatches).toBe(0);
    // 64 tokens prefilled and 8 decoded through two layers give more than this in states alone.
    expect(csim.words).toBeGreaterThan(100_000);
    const files = result.files as string[];
    expect(files).toEqual(expect.arrayContaining(['kernel/top.cpp', 'plan.json', 'README.md']));
    for (const file of files) expect(existsSync(join(dir, project, file)), file).toBe(true);
  });

  it('tells people what was made', async () => {
    const { stdout } = await cli(dir, 'hls', model, '--preset', 'small', '--quiet');
    expect(stdout).toMatch(/all equal to the golden model \(measured/);
    expect(stdout).toMatch(/tokens\/s decode, .* \(planned\)/);
    expect(stdout).toContain(project);
  });
});

describe('emit', () => {
  it('writes the same bytes for the same input, and leaves a folder of somebody else alone', async () => {
    const top = join(dir, project, 'kernel', 'top.cpp');
    const before = readFileSync(top, 'utf8');
    const { files } = onlyJson(await cli(dir, 'emit', model, ...small));
    expect(files).toContain('kernel/top.cpp');
    expect(readFileSync(top, 'utf8')).toBe(before);
    expect(before).not.toContain(dir);

    writeFileSync(join(dir, 'mine'), '');
    const refused = await cli(dir, 'emit', model, ...small, '-o', 'mine', '--quiet');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('mine');
  });
});

describe('csim', () => {
  it('has a row a unit, and the sums of all', async () => {
    const { units, ...sums } = onlyJson(await cli(dir, 'csim', model, ...small)) as unknown as Simulated & {
      units: { name: string; words: number; mismatches: number }[];
    };
    expect(Object.keys(sums)).toEqual(['words', 'mismatches', 'seconds']);
    expect(sums.words).toBe(units.reduce((total, unit) => total + unit.words, 0));
    expect(units.map(({ name }) => name)).toEqual(expect.arrayContaining(['mat_in', 'conv', 'state_space']));
    expect(sums.mismatches).toBe(0);
  });

  it('finds a change in the C++ and names the unit: exit code 1', async () => {
    const path = join(dir, project, 'kernel', 'gate.cpp');
    const text = readFileSync(path, 'utf8');
    // The product of y and SiLU(z) becomes a sum.
    const changed = text.replace('y.lane[lane] * s.lane[lane]', 'y.lane[lane] + s.lane[lane]');
    expect(changed).not.toBe(text);
    writeFileSync(path, changed);
    const run = await cli(dir, 'csim', model, ...small, '--as-is', '--quiet');
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/^fastmamba: csim differs from the golden model: .*gate/);
    const { mismatches } = onlyJson(run) as unknown as Simulated;
    expect(mismatches).toBeGreaterThan(0);

    const other = await cli(dir, 'csim', model, '--preset', 'small', '--chunk', '32', '--as-is', '--quiet');
    expect(other.exitCode).toBe(2);
    expect(other.stderr).toMatch(/image\.json: found plan .*, expected/);
  });

  it('without a compiler says what is missing: exit code 3', async () => {
    const run = await cli(dir, 'csim', model, ...small, '--quiet', { PATH: dir });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/g\+\+ or clang\+\+: not found.*apt-get/);
    expect(run.stdout).toBe('');
  });
});

describe('--engine csim', () => {
  it('gives the logits of the golden model to the bit', async () => {
    const tokens = ['--tokens', join(model, 'tokens.json'), '--preset', 'small'];
    const golden = await cli(dir, 'logits', model, ...tokens, '--out', 'golden.npy');
    const csim = await cli(dir, 'logits', model, ...tokens, '--out', 'csim.npy', '--engine', 'csim');
    expect([golden.exitCode, csim.exitCode]).toEqual([0, 0]);
    expect(await readNpyFloats(join(dir, 'csim.npy'))).toEqual(await readNpyFloats(join(dir, 'golden.npy')));
  });
});

describe('--engine board', () => {
  it('says in one line that there is no board', async () => {
    const tokens = ['--tokens', join(model, 'tokens.json'), '--preset', 'small', '--quiet'];
    const run = await cli(dir, 'logits', model, ...tokens, '--engine', 'board');
    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
    expect(run.stderr).toMatch(
      /^fastmamba: fastmamba-host: \/dev\/xdma0_user: No such file .*XDMA driver loaded\?\n?$/,
    );
  });
});

describe('plan', () => {
  it('is one object with the preset and lengths asked for', async () => {
    const plan = onlyJson(await cli(dir, 'plan', model, ...small, '--prefill', '16,100', '-o', 'plan.json'));
    expect(plan).toMatchObject({ preset: 'small', prefill: [{ tokens: 16 }, { tokens: 100 }] });
    expect(JSON.parse(readFileSync(join(dir, 'plan.json'), 'utf8'))).toEqual(plan);
    const table = await cli(dir, 'plan', model, '--preset', 'small', '--details');
    expect(table.stdout).toContain('state_space');
  });
});
