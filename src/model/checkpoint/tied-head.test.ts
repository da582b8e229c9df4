import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  FORMATS,
  LAYOUTS,
  type Layout,
  type TestTensors,
  tinyConfig,
  tinyTensors,
  writeCheckpoint,
} from '../../../test/support/checkpoint-writer.js';
import { userErrorOf } from '../../../test/support/damage.js';
import { openCheckpoint } from './checkpoint.js';

const root = mkdtempSync(join(tmpdir(), 'tied-'));
afterAll(() => rmSync(root, { recursive: true }));
const dir = join(root, 'model');

const embeddingName = (tensors: TestTensors) => [...tensors.keys()].find((name) => /embedding/.test(name))!;

/** A tied config whose file holds a head made from the embedding. */
function withHead(layout: Layout, change: (head: Float32Array) => void, rows = 64) {
  const config = tinyConfig(layout, { tied: true });
  const tensors = tinyTensors(config);
  const data = tensors.get(embeddingName(tensors))!.data.slice(0, rows * 32);
  change(data);
  return { config, tensors: tensors.set('lm_head.weight', { shape: [rows, 32], data }), head: data };
}

describe('a stored head that the config ties to the embedding', () => {
  it.each(FORMATS)('is used where it differs, be it in the last value: %s', async (format) => {
    for (const layout of LAYOUTS) {
      const { config, tensors, head } = withHead(layout, (values) => {
        values[values.length - 1] += 0.5;
      });
      await writeCheckpoint(dir, config, tensors, format);
      const checkpoint = await openCheckpoint(dir);
      expect(checkpoint.config.tieEmbeddings).toBe(false);
      expect((await checkpoint.read('lmHead')).data).toEqual(head);
      expect(checkpoint.notes).toEqual([
        expect.stringMatching(/lm_head\.weight differs from the embedding, .*the stored head is used$/),
      ]);
      await checkpoint.close();
    }
  });

  it.each(FORMATS)('is the embedding where it is equal, without a word: %s', async (format) => {
    for (const layout of LAYOUTS) {
      const { config, tensors } = withHead(layout, () => {});
      await writeCheckpoint(dir, config, tensors, format);
      const checkpoint = await openCheckpoint(dir);
      expect(checkpoint.config.tieEmbeddings).toBe(true);
      expect(checkpoint.notes).toEqual([]);
      await checkpoint.close();
    }
  });

  it('must have the shape of the embedding', async () => {
    const { config, tensors } = withHead('huggingface', () => {}, 60);
    await writeCheckpoint(dir, config, tensors);
    expect(await userErrorOf(() => openCheckpoint(dir))).toContain(
      'tensor lm_head.weight: found shape [60,32], expected [64,32]',
    );
  });
});
