import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDevice } from '../../src/plan/board/device.js';
import { planAccelerator } from '../../src/plan/plan.js';
import { GoldenModel } from '../../src/quant/golden/model.js';
import type { GoldenData } from '../../src/quant/golden/observer.js';
import type { QuantizedModel } from '../../src/quant/types.js';
import { draftModel } from '../../src/serve/draft/model.js';
import { hostEngine } from '../../src/serve/engine/host.js';
import { integerEngine } from '../../src/serve/engine/integers.js';
import { emitAccelerator } from '../../src/verify/accelerator.js';
import { HostSession } from '../../src/verify/host-session.js';
import { recordTaps } from '../../src/verify/kernel-taps.js';
import { csimModel } from '../../src/verify/model-csim.js';
import type { Project } from '../../src/verify/project.js';
import { type ShippedModel, shippedModel } from '../support/shipped-model.js';
import { aloneOn, MODEL, type TextSpec, textServer } from '../support/text-server.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-model-'));
let project: Project;
let shipped: ShippedModel;
let tokens: readonly number[];

beforeAll(async () => {
  const device = await loadDevice('vc709');
  shipped = await shippedModel({ weightBits: 4, stateBits: 16 });
  const { model, shape } = shipped;
  tokens = shipped.tokens.slice(0, 90);
  const { nLayers: layers } = model.config;
  const planned = planAccelerator({ name: 'tiny-mamba2', layers, dims: shape.dims, device, shape });
  project = await emitAccelerator({ model, planned, command: 'test', tokens }, join(folder, 'project'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the shipped model with weights of 4 bits and a state of 16 in C simulation', () => {
  it('equals the golden model in prefill and decode, unit by unit', async () => {
    const result = await csimModel(project, { tokens: tokens.slice(0, 40), decode: 8 });
    expect(result.problems).toEqual([]);
    expect(result.mismatches).toBe(0);
    expect(result.words).toBeGreaterThan(50_000);
    expect(result.units.map((unit) => unit.name)).toContain('state_space');
  });

  it('runs as a session: prompts longer than a call, then token by token', async () => {
    const golden = new GoldenModel(shipped.model, { resident: true });
    const session = await HostSession.start(project, { device: 'csim' });
    try {
      expect((await session.feed(tokens, 'all')).logits).toEqual(await golden.prefill(tokens, 'all'));
      for (const token of [5, 255, 0])
        expect((await session.feed([token], 'last')).logits).toEqual(await golden.step(token));
      expect((await session.feed(tokens, 'last')).logits).toEqual(await golden.prefill(tokens, 'last'));
    } finally {
      await session.close();
    }
  });

  describe('its taps, from its own words', () => {
    const windows = () => [tokens.slice(0, 21), tokens.slice(21, 60)];

    /** Taps of golden over a window, by name and layer. */
    async function goldenTaps(of: QuantizedModel, window: readonly number[]) {
      const taps = new Map<string, GoldenData>();
      const tap = (name: string, layer: number, data: GoldenData) => void taps.set(`${name} ${layer}`, data);
      await new GoldenModel(of, { observer: { tap } }).prefill(window);
      return taps;
    }

    it("are golden's, in every layer of every window", async () => {
      const { model } = shipped;
      const { nLayers } = model.config;
      const found = await recordTaps(project, { engine: 'csim', windows: windows() });
      expect(found.problems).toEqual([]);
      for (const [w, window] of windows().entries()) {
        const golden = await goldenTaps(model, window);
        for (let layer = 0; layer < nLayers; layer++) {
          const taps = found.layer(w, layer);
          expect(taps.size).toBe(12);
          for (const [name, values] of taps)
            expect([...values], `${name}, layer ${layer}`).toEqual([...golden.get(`${name} ${layer}`)!]);
        }
        expect([...found.logits(w)]).toEqual([...golden.get(`logits ${nLayers}`)!]);
      }
    });

    it('are still its own where golden has other weights', async () => {
      // The image keeps the weight that golden has changed here: row 3 of the second layer's in_proj, a value of z.
      const { model } = shipped;
      const [first] = windows();
      const other: QuantizedModel = { ...model, layer: async (index) => changed(await model.layer(index)) };
      const changed = (layer: Awaited<ReturnType<typeof model.layer>>) => {
        if (layer.index !== 1) return layer;
        const weight = layer.inProj.weight.slice();
        weight[3 * layer.inProj.cols] ^= 64;
        return { ...layer, inProj: { ...layer.inProj, weight } };
      };
      const found = await recordTaps({ ...project, model: other }, { engine: 'csim', windows: [first] });
      expect(found.problems.length).toBeGreaterThan(0);
      const own = await goldenTaps(model, first);
      expect([...found.layer(0, 1).get('in_proj.out')!]).toEqual([...own.get('in_proj.out 1')!]);
      expect([...found.logits(0)]).toEqual([...own.get(`logits ${model.config.nLayers}`)!]);
    });
  });

  it('serves many texts at once, with drafts: each is that of the golden model alone', async () => {
    const session = await HostSession.start(project, { device: 'csim', slots: 3 });
    const { model } = shipped;
    const { logitFracBits } = await model.head();
    const engine = hostEngine({ session, config: model.config, logitFracBits });
    const drafting = { drafter: draftModel(model, 3), count: 2 };
    const { client, stop } = await textServer({ engine, drafting });
    try {
      const specs = ['TO BE', 'A', '01234 01234 0123', 'B, C', '.'].map((prompt, seed): TextSpec => {
        return { prompt, max_tokens: 4 + seed, temperature: [0, 0.7, 1][seed % 3], seed };
      });
      const answers = await Promise.all(
        specs.map((spec) => client.completions.create({ model: MODEL, ...spec })),
      );
      for (const [i, { choices, usage }] of answers.entries()) {
        const due = await aloneOn(await integerEngine(model), specs[i]);
        expect(choices[0]).toMatchObject({ text: due.text, finish_reason: due.finishReason });
        expect(usage?.completion_tokens).toBe(due.ids.length);
      }
    } finally {
      await stop(0);
    }
  });
});
