/** The commands on small inputs, in a process of their own: what they print, what they write, how they end. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpyFloats } from '../../src/util/npy.js';
import { packagePath } from '../../src/util/package-path.js';
import { cli, onlyJson } from '../support/cli.js';

const reference = (name: string) => packagePath('test', 'data', 'reference', name);
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Largest difference between a .npy file and the reference's logits, over real tokens. */
async function differenceFrom(name: string, path: string): Promise<number> {
  const expected = await readNpyFloats(join(reference(name), 'logits.npy'));
  const found = await readNpyFloats(path);
  expect(found.shape).toEqual(expected.shape);
  let largest = 0;
  for (let i = 0; i < found.data.length; i++) {
    if (i % found.shape[1] < 97) largest = Math.max(largest, Math.abs(found.data[i] - expected.data[i]));
  }
  return largest;
}

const tokensOf = (name: string) => ['--tokens', join(reference(name), 'tokens.json')];

describe('logits', () => {
  it.each(['hf-f32', 'hf-bf16', 'statespaces-bin'])('of the float model are those of %s', async (name) => {
    const args = ['--engine', 'float', ...tokensOf(name), '--out', `${name}.npy`, '--json'];
    const run = await cli(dir, 'logits', reference(name), ...args);
    expect(run.exitCode).toBe(0);
    expect(onlyJson(run)).toMatchObject({ engine: 'float', tokens: 40, vocabSize: 97, out: `${name}.npy` });
    expect(await differenceFrom(name, join(dir, `${name}.npy`))).toBeLessThan(1e-4);
  });

  it('of the golden model are near, from the checkpoint and from its artifact, and those of engine fast', async () => {
    const name = 'hf-f32';
    const first = await cli(dir, 'logits', reference(name), ...tokensOf(name));
    expect(first.stderr).toContain('random tokens');
    const file = join(dir, 'build', name, 'logits-golden.npy');
    expect(first.stdout).toContain('logits [40, 97]');
    // int8 of random weights: near enough to tell a wrong scale or order; equality with float is not to be had.
    expect(await differenceFrom(name, file)).toBeLessThan(2);
    const once = (await readNpyFloats(file)).data;

    const again = await cli(dir, 'logits', reference(name), ...tokensOf(name));
    expect(again.stderr).toContain(`found in build/${name}/quantized`);
    const artifact = join(dir, 'build', name, 'quantized');
    await cli(dir, 'logits', artifact, ...tokensOf(name), '--out', 'artifact.npy');
    expect((await readNpyFloats(join(dir, 'artifact.npy'))).data).toEqual(once);
    await cli(dir, 'logits', artifact, ...tokensOf(name), '--engine', 'fast', '--out', 'fast.npy');
    expect((await readNpyFloats(join(dir, 'fast.npy'))).data).toEqual(once);

    const other = await cli(dir, 'logits', artifact, ...tokensOf(name), '--state-bits', '16', '--quiet');
    expect(other.stderr).toContain('--state-bits: found 16, but');
    expect(other.exitCode).toBe(2);
    const float = await cli(dir, 'logits', artifact, ...tokensOf(name), '--engine', 'float', '--quiet');
    expect(float.stderr).toContain('found a quantized model, expected a checkpoint');
  });
});

describe('quantize', () => {
  it('writes the same bytes for the same input, and other bytes for other options', async () => {
    const quantize = async (folder: string, ...more: string[]) => {
      const run = await cli(dir, 'quantize', reference('hf-f32'), '-o', folder, '--json', ...more);
      expect(onlyJson(run)).toMatchObject({ model: 'hf-f32', output: folder });
      const manifest = await import(join(dir, folder, 'manifest.json'), { with: { type: 'json' } });
      return { result: onlyJson(run), tensors: manifest.default.tensors };
    };
    const one = await quantize('one');
    const two = await quantize('two');
    expect(two.tensors).toEqual(one.tensors);
    const coarse = await quantize('coarse', '--weight-bits', '4', '--calibration-tokens', '128');
    const narrow = { weightBits: 4, headBits: 8, weightGroup: 128, rounding: 'gptq' };
    expect(coarse.result.options).toMatchObject(narrow);
    expect(coarse.result.calibration).toMatchObject({ tokens: 128, roundingTokens: 128 });
    const again = await quantize('again', '--weight-bits', '4', '--calibration-tokens', '128');
    expect(again.tensors).toEqual(coarse.tensors);
    expect(coarse.tensors).not.toEqual(one.tensors);
    expect(readdirSync(dir).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('takes widths, groups and the way of rounding, and says what was chosen', async () => {
    const args = ['quantize', reference('hf-f32'), '-o', 'ternary', '--weight-bits', '2', '--head-bits', '4'];
    const more = ['--weight-group', 'none', '--rounding', 'nearest', '--calibration-tokens', '128'];
    const run = await cli(dir, ...args, ...more);
    expect(run.stdout).toContain('weights 2 bits, LM head 4; no groups, rounded to the nearest');
    const other = await cli(dir, 'eval', 'ternary', '--weight-group', '128');
    expect(other.exitCode).toBe(2);
    const wrong = await cli(dir, ...args, '--head-bits', '6');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('Found 6, expected 8, 4 or 2');
    const idle = await cli(dir, 'quantize', reference('hf-f32'), '-o', 'idle', '--weight-group', '64');
    expect(idle.stderr).toContain('weightGroup: found 64, expected 0, as all weights have 8 bits');
    expect(idle.exitCode).toBe(2);
  });
});

describe('run', () => {
  it('gives the same text for the same seed, as text and as JSON', async () => {
    const args = ['--engine', 'float', '--prompt', 'ROMEO:', '--tokens', '12', '--seed', '7', '--top-k', '5'];
    const text = await cli(dir, 'run', ...args);
    expect(text.stderr).toContain('seed 7');
    const json = onlyJson(await cli(dir, 'run', ...args, '--json', '--quiet'));
    expect(json).toMatchObject({ prompt: 'ROMEO:', engine: 'float', seed: 7, tokens: 12 });
    expect(json.ids).toHaveLength(12);
    expect(text.stdout).toBe(json.text);
  });
});

describe('doctor', () => {
  it('finds the compiler and says how to get what is not here', async () => {
    const run = await cli(dir, 'doctor', '--json');
    const { tools } = onlyJson(run) as { tools: { name: string; found: boolean; get: string }[] };
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['g++', 'vitis_hls', 'bambu']));
    const { compiler } = onlyJson(run) as { compiler: unknown };
    expect(compiler).toEqual({ program: 'g++', version: expect.stringMatching(/^\d+\.\d+/) });
    expect(tools.every(({ get }) => get.length > 0)).toBe(true);
    expect((await cli(dir, 'doctor')).stdout).toContain('g++');
    expect(run.exitCode).toBe(0);
  });

  it('reports nothing that is not there', async () => {
    const main = packagePath('dist', 'cli', 'main.js');
    const options = { cwd: dir, env: { PATH: dir }, extendEnv: false };
    const { stdout } = await execa(process.execPath, [main, 'doctor', '--json'], options);
    const { tools } = JSON.parse(stdout) as {
      tools: { name: string; found: boolean; version: string | null }[];
    };
    // An npm package does not depend on the path.
    const others = tools.filter(({ name }) => name !== 'yowasp');
    expect(others.length).toBeGreaterThan(4);
    for (const tool of others) expect(tool).toMatchObject({ found: false, version: null });
  });
});
