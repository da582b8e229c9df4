/** What a user is told of a checkpoint that is not plain, and the option that decides how its gated norm is read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyConfig, tinyTensors, writeCheckpoint } from '../support/checkpoint-writer.js';
import { cli, onlyJson } from '../support/cli.js';

let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'checkpoints-'));
  writeFileSync(join(dir, 't.json'), '\ufeff[1, 5, 9, 63]');
  const grouped = tinyConfig('huggingface', { groups: 4 });
  await writeCheckpoint(join(dir, 'grouped'), grouped, tinyTensors(grouped));
  const wrapped = tinyConfig('state-spaces', { tied: true });
  const tensors = [...tinyTensors(wrapped)].map(([name, tensor]) => [`module.${name}`, tensor] as const);
  const head = tinyTensors(tinyConfig('state-spaces', { tied: false }), 7).get('lm_head.weight')!;
  await writeCheckpoint(
    join(dir, 'wrapped'),
    wrapped,
    new Map([...tensors, ['module.lm_head.weight', head]]),
  );
});
afterAll(() => rmSync(dir, { recursive: true }));

const logits = (model: string, ...more: string[]) => cli(dir, 'logits', model, '--tokens', 't.json', ...more);
const notes = (stderr: string) => stderr.split('\n').filter((line) => line.startsWith('fastmamba:'));

describe('several groups of B and C', () => {
  it('are normalized each, and the line that says so comes once', async () => {
    const run = await logits('grouped', '--engine', 'float', '--out', 'each.npy');
    expect(run.exitCode).toBe(0);
    expect(notes(run.stderr)).toEqual([
      'fastmamba: n_groups 4: the gated norm runs over each group (--norm-groups 4; 1 for the whole width)',
    ]);
    const quiet = await logits(
      'grouped',
      '--engine',
      'float',
      '--quiet',
      '--norm-groups',
      '1',
      '--out',
      'all.npy',
    );
    expect(quiet.stderr).toBe('');
    expect(readFileSync(join(dir, 'all.npy')).equals(readFileSync(join(dir, 'each.npy')))).toBe(false);
  });

  it('are part of what a quantized model is', async () => {
    const other = await cli(dir, 'quantize', 'grouped', '--norm-groups', '2', '-o', 'q');
    expect([other.exitCode, notes(other.stderr)]).toEqual([
      2,
      ["fastmamba: --norm-groups: found 2, expected 1 or 4, the model's groups"],
    ]);
    expect((await cli(dir, 'quantize', 'grouped', '--norm-groups', '1', '-o', 'q')).exitCode).toBe(0);
    expect((await logits('q', '--norm-groups', '1', '--out', 'q1.npy')).exitCode).toBe(0);
    const contradicted = await logits('q', '--norm-groups', '4');
    expect(contradicted.stderr).toContain('--norm-groups: found 4, but q is quantized with 1');
    expect(contradicted.exitCode).toBe(2);
    // A checkpoint's artifact is made anew where it was made with the other choice.
    await logits('grouped', '--norm-groups', '1', '--out', 'g1.npy');
    await logits('grouped', '--out', 'g4.npy');
    const [q1, g1, g4] = ['q1', 'g1', 'g4'].map((name) => readFileSync(join(dir, `${name}.npy`)));
    expect(g1.equals(q1)).toBe(true);
    expect(g4.equals(g1)).toBe(false);
  });

  it('are planned as they are normalized', async () => {
    const digest = async (...args: string[]) =>
      onlyJson(await cli(dir, 'plan', 'grouped', '--preset', 'small', '--json', ...args)).digest;
    expect(await digest('--norm-groups', '1')).not.toBe(await digest());
  });
});

it('says what was read over and which head was taken', async () => {
  const { exitCode, stderr } = await logits('wrapped', '--engine', 'float', '--out', 'w.npy');
  expect(exitCode).toBe(0);
  expect(notes(stderr)).toEqual([
    'fastmamba: wrapped/model.safetensors: every tensor name begins with module.: read without it',
    'fastmamba: wrapped/model.safetensors: lm_head.weight differs from the embedding, to which config.json ties it: the stored head is used',
  ]);
});
