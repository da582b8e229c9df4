/** `fastmamba plan` on sizes without files: what it searches for, what it may use, and the comparison with the paper. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planFor } from '../../src/library/plan-for.js';
import { publishedConfig } from '../../src/model/config/published-sizes.js';
import { loadDevice } from '../../src/plan/board/device.js';
import type { PlanRequest } from '../../src/plan/plan-request.js';
import type { Plan } from '../../src/plan/plan-types.js';
import type { Comparison } from '../../src/schema/comparison.js';
import { cli, onlyJson } from '../support/cli.js';
import { violations } from '../support/schemas.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-plan-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** The plan of the published size alone, for a prompt of 64 tokens; what the command prints beside it takes longer than the plan. */
const planOf = async (request: PlanRequest, device = 'vc709'): Promise<Plan> =>
  planFor({ config: publishedConfig('130m') }, await loadDevice(device), { prefillTokens: [64], ...request })
    .plan;

describe('plan of a published size', () => {
  it('keeps within --under, and says what is fast', async () => {
    const limits = ['--under', 'dsp=1500,lut=250000'];
    const run = await cli(dir, 'plan', '130m', ...limits, '--prefill', '64', '--json', '--quiet');
    const plan = onlyJson(run) as unknown as Plan;
    expect(plan.model).toMatchObject({ name: 'mamba2-130m', layers: 24 });
    expect(plan.resources.budget).toMatchObject({ dsp: 1500, lut: 250_000 });
    expect(plan.resources.withinBudget).toBe(true);
    const chosen = plan.front!.filter(({ isChosen }) => isChosen);
    expect(chosen).toHaveLength(1);
    expect(chosen[0].shape).toMatchObject({
      chunkTokens: plan.shape.chunkTokens,
      inProj: plan.shape.inProj,
    });
  });

  it('decode asks for less area than prefill', async () => {
    const decode = await planOf({ purpose: 'decode' });
    const prefill = await planOf({ purpose: 'prefill' });
    expect(decode.resources.used.dsp).toBeLessThan(prefill.resources.used.dsp);
    expect(decode.decode.tokensPerSecond).toBeGreaterThan(0.97 * prefill.decode.tokensPerSecond);
    expect(prefill.prefill[0].tokensPerSecond).toBeGreaterThan(decode.prefill[0].tokensPerSecond);
  });

  it('fits other devices by their own sizes', async () => {
    const small = await planOf({}, 'kc705');
    expect(small.resources.withinBudget).toBe(true);
    expect(small.resources.device.dsp).toBe(840);
    const large = await planOf({ purpose: 'prefill' }, 'vcu118');
    expect(large.roofline.macsPerCycle).toBeGreaterThan(small.roofline.macsPerCycle);
  });

  it('says what is short, by how much, and the nearest plan that fits', async () => {
    const run = await cli(dir, 'plan', '130m', '--under', 'bram36=100', '--quiet');
    expect(run.exitCode).toBe(2);
    const [short, nearest] = run.stderr.split('\n');
    expect(short).toMatch(/nothing fits: .* needs bram36 [\d.,]+ of 100 \([\d.,]+ short\)/);
    const bram36 = Number(/--under bram36=(\d+)/.exec(nearest)![1]);
    const plan = await planOf({ limit: { bram36 } });
    expect(plan.resources.used.bram36).toBeLessThanOrEqual(1.05 * bram36);
  });
});

describe('plan --compare paper', () => {
  it('sets both presets side by side with published figures and limits', async () => {
    const comparison = onlyJson(
      await cli(dir, 'plan', '130m', '--compare', 'paper', '--json', '--quiet'),
    ) as unknown as Comparison;
    expect(violations('comparison', comparison)).toEqual([]);
    const [paper, auto, narrow, beside] = comparison.models[0].presets;
    expect(
      [paper, auto, narrow, beside].map(({ preset, shell, bits }) => `${preset} ${shell} ${bits}`),
    ).toEqual(['paper none 8', 'auto none 8', 'auto none 4', 'auto counted 8']);
    expect(narrow.plan.decode.tokensPerSecond).toBeGreaterThan(1.3 * auto.plan.decode.tokensPerSecond);
    const { used, shell } = beside.plan.resources;
    expect(used.lut + shell!.lut).toBeLessThanOrEqual(comparison.publishedArea.lut);
    expect(auto.plan.resources).toMatchObject({ shell: null });
    expect(comparison.publishedArea).toEqual({ dsp: 3333, lut: 334_784, ff: 354_464, bram36: 956 });
    // Flip-flops are plentiful: operands of chained products wait in them.
    for (const kind of ['dsp', 'lut', 'bram36'] as const)
      expect(auto.plan.resources.used[kind]).toBeLessThanOrEqual(comparison.publishedArea[kind]);
    const speed = ({ plan }: typeof paper & object) =>
      plan.prefill.find(({ tokens }) => tokens === 512)!.tokensPerSecond;
    expect(speed(auto)).toBeGreaterThan(2.5 * speed(paper));
    expect(auto.plan.decode.tokensPerSecond).toBeGreaterThan(
      0.85 * auto.plan.roofline.decodeTokensPerSecondAtPins,
    );
  });

  it('takes sizes only', async () => {
    const run = await cli(dir, 'plan', '7b', '--compare', 'paper', '--quiet');
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toMatch(/--compare: found 7b, expected a size: 130m, 370m, 780m, 1\.3b, 2\.7b/);
  });
});
