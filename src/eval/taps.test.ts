import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../model/checkpoint/checkpoint.js';
import { makeSyntheticCheckpoint } from '../model/synthetic/checkpoint.js';
import { calibrate } from '../quant/calibrate/calibrate.js';
import { calibrationWindows } from '../quant/calibrate/tokens.js';
import { tapSums } from '../quant/deviation.js';
import type { ComparedTap } from '../quant/deviation-taps.js';
import { GoldenModel } from '../quant/golden/model.js';
import type { GoldenData, GoldenTap } from '../quant/golden/observer.js';
import { modelOfParts, quantizeToParts } from '../quant/quantize/in-memory.js';
import type { QuantOptions } from '../quant/types.js';
import type { TapFigures } from '../schema/eval-taps.js';
import { headFormats } from './head-formats.js';
import { type KernelTaps, measureTaps } from './taps.js';

let folder: string;
let checkpointFolder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'taps-test-'));
  checkpointFolder = join(folder, 'grouped');
  const fields = {
    ...{ hidden_size: 48, num_hidden_layers: 2, num_heads: 6, head_dim: 16, state_size: 16, n_groups: 3 },
    ...{ conv_kernel: 3, expand: 2, vocab_size: 101, use_bias: true, tie_word_embeddings: false },
  };
  await makeSyntheticCheckpoint(checkpointFolder, { fields, seed: 3, type: 'F32', maxShardBytes: 1e9 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function taps(options: Partial<QuantOptions>, tokens = 40): Promise<TapFigures[]> {
  const checkpoint = await openCheckpoint(checkpointFolder);
  const calibration = await calibrate(checkpoint, calibrationWindows(checkpoint.config, undefined, 512));
  const model = modelOfParts(await quantizeToParts(checkpoint, calibration, { options }));
  const ids = Int32Array.from({ length: tokens }, (_, i) => (i * 29) % 101);
  const found = await measureTaps({ checkpoint, model, tokens: ids, window: 16 });
  await checkpoint.close();
  return found;
}

describe('taps of every layer', () => {
  it.each(['folded', 'online', 'none', 'smooth'] as const)(
    '%s: read as what float has, with gains, groups and rotations where they belong',
    async (hadamard) => {
      const found = await taps({ hadamard });
      expect(found.length).toBe(2 * 17 + 1);
      // A unit, an order or a rotation that were wrong would leave an error as large as the value, 0 dB.
      for (const { tap, layer, sqnr } of found) expect(sqnr, `layer ${layer}, ${tap}`).toBeGreaterThan(25);
      // int8 keeps less than 16 bits of the same values.
      const [norm, int8] = ['norm', 'in_proj int8'].map((name) => found.find(({ tap }) => tap === name)!);
      expect(norm.sqnr!).toBeGreaterThan(int8.sqnr! + 10);
      expect(norm.largest).toBeLessThan(int8.largest);
    },
  );

  it('in the first layer stand alone and in their place; later ones inherit errors', async () => {
    const found = await taps({ weightBits: 4, rounding: 'nearest' });
    const of = (layer: number, name: string) => found.find((one) => one.layer === layer && one.tap === name)!;
    expect(of(0, 'out_proj').sqnrInPlace).toBeCloseTo(of(0, 'out_proj').sqnr!, 1);
    expect(of(1, 'norm').sqnr! - of(1, 'norm').sqnrInPlace!).toBeGreaterThan(10);
    expect(found.at(-1)).toMatchObject({ layer: 2, tap: 'logits' });
    // Narrow weights show where they are multiplied, and not before.
    const wide = await taps({});
    expect(of(0, 'in_proj int8').sqnr).toBe(wide.find(({ tap }) => tap === 'in_proj int8')!.sqnr);
    expect(wide.find(({ tap }) => tap === 'in_proj x')!.sqnr! - of(0, 'in_proj x').sqnr!).toBeGreaterThan(5);
  }, 60_000);

  it('of an accelerator are set beside golden, and each value that differs is counted', async () => {
    const checkpoint = await openCheckpoint(checkpointFolder);
    const calibration = await calibrate(checkpoint, calibrationWindows(checkpoint.config, undefined, 512));
    const model = modelOfParts(await quantizeToParts(checkpoint, calibration, { options: {} }));
    const ids = Int32Array.from({ length: 32 }, (_, i) => (i * 29) % 101);
    const windows: Map<string, GoldenData>[] = [new Map(), new Map()];
    for (const [w, taps] of windows.entries()) {
      const tap = (name: string, layer: number, data: GoldenData) => void taps.set(`${name} ${layer}`, data);
      await new GoldenModel(model, { observer: { tap } }).prefill(ids.subarray(16 * w, 16 * w + 16));
    }
    // One value of x after SiLU in the second layer, in the third token of the second window: twice the largest.
    const wrong = windows[1].get('silu_xbc.out 1')!.slice();
    const at = 2 * (wrong.length / 16) + 5;
    const [was, is] = [wrong[at], wrong[at] > 0 ? -32768 : 32767];
    wrong[at] = is;
    windows[1].set('silu_xbc.out 1', wrong);
    const kernel: KernelTaps = {
      layer: (window, layer) => {
        const own = [...windows[window]].filter(([name]) => name.endsWith(` ${layer}`));
        return new Map(own.map(([name, data]) => [name.split(' ')[0] as GoldenTap, data]));
      },
      logits: (window) => Float64Array.from(windows[window].get('logits 2')!),
    };
    const found = await measureTaps({ checkpoint, model, tokens: ids, window: 16, kernel });
    await checkpoint.close();
    for (const { tap, layer, kernel: theirs, ...own } of found) {
      if (layer === 1 && tap === 'silu x') {
        expect(theirs).toMatchObject({ different: 1, compared: 32 * 96 });
        expect(theirs!.first).toBe(`token 18, value 5: found ${is}, expected ${was}`);
        expect(theirs!.sqnrInPlace!).toBeLessThan(own.sqnrInPlace! - 3);
        expect(theirs!.largestInPlace).toBeGreaterThan(own.largestInPlace);
        expect(theirs!.saturated).toBeCloseTo(own.saturated + 1 / (32 * 96), 12);
      } else {
        const { sqnrInPlace, largestInPlace, saturated } = own;
        expect(theirs, `layer ${layer}, ${tap}`).toMatchObject({ sqnrInPlace, largestInPlace, saturated });
        expect(theirs).toMatchObject({ different: 0, first: null });
      }
    }
  });

  it('with x scaled by heads: finer where a head is quieter, and nothing else is moved', async () => {
    const checkpoint = await openCheckpoint(checkpointFolder);
    const calibration = await calibrate(checkpoint, calibrationWindows(checkpoint.config, undefined, 512));
    const model = modelOfParts(await quantizeToParts(checkpoint, calibration, { options: {} }));
    const ids = Int32Array.from({ length: 32 }, (_, i) => (i * 29) % 101);
    const request = { checkpoint, model, tokens: ids, window: 16 };
    const before = await measureTaps(request);
    const withMax = (change: (max: number) => number) =>
      headFormats({ layers: calibration.layers.map((one) => ({ ...one, xMax: one.xMax.map(change) })) });
    // Heads as loud as can be have their layer's format.
    expect(await measureTaps({ ...request, heads: withMax(() => 1e9) })).toEqual(before);
    // Quieter ones have a bit more for each halving; that of one halving is within the headroom and clips nothing.
    const layer = await model.layer(0);
    const finer = withMax((max) => max / 2);
    const own = headFormats(calibration).extraBits(layer);
    expect(Math.max(...finer.extraBits(layer))).toBe(Math.max(...own) + 1);
    const after = await measureTaps({ ...request, heads: finer });
    await checkpoint.close();
    for (const [i, { tap, layer: index, sqnr }] of after.entries())
      expect(Math.abs(sqnr! - before[i].sqnr!), `layer ${index}, ${tap}`).toBeLessThan(0.5);
    expect(after).not.toEqual(before);
  });

  it('refuse fewer tokens than a window', async () => {
    await expect(taps({}, 15)).rejects.toThrow('found 15 tokens, expected at least 16');
  });
});

it('sums by hand: two tokens of two values, one of which saturates', () => {
  const tap: ComparedTap = {
    ...{ name: 'x', golden: 'u', float: 'gated', first: 1, count: 2, low: -8, high: 7, unit: () => 0.5 },
  };
  // Golden reads 1, -4 and 3.5, 0; float has 1.25, -6 and 3.5, 0.5: errors 0.25, 2, 0, 0.5.
  const golden = new Map([['u' as const, Int16Array.of(99, 2, -8, 99, 7, 0)]]);
  const float = new Map([['gated' as const, Float64Array.of(99, 1.25, -6, 99, 3.5, 0.5)]]);
  expect(tapSums(tap, golden, float, 2)).toEqual({
    signal: 1.25 ** 2 + 36 + 3.5 ** 2 + 0.25,
    noise: 0.0625 + 4 + 0.25,
    largest: 2,
    saturated: 2,
    count: 4,
  });
});
