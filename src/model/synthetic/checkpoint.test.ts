import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../checkpoint/checkpoint.js';
import { FloatModel } from '../float/model.js';
import { loadTokenizer } from '../tokenizer/tokenizer.js';
import { makeSyntheticCheckpoint, NAMED_SHAPES } from './checkpoint.js';

const root = mkdtempSync(join(tmpdir(), 'synthetic-'));
afterAll(() => rmSync(root, { recursive: true }));
const fields = {
  ...NAMED_SHAPES.tiny,
  n_groups: 2,
  conv_kernel: 3,
  tie_word_embeddings: false,
  use_bias: true,
};

describe('a synthetic checkpoint', () => {
  it('has the same weights in one file or several, and runs', async () => {
    await makeSyntheticCheckpoint(join(root, 'one'), { fields, seed: 7, type: 'BF16', maxShardBytes: 1e9 });
    await makeSyntheticCheckpoint(join(root, 'many'), {
      fields,
      seed: 7,
      type: 'BF16',
      maxShardBytes: 40_000,
    });
    expect(readdirSync(join(root, 'one'))).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    expect(readdirSync(join(root, 'many')).length).toBeGreaterThan(4);
    const [one, many] = [await openCheckpoint(join(root, 'one')), await openCheckpoint(join(root, 'many'))];
    for (const name of one.names()) expect(await one.read(name)).toEqual(await many.read(name));
    const logits = (await FloatModel.load(one)).forward([1, 2, 255]);
    expect(logits.every(Number.isFinite)).toBe(true);
    expect(Math.max(...logits)).toBeGreaterThan(0.01);
    expect((await loadTokenizer(join(root, 'one'))).encode('é')).toEqual([0xc3, 0xa9]);
    await Promise.all([one.close(), many.close()]);
  });

  it('has the same bytes for the same seed only', async () => {
    const options = { fields, type: 'F16', maxShardBytes: 1e9 } as const;
    for (const [name, seed] of [
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ] as const) {
      await makeSyntheticCheckpoint(join(root, name), { ...options, seed });
    }
    const [a, b, c] = ['a', 'b', 'c'].map((name) => readFileSync(join(root, name, 'model.safetensors')));
    expect(a.equals(b)).toBe(true);
    expect(a.equals(c)).toBe(false);
  });

  it('is refused over something that exists, or with a shape that does not hold', async () => {
    const options = { fields, seed: 1, type: 'F16', maxShardBytes: 1e9 } as const;
    await expect(makeSyntheticCheckpoint(root, options)).rejects.toThrow('expected none of this name');
    const odd = { ...options, fields: { ...fields, num_heads: 3 } };
    await expect(makeSyntheticCheckpoint(join(root, 'odd'), odd)).rejects.toThrow('field num_heads: found 3');
    expect(readdirSync(root).filter((name) => name.includes('odd'))).toEqual([]);
  });
});
