/**
 * The package as a user gets it: packed from a copy of the sources (which builds it), installed into an empty folder, its command line run there,
 * and the examples type-checked against its declarations and run.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-package-'));
const sources = join(folder, 'sources');
const user = join(folder, 'user');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Nothing that is made, and nothing of this checkout's own. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'build', '.git']);
let packed: string[] = [];

beforeAll(async () => {
  const root = packagePath();
  cpSync(root, sources, { recursive: true, filter: (path) => !LEFT_OUT.has(relative(root, path)) });
  // What `npm ci` leaves: the packed files must not depend on more.
  await execa('ln', ['-s', packagePath('node_modules'), join(sources, 'node_modules')]);
  const { stdout } = await execa('npm', ['pack', '--json', '--silent'], { cwd: sources });
  const [made] = Object.values(JSON.parse(stdout) as Record<string, PackedFiles>);
  packed = made.files.map(({ path }) => path);
  mkdirSync(user);
  writeFileSync(join(user, 'package.json'), '{ "private": true, "type": "module" }\n');
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund'];
  await execa('npm', ['install', ...quietly, join(sources, made.filename)], { cwd: user });
  cpSync(join(user, 'node_modules', 'fastmamba', 'examples'), user, { recursive: true });
});

interface PackedFiles {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

it('holds what runs, and neither sources nor tests', () => {
  const folders = new Set(packed.map((path) => path.split('/')[0]));
  for (const name of ['src', 'test', 'node_modules']) expect(folders).not.toContain(name);
  expect(packed.filter((path) => /\.test\.|(^|\/)(bench|maintain)\//.test(path))).toEqual([]);
  for (const path of [
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli/main.js',
    'dist/eval/worker.js',
    'LICENSE',
  ])
    expect(packed).toContain(path);
  const others = packed.filter((path) => !path.startsWith('models/') && !path.endsWith('.ejs'));
  expect(others.length).toBeLessThan(200);
});

it('runs the whole chain on the model it ships', async () => {
  const args = ['fastmamba', 'hls', '--preset', 'small', '--json'];
  const { stdout } = await execa('npx', ['--no-install', ...args], { cwd: user });
  const { model, csim } = JSON.parse(stdout);
  expect(model).toBe('tiny-mamba2');
  expect(csim.mismatches).toBe(0);
  expect(csim.words).toBeGreaterThan(1e5);
});

it('evaluates on worker threads', async () => {
  const args = ['fastmamba', 'eval', '--tokens', '128', '--window', '64', '--threads', '2', '--json'];
  const { stdout } = await execa('npx', ['--no-install', ...args], { cwd: user });
  const { float, golden } = JSON.parse(stdout);
  // A model that knows nothing of its 256 tokens has a perplexity of 256.
  expect(float.perplexity).toBeLessThan(20);
  expect(Math.abs(golden.perplexity / float.perplexity - 1)).toBeLessThan(0.05);
});

it('has declarations that the examples type-check with', async () => {
  const compilerOptions = {
    ...{ target: 'ES2022', module: 'NodeNext', lib: ['ES2023'], strict: true, types: ['node'] },
    typeRoots: [packagePath('node_modules', '@types')],
  };
  const config = { compilerOptions, include: ['*.ts'] };
  writeFileSync(join(user, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = await execa(packagePath('node_modules', '.bin', 'tsc'), [], {
    cwd: user,
    reject: false,
  });
  expect(stdout).toBe('');
});

const example = async (name: string) =>
  (await execa(process.execPath, [join(user, `${name}.js`)], { cwd: user })).stdout;
/** The number in front of `text`. */
const before = (text: string, output: string) => Number(new RegExp(`([\\d.]+)${text}`).exec(output)?.[1]);

it('example own-unit: equal words in C++ and RTL, in the planned cycles, and cells', async () => {
  // The example itself fails where a word differs.
  const output = await example('own-unit');
  expect(before(' words equal', output)).toBe(101);
  const [cpp, rtl] = output.split('\n');
  expect(before(' words equal', cpp)).toBe(before(' words equal', rtl));
  expect(before(' cycles measured', output)).toBe(before(' planned', output));
  expect(before(' LUT', output)).toBeGreaterThan(4 * 16);
});

it('example own-device: a plan within the board', async () => {
  const output = await example('own-device');
  const shares = [...output.matchAll(/(\w+): ([\d.]+) of (\d+)/g)];
  expect(shares.map(([, kind, , of]) => [kind, Number(of)])).toEqual([
    ['dsp', 740],
    ['lut', 134600],
    ['ff', 269200],
    ['bram36', 365],
  ]);
  for (const [, , used, of] of shares) expect(Number(used)).toBeLessThanOrEqual(Number(of));
});

it('example quantization: fewer bits cost perplexity', async () => {
  const lines = (await example('quantization')).split('\n');
  const of = (name: string) => Number(/[\d.]+$/.exec(lines.find((line) => line.startsWith(name))!)?.[0]);
  expect(Math.abs(of('int8') / of('float') - 1)).toBeLessThan(0.02);
  expect(of('weights of 4 bits')).toBeGreaterThan(of('int8'));
  expect(of('convolution weights of 3 bits')).toBeGreaterThan(of('convolution weights of 6 bits'));
});

it('example plan-search: a larger budget is used and buys speed', async () => {
  const output = await example('plan-search');
  const found = [...output.matchAll(/at most (\d+) DSP: (\d+) used, (\d+) tokens/g)];
  const [small, large] = found.map(([, limit, dsp, speed]) => ({
    limit: +limit,
    dsp: +dsp,
    speed: +speed,
  }));
  for (const { limit, dsp } of [small, large]) expect(dsp).toBeLessThanOrEqual(limit);
  expect(large.speed).toBeGreaterThan(small.speed);
  expect(output).toContain('chosen');
});
