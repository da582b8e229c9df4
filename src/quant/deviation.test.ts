import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Checkpoint, openCheckpoint } from '../model/checkpoint/checkpoint.js';
import { makeSyntheticCheckpoint } from '../model/synthetic/checkpoint.js';
import { packagePath } from '../util/package-path.js';
import { calibrate } from './calibrate/calibrate.js';
import { calibrationWindows } from './calibrate/tokens.js';
import type { Deviation } from './deviation.js';
import { deviationWarnings, warningLines } from './deviation-warnings.js';
import { completeOptions, quantizeInto } from './quantize/quantize.js';
import type { QuantOptions } from './types.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deviation-test-'));
  const shape = {
    hidden_size: 48,
    num_hidden_layers: 2,
    num_heads: 6,
    head_dim: 16,
    state_size: 16,
    n_groups: 3,
  };
  const fields = {
    ...shape,
    conv_kernel: 3,
    expand: 2,
    vocab_size: 101,
    use_bias: true,
    tie_word_embeddings: false,
  };
  await makeSyntheticCheckpoint(join(folder, 'grouped'), {
    fields,
    seed: 3,
    type: 'F32',
    maxShardBytes: 1e9,
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pathOf = (name: string) =>
  name === 'grouped' ? join(folder, name) : packagePath('test', 'data', 'reference', name);

type Edit = (tensor: string, data: Float32Array) => void;

async function open(name: string, edit?: Edit): Promise<Checkpoint> {
  const checkpoint = await openCheckpoint(pathOf(name));
  const read = checkpoint.read.bind(checkpoint);
  checkpoint.read = async (tensor) => {
    const found = await read(tensor);
    edit?.(tensor, found.data);
    return found;
  };
  return checkpoint;
}

/** How far each tap is off with these weights and options. */
async function deviationsOf(name: string, edit?: Edit, options: Partial<QuantOptions> = {}) {
  const checkpoint = await open(name, edit);
  const calibration = await calibrate(checkpoint, calibrationWindows(checkpoint.config, undefined, 512));
  const found: Deviation[] = [];
  const none = () => {};
  const sink = { begin: none, embedding: none, layer: none, head: none };
  await quantizeInto({ ...sink, deviations: (taps) => void found.push(...taps) }, checkpoint, calibration, {
    options,
  });
  await checkpoint.close();
  return found;
}

describe('golden against float, tap by tap', () => {
  it.each(['hf-f32', 'statespaces-bin', 'grouped'])('%s: every tap reads as what float has', async (name) => {
    const found = await deviationsOf(name);
    expect(found.length).toBe(2 * 12 + 1);
    // A unit or an order that were wrong would leave half of the value and more.
    for (const { tap, error } of found) expect(error, tap).toBeLessThan(tap === 'logits' ? 0.06 : 0.03);
    expect(found.every(({ error }) => error > 0)).toBe(true);
  });

  it.each([
    {},
    { weightBits: 4 },
    { weightBits: 4, rounding: 'nearest', weightGroup: 0 },
    { headBits: 4 },
    { weightBits: 2, headBits: 2 },
    { nau: 'paper' },
    { weightBits: 4, nau: 'paper' },
    { hadamard: 'none' },
    { hadamard: 'online' },
    { hadamard: 'smooth' },
    { stateBits: 16 },
  ] satisfies Partial<QuantOptions>[])('ordinary weights give no warning with %o', async (options) => {
    const found = await deviationsOf('hf-f32', undefined, options);
    expect(deviationWarnings(found, completeOptions(options))).toEqual([]);
  });

  const ending =
    (wanted: string, change: (value: number, i: number) => number): Edit =>
    (tensor, data) => {
      if (tensor.endsWith(wanted)) for (let i = 0; i < data.length; i++) data[i] = change(data[i], i);
    };
  it.each<[string, Edit, string]>([
    ['dt_bias + 30', ending('.dtBias', (v) => v + 30), 'dt'],
    ['a norm gain of 400 in a channel', ending('.norm', (v, i) => (i === 5 ? 400 * v : v)), 'dt'],
    ['z 1000 times as large', ending('.inProj', (v, i) => (i < 128 * 64 ? 1000 * v : v)), 'in_proj z'],
    ['convolution 10,000 times as large', ending('.convWeight', (v) => 1e4 * v), 'silu x'],
  ])('%s: the tap is named in every layer', async (_, edit, tap) => {
    const warnings = deviationWarnings(await deviationsOf('hf-f32', edit), completeOptions({}));
    expect(warnings.filter(({ layer }) => layer < 2).map((warning) => warning.tap)).toEqual([tap, tap]);
  });

  it.each<[string, Edit]>([
    ['A_log - 9', ending('.aLog', (v) => v - 9)],
    ['D 1000 times as large', ending('.d', (v) => 1000 * v)],
    ['out_proj 10,000 times smaller', ending('.outProj', (v) => 1e-4 * v)],
    ['z 50 times as large', ending('.inProj', (v, i) => (i < 128 * 64 ? 50 * v : v))],
    ['a head of x 100 times the others', ending('.inProj', (v, i) => (i >= 8192 && i < 10240 ? 100 * v : v))],
    ['an outlier of the final norm', ending('finalNorm', (v, i) => (i === 5 ? 400 * v : v))],
  ])('%s: held, no warning', async (_, edit) => {
    expect(deviationWarnings(await deviationsOf('hf-f32', edit), completeOptions({}))).toEqual([]);
  });
});

describe('warning lines', () => {
  const warning = (layer: number, tap = 'dt', saturated = 0) => ({
    layer,
    tap,
    error: 0.5,
    limit: 0.1,
    saturated,
  });

  it('say layer, tap, error, limit and what saturates', () => {
    expect(warningLines([warning(3, 'dt', 0.07), warning(4), warning(6, 'logits')])).toEqual([
      'layer 3, tap dt: golden is 50 % from float, expected at most 10 %; 7 % of the values saturate',
      'layer 4, tap dt: golden is 50 % from float, expected at most 10 %',
      'all layers together, logits: golden is 50 % from float, expected at most 10 %',
    ]);
  });

  it('are few, whatever the number of layers', () => {
    const lines = warningLines(Array.from({ length: 64 }, (_, layer) => warning(layer)));
    expect(lines.length).toBe(6);
    expect(lines[5]).toBe('59 more layers are too far from float');
  });
});
