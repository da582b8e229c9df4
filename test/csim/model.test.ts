import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDevice } from '../../src/plan/board/device.js';
import { planAccelerator } from '../../src/plan/plan.js';
import { GoldenModel } from '../../src/quant/golden/model.js';
import { emitAccelerator } from '../../src/verify/accelerator.js';
import { HostSession } from '../../src/verify/host-session.js';
import { csimModel } from '../../src/verify/model-csim.js';
import type { Project } from '../../src/verify/project.js';
import { type ShippedModel, shippedModel } from '../support/shipped-model.js';

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
});
