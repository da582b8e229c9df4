import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../../test/support/schemas.js';
import { UserError } from '../errors.js';
import { openCheckpoint } from '../model/checkpoint/checkpoint.js';
import { surprise } from '../model/float/cross-entropy.js';
import { quantizeModel } from '../quant/artifact/artifact.js';
import { packagePath } from '../util/package-path.js';
import { ABLATION_VARIANTS, evaluate } from './ablations.js';
import { evalPerplexity } from './perplexity.js';

const checkpoint = packagePath('models', 'tiny-mamba2');
/** The model's tokens are bytes. */
const heldOut = readFileSync(join(checkpoint, 'heldout.txt')).subarray(0, 1024);
const calibrationTokens = readFileSync(join(checkpoint, 'calibration.txt')).subarray(0, 512);
const ranOn = { checkpoint: 'a'.repeat(64), artifact: 'b'.repeat(64), text: 'c'.repeat(64) };
let folder: string;
let artifact: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-test-'));
  artifact = join(folder, 'artifact');
  const source = await openCheckpoint(checkpoint);
  await quantizeModel(source, calibrationTokens, {}, { outDir: artifact });
  await source.close();
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('perplexity', () => {
  it('of golden is within 0.5 % of float on the shipped model', async () => {
    const float = await evalPerplexity({ source: { engine: 'float', checkpoint }, tokens: heldOut });
    const seen: number[] = [];
    const golden = await evalPerplexity({
      source: { engine: 'golden', artifact },
      tokens: heldOut,
      threads: 2,
      progress: (done, total) => seen.push(done / total),
    });
    expect(float).toMatchObject({ tokens: 1024, predicted: 4 * 255 });
    // The README of the model has 1.348 nats over sixteen times as many tokens; the first ones are easier.
    expect(float.nats).toBeGreaterThan(1.1);
    expect(float.nats).toBeLessThan(1.4);
    // The goal over 16,384 tokens, where 0.03 % is measured; over a sixteenth of them chance is four times as large.
    expect(Math.abs(golden.perplexity / float.perplexity - 1)).toBeLessThan(0.005);
    expect(seen).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it('does not depend on the number of threads nor on the engine', async () => {
    const request = {
      source: { engine: 'golden', artifact },
      tokens: heldOut.subarray(0, 70),
      window: 16,
    } as const;
    const one = await evalPerplexity({ ...request, threads: 1 });
    const two = await evalPerplexity({ ...request, threads: 2 });
    expect(two).toEqual(one);
    const fast = { ...request, source: { engine: 'fast', artifact } } as const;
    expect(await evalPerplexity({ ...fast, threads: 1 })).toEqual(one);
    expect(await evalPerplexity({ ...fast, threads: 2 })).toEqual(one);
    expect(one.tokens).toBe(64);
  });

  it('of a uniform guess is the vocabulary', () => {
    const { nats } = surprise(new Float64Array(256), 3);
    expect(Math.exp(nats)).toBeCloseTo(256, 9);
  });

  it('refuses what it cannot measure, from workers too', async () => {
    const source = { engine: 'golden', artifact } as const;
    await expect(evalPerplexity({ source, tokens: heldOut.subarray(0, 100) })).rejects.toThrow(
      /found 100 tokens, expected at least 256/,
    );
    await expect(evalPerplexity({ source, tokens: heldOut, window: 1 })).rejects.toThrow(/window: found 1/);
    const absent = { engine: 'golden', artifact: join(folder, 'absent') } as const;
    for (const threads of [1, 2]) {
      await expect(evalPerplexity({ source: absent, tokens: heldOut, threads })).rejects.toThrow(UserError);
    }
  });
});

describe('ablations', () => {
  it('that no integers can hold are rows that say why', async () => {
    // Random weights: without groups a step of 4 bits leaves the range of a row's multiplier.
    const coarse = { weightBits: 4, weightGroup: 0, rounding: 'nearest', hadamard: 'none' } as const;
    const variants = [...ABLATION_VARIANTS, { name: 'coarse', options: coarse }];
    const random = packagePath('test', 'data', 'reference', 'statespaces-bin');
    const result = await evaluate({
      checkpoint: random,
      tokens: Int32Array.from({ length: 64 }, (_, i) => (i * 31) % 97),
      window: 32,
      calibrationTokens: Int32Array.from({ length: 256 }, (_, i) => (i * 29) % 97),
      ablations: variants,
      threads: 1,
    });
    expect(violations('eval', { model: 'random', ranOn, ...result })).toEqual([]);
    expect(result.ablations.map(({ name }) => name)).toEqual(variants.map(({ name }) => name));
    const failed = result.ablations.filter(({ perplexity }) => perplexity === null);
    expect(failed.length).toBeGreaterThan(0);
    for (const { problem } of failed) expect(problem).toMatch(/row \d+: found a rescale factor of/);
    expect(failed.length).toBeLessThan(result.ablations.length);
  });

  it('have a row each, and two bits without rotation are worse', async () => {
    const result = await evaluate({
      checkpoint,
      artifact,
      tokens: heldOut.subarray(0, 512),
      window: 128,
      calibrationTokens,
      ablations: [
        { name: 'default', options: {} },
        { name: 'w2', options: { weightBits: 2, hadamard: 'none', rounding: 'nearest' } },
      ],
      ablationTokens: 256,
      threads: 2,
    });
    expect(violations('eval', { model: 'tiny', ranOn, ...result })).toEqual([]);
    expect(result.tokens).toBe(512);
    expect(result.ablationTokens).toBe(256);
    expect(result.ablations.map(({ name }) => name)).toEqual(['default', 'w2']);
    const [plain, coarse] = result.ablations.map(({ perplexity }) =>
      Math.abs(perplexity! / result.ablationFloat!.perplexity - 1),
    );
    expect(plain).toBeLessThan(0.01);
    expect(coarse).toBeGreaterThan(plain);
  });
});
