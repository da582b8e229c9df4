import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import { packagePath } from '../../util/package-path.js';
import { calibrate } from '../calibrate/calibrate.js';
import { calibrationWindows } from '../calibrate/tokens.js';
import { modelOfParts, quantizeToParts } from '../quantize/in-memory.js';
import type { QuantizedModel } from '../types.js';
import { openArtifact, quantizeModel } from './artifact.js';

// biome-ignore lint/suspicious/noExplicitAny: the tests put wrong types into it on purpose
type LooseManifest = any;

const checkpointDir = packagePath('test', 'data', 'reference', 'statespaces-bin');
const calibrationTokens = 128;
let folder: string;
let artifact: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'artifact-test-'));
  artifact = join(folder, 'original');
  await quantize(artifact);
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function quantize(outDir: string, options = {}): Promise<void> {
  const checkpoint = await openCheckpoint(checkpointDir);
  try {
    await quantizeModel(checkpoint, undefined, options, { outDir, calibrationTokens, source: 'digest' });
  } finally {
    await checkpoint.close();
  }
}

/** A copy of the artifact to damage. */
async function copyOf(name: string): Promise<string> {
  const dir = join(folder, name);
  await cp(artifact, dir, { recursive: true });
  return dir;
}

async function editManifest(dir: string, edit: (manifest: LooseManifest) => void): Promise<void> {
  const file = join(dir, 'manifest.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  edit(manifest);
  await writeFile(file, JSON.stringify(manifest));
}

/** Opens and reads everything. */
async function readWhole(dir: string) {
  return contents(await openArtifact(dir));
}

async function contents(model: QuantizedModel) {
  const { nLayers, paddedVocabSize } = model.config;
  const layers = [];
  for (let i = 0; i < nLayers; i++) layers.push(await model.layer(i));
  const tokens = Array.from({ length: paddedVocabSize }, (_, i) => i);
  const { config, options, scalars } = model;
  return {
    config,
    options,
    scalars,
    layers,
    head: await model.head(),
    rows: await model.embeddingRows(tokens),
  };
}

async function failure(dir: string): Promise<string> {
  const error = await readWhole(dir).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  const { message } = error as UserError;
  expect(message).toContain(dir);
  expect(message.length).toBeLessThan(400);
  return message;
}

async function hashes(dir: string): Promise<string[]> {
  const names = (await readdir(dir)).sort();
  const hash = async (name: string) =>
    createHash('sha256')
      .update(await readFile(join(dir, name)))
      .digest('hex');
  return Promise.all(names.map(async (name) => `${name} ${await hash(name)}`));
}

describe('artifact', () => {
  it.each(['folded', 'smooth'] as const)('read back equals the model in memory (%s)', async (hadamard) => {
    const dir = join(folder, `same-${hadamard}`);
    await quantize(dir, { hadamard });
    const checkpoint = await openCheckpoint(checkpointDir);
    const windows = calibrationWindows(checkpoint.config, undefined, calibrationTokens).windows;
    const tokens = windows.flatMap((window) => [...window]);
    const calibration = await calibrate(checkpoint, calibrationWindows(checkpoint.config, tokens));
    const parts = await quantizeToParts(checkpoint, calibration, { options: { hadamard } });
    const memory = await contents(modelOfParts(parts));
    await checkpoint.close();
    expect(await readWhole(dir)).toEqual(memory);
  });

  it('has the same bytes when made again, and replaces itself', async () => {
    const dir = join(folder, 'again');
    await quantize(dir);
    await quantize(dir);
    expect(await hashes(dir)).toEqual(await hashes(artifact));
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('records where its calibration came from', async () => {
    const { manifest } = await openArtifact(artifact);
    expect(manifest.calibration).toEqual({ kind: 'random', seed: 1, tokens: 128, window: 128 });
    expect(manifest.model).toBe('statespaces-bin');
    expect(manifest.source).toBe('digest');
  });

  it('of version 1, with 12 fraction bits of |A| and no shifts, gives the same layer with shifts of 12', async () => {
    const dir = await copyOf('version-1');
    await editManifest(dir, (manifest) => {
      manifest.version = 1;
      manifest.tensors = manifest.tensors.filter(({ name }: LooseManifest) => !name.endsWith('.aShift'));
    });
    const [layer] = (await readWhole(artifact)).layers;
    expect((await readWhole(dir)).layers[0]).toEqual({ ...layer, aShift: new Uint8Array(4).fill(12) });
  });

  it('does not overwrite a folder that is something else', async () => {
    const dir = await mkdtemp(join(folder, 'mine-'));
    await expect(quantize(dir)).rejects.toThrow(/no artifact/);
    expect(await readdir(dir)).toEqual([]);
  });

  it('refuses options out of range', async () => {
    await expect(quantize(join(folder, 'x'), { stateBits: 25 })).rejects.toThrow(/stateBits: found 25/);
    await expect(quantize(join(folder, 'x'), { weightBits: 3 })).rejects.toThrow(/weightBits: found 3/);
  });
});

describe('a damaged artifact is refused', () => {
  it.each(['layer-000.bin', 'layer-001.bin', 'head.bin', 'embedding.bin'])('one bit of %s', async (name) => {
    const dir = await copyOf(`bit-${name}`);
    const bytes = await readFile(join(dir, name));
    bytes[Math.floor(bytes.length / 3)] ^= 4;
    await writeFile(join(dir, name), bytes);
    expect(await failure(dir)).toMatch(new RegExp(`${name}: tensor .*: found checksum .*damaged`));
  });

  it('a tensor file cut short', async () => {
    const dir = await copyOf('short');
    await truncate(join(dir, 'layer-001.bin'), 100);
    expect(await failure(dir)).toMatch(/layer-001.bin: found 100 bytes, expected \d+; is it cut short/);
  });

  it('a tensor file missing', async () => {
    const dir = await copyOf('missing');
    await rm(join(dir, 'head.bin'));
    expect(await failure(dir)).toMatch(/head.bin: found none/);
  });

  it('no manifest, a manifest cut short, another format', async () => {
    expect(await failure(join(folder, 'nowhere'))).toMatch(/manifest.json/);
    const dir = await copyOf('cut');
    await truncate(join(dir, 'manifest.json'), 500);
    expect(await failure(dir)).toMatch(/manifest.json: not valid JSON/);
    await editManifest(await copyOf('format'), (m) => {
      m.format = 'something';
    });
    expect(await failure(join(folder, 'format'))).toMatch(/format: found "something"/);
  });

  it.each<[string, (manifest: LooseManifest) => void, RegExp]>([
    ['newer', (m) => (m.version = 3), /version: found 3, expected 1 or 2; it was written by a newer release/],
    ['layers', (m) => m.layers.pop(), /layers: found 1 layers, expected 2 layers/],
    ['config', (m) => (m.config.dModel = 32), /inProj: found 324 x 64, expected 324 x 32/],
    ['shape', (m) => (m.tensors.at(-3).shape = [111]), /head.lmHead.bias: found int32 \[111\]/],
    ['dtype', (m) => (m.tensors.at(-1).dtype = 'int8'), /head.lmHead.shift: found int8/],
    ['tensor', (m) => m.tensors.shift(), /tensors: found no embedding.0/],
    ['field', (m) => delete m.head.logitFracBits, /head.logitFracBits/],
    ['path', (m) => (m.tensors[0].file = '../../x.bin'), /tensors.0.file/],
    ['range', (m) => (m.options.stateBits = 99), /options.stateBits/],
  ])('manifest: %s', async (name, edit, message) => {
    const dir = await copyOf(`manifest-${name}`);
    await editManifest(dir, edit);
    expect(await failure(dir)).toMatch(message);
  });
});
