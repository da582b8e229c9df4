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
import type { QuantizedModel, QuantOptions } from '../types.js';
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
    await quantizeModel(checkpoint, undefined, options, {
      ...{ outDir, calibrationTokens, source: 'digest', threads: 1 },
    });
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
  it.each([
    { hadamard: 'folded' },
    { hadamard: 'smooth' },
    { weightBits: 4, weightGroup: 32 },
    { weightBits: 2, headBits: 4, weightGroup: 16, rounding: 'nearest' },
    { headBits: 4, weightGroup: 0 },
  ] satisfies Partial<QuantOptions>[])('read back equals the model in memory (%o)', async (options) => {
    const dir = join(folder, `same-${Object.values(options).join('-')}`);
    await quantize(dir, options);
    const checkpoint = await openCheckpoint(checkpointDir);
    const windows = calibrationWindows(checkpoint.config, undefined, calibrationTokens).windows;
    const tokens = windows.flatMap((window) => [...window]);
    const calibration = await calibrate(checkpoint, calibrationWindows(checkpoint.config, tokens));
    const parts = await quantizeToParts(checkpoint, calibration, { options });
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

  it('of version 2, whose options on weights say how much of int8 is used, gives the same model', async () => {
    const dir = await copyOf('version-2');
    await editManifest(dir, (manifest) => {
      manifest.version = 2;
      const { hadamard, nau, stateBits } = manifest.options;
      manifest.options = { hadamard, nau, stateBits, weightBits: 6 };
    });
    expect(await readWhole(dir)).toEqual(await readWhole(artifact));
  });

  it('holds two weights of 4 bits a byte, and says on how many tokens GPTQ rounded them', async () => {
    const dir = join(folder, 'narrow');
    await quantize(dir, { weightBits: 4, headBits: 2 });
    const { manifest } = await openArtifact(dir);
    const shapeOf = (name: string) => manifest.tensors.find((tensor) => tensor.name === name)?.shape;
    expect(shapeOf('layers.0.inProj.weight')).toEqual([324, 32]);
    expect(shapeOf('layers.0.inProj.groupScale')).toEqual([324, 1]);
    expect(shapeOf('head.lmHead.weight')).toEqual([112, 16]);
    expect(manifest.calibration.roundingTokens).toBe(128);
  });

  it('does not overwrite a folder that is something else', async () => {
    const dir = await mkdtemp(join(folder, 'mine-'));
    await expect(quantize(dir)).rejects.toThrow(/no artifact/);
    expect(await readdir(dir)).toEqual([]);
  });

  it('refuses options out of range', async () => {
    await expect(quantize(join(folder, 'x'), { stateBits: 25 })).rejects.toThrow(/stateBits: found 25/);
    for (const [options, message] of [
      [{ weightBits: 3 }, /weightBits: found 3, expected 8, 4 or 2/],
      [{ headBits: 6 }, /headBits: found 6, expected 8, 4 or 2/],
      [{ weightBits: 4, weightGroup: 24 }, /weightGroup: found 24, expected a power of two from 16 to 4096/],
      [{ weightGroup: 128 }, /weightGroup: found 128, expected 0, as all weights have 8 bits/],
      [{ rounding: 'gptq' }, /rounding: found gptq, expected nearest, as all/],
    ] as const) {
      await expect(quantize(join(folder, 'x'), options)).rejects.toThrow(message);
    }
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
    ['newer', (m) => (m.version = 4), /version: found 4, expected 1 to 3; it was written by a newer release/],
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
