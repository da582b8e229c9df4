import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from './checkpoint.js';

const REFERENCE = new URL('../../../test/data/reference/', import.meta.url).pathname;
const SHIPPED = new URL('../../../models/tiny-mamba2/', import.meta.url).pathname;

describe('openCheckpoint', () => {
  it.each(['hf-f32', 'hf-bf16', 'statespaces-bin'])(
    'reads every tensor of %s in the shape of its config',
    async (name) => {
      const checkpoint = await openCheckpoint(REFERENCE + name);
      const rows = name === 'statespaces-bin' ? 112 : 97;
      expect(checkpoint.config).toMatchObject({
        dModel: 64,
        nLayers: 2,
        vocabSize: 97,
        paddedVocabSize: rows,
        dtMax: Infinity,
      });
      for (const tensor of checkpoint.names()) {
        const { shape, data } = await checkpoint.read(tensor);
        expect(data.length).toBe(shape.reduce((n, size) => n * size, 1));
      }
      expect(checkpoint.shape('layers.1.convWeight')).toEqual([192, 4]);
      await checkpoint.close();
    },
  );

  it('stores the same weights three times, up to rounding', async () => {
    const [f32, bf16, f16] = await Promise.all(
      ['hf-f32', 'hf-bf16', 'statespaces-bin'].map((n) => openCheckpoint(REFERENCE + n)),
    );
    for (const name of f32.names()) {
      const exact = (await f32.read(name)).data;
      const coarse = (await bf16.read(name)).data;
      const half = (await f16.read(name)).data;
      const off = exact.findIndex(
        (x, i) =>
          Math.abs(coarse[i] - x) > Math.abs(x) * 2 ** -8 ||
          Math.abs(half[i] - x) > Math.abs(x) * 2 ** -11 + 2 ** -25,
      );
      expect([name, off]).toEqual([name, -1]);
    }
    await Promise.all([f32, bf16, f16].map((c) => c.close()));
  });

  it('reads some rows as the whole tensor has them', async () => {
    const checkpoint = await openCheckpoint(SHIPPED);
    const whole = await checkpoint.read('embedding');
    const rows = await checkpoint.readRows('embedding', 100, 3);
    expect(rows.shape).toEqual([3, 192]);
    expect(rows.data).toEqual(whole.data.slice(100 * 192, 103 * 192));
    expect((await checkpoint.read('lmHead')).data).toEqual(whole.data);
    await expect(checkpoint.readRows('embedding', 255, 2)).rejects.toThrow(RangeError);
    await checkpoint.close();
  });

  it('takes a table without padding where config.json only carries the multiple along', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
    cpSync(join(REFERENCE, 'hf-f32'), folder, { recursive: true });
    const config = readFileSync(join(REFERENCE, 'hf-f32/config.json'), 'utf8');
    const withMultiple = config.replace('{', '{"pad_vocab_size_multiple": 16,');
    writeFileSync(join(folder, 'config.json'), withMultiple);
    const checkpoint = await openCheckpoint(folder);
    expect(checkpoint.config).toMatchObject({ vocabSize: 97, paddedVocabSize: 97 });
    expect(checkpoint.shape('lmHead')).toEqual([97, 64]);
    await checkpoint.close();

    // Rows that are neither the vocabulary nor its padding stay an error, which states the padded ones.
    writeFileSync(join(folder, 'config.json'), withMultiple.replace('"vocab_size": 97', '"vocab_size": 95'));
    await expect(openCheckpoint(folder)).rejects.toThrow('found shape [97,64], expected [96,64]');
    rmSync(folder, { recursive: true });
  });
});
