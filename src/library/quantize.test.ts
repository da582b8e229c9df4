import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { UserError } from '../errors.js';
import { openCheckpoint } from '../model/checkpoint/checkpoint.js';
import { modelOfParts } from '../quant/quantize/in-memory.js';
import { packagePath } from '../util/package-path.js';
import { calibrationFile, quantize, quantizeInMemory } from './quantize.js';

const folder = mkdtempSync(join(tmpdir(), 'quantize-'));
afterAll(() => rmSync(folder, { recursive: true }));
const reference = packagePath('test', 'data', 'reference', 'statespaces-bin');

it('gives the same integers on disk and in memory, and others for other tokens', async () => {
  const checkpoint = await openCheckpoint(reference);
  const ids = (step: number) =>
    Array.from({ length: 96 }, (_, i) => (i * step) % checkpoint.config.vocabSize);
  const request = { calibration: ids(7), stateBits: 20 };
  const disk = await quantize(checkpoint, join(folder, 'disk'), request);
  const memory = modelOfParts(await quantizeInMemory(checkpoint, request));
  expect(disk.options).toEqual(memory.options);
  expect(disk.options.stateBits).toBe(20);
  for (let i = 0; i < disk.config.nLayers; i++) expect(await disk.layer(i)).toEqual(await memory.layer(i));
  expect(await disk.head()).toEqual(await memory.head());
  const other = await quantizeInMemory(checkpoint, { ...request, calibration: ids(1).fill(3) });
  expect(other.layers[0]).not.toEqual(await memory.layer(0));
  await checkpoint.close();
});

it('is refused for a choice that there is not, before any work', async () => {
  const checkpoint = await openCheckpoint(reference);
  await expect(quantizeInMemory(checkpoint, { stateBits: 9 })).rejects.toThrow(UserError);
  await expect(quantize(checkpoint, join(folder, 'none'), { stateBits: 9 })).rejects.toThrow(/stateBits/);
  await checkpoint.close();
});

it('finds the calibration text of a model that has a tokenizer too', () => {
  const tiny = packagePath('models', 'tiny-mamba2');
  expect(calibrationFile(tiny)).toBe(join(tiny, 'calibration.txt'));
  expect(calibrationFile(reference)).toBeUndefined();
});
