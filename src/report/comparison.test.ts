import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UserError } from '../errors.js';
import type { Plan } from '../plan/plan-types.js';
import type { Comparison } from '../schema/comparison.js';
import type { MeasuredRow } from '../schema/measurements.js';
import { measuredSpeed, othersFor, publishedArea, publishedFor } from './comparison.js';
import { comparisonReport } from './comparison-report.js';
import { measurementsPath, readMeasurements } from './measurements.js';

const folder = mkdtempSync(join(tmpdir(), 'comparison-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A model of round numbers: 2 layers, 1,000 products a token and layer, 10 products a cycle, a clock of 1 MHz. */
const plan = {
  model: { name: 'round', layers: 2, dims: { dModel: 10, dInner: 20, nGroups: 1, dState: 5, nHeads: 30 } },
  device: { clockMHz: 1 },
  digest: 'abc',
  shape: {
    chunkTokens: 5,
    inProj: { rows: 3, cols: 2, lutRows: 1 },
    outProj: { rows: 2, cols: 2, lutRows: 0 },
  },
  roofline: { decodeTokensPerSecondAtPins: 500 },
  decode: { layerCycles: 900, headCycles: 150, tokensPerSecond: 512 },
  batches: [{ sequences: 8, tokensPerSecond: 1800 }],
  prefill: [{ tokens: 512, layerCycles: 60_000, tokensPerSecond: 4250 }],
  resources: { used: publishedArea },
} as unknown as Plan;

const run = (
  tokens: number,
  cycles: number,
  head: number | null,
  busy: number,
): MeasuredRow['runs'][number] => ({
  tokens,
  layerCycles: cycles,
  plannedLayerCycles: cycles * 1.01,
  headCycles: head,
  plannedHeadCycles: head,
  layers: 4,
  modelCycles: 2 * cycles + (head ?? 500),
  plannedModelCycles: 1.01 * (2 * cycles + (head ?? 500)),
  bytes: 100,
  mismatches: 0,
  busy: { matIn: busy, matOut: busy / 2 },
});

const row: MeasuredRow = {
  ...{ size: '130m', preset: 'auto', device: 'vc709', plan: 'abc', tool: 'verilator 5.006' },
  runs: [
    run(1, 1000, 500, 10),
    run(20, 3000, null, 2000),
    run(40, 5200, null, 4090),
    run(43, 6000, null, 5000),
    { ...run(8, 1500, 1000, 20), sequences: 8 },
  ],
};

test('speeds follow from measured cycles: a layer times the layers, and the head', () => {
  const speed = measuredSpeed(plan, [row])!;
  expect(speed.decode).toEqual({
    layerCycles: 1000,
    headCycles: 500,
    tokensPerSecond: 400,
    rooflineShare: 0.8,
  });
  expect(speed.prefill).toMatchObject({
    tokens: 43,
    cyclesPerToken: 6000 / 43,
    tokensPerSecond: (1e6 * 43) / 12_500,
    busyIn: 5000 / 6000,
    busyOut: 2500 / 6000,
  });
  // 1,000 products a token, 10 products a cycle.
  expect(speed.prefill!.usefulProducts).toBeCloseTo(43_000 / 60_000, 12);
  expect(speed.offPlan).toBeCloseTo(1 - 1 / 1.01, 12);
  expect(speed.batches).toEqual([
    { sequences: 8, layerCycles: 1500, headCycles: 1000, tokensPerSecond: 8e6 / 4000 },
  ]);
  expect([speed.bytes, speed.mismatches]).toEqual([500, 0]);
});

test('figures of other hardware are not shown', () => {
  expect(measuredSpeed({ ...plan, digest: 'other' }, [row])).toBeNull();
  const comparison: Comparison = {
    device: { name: 'vc709', part: 'x', clockMHz: 1 },
    models: [
      {
        size: '2.7b',
        published: publishedFor('2.7b'),
        others: othersFor('2.7b'),
        presets: [
          { preset: 'paper', shell: 'none', bits: 8, headBits: 8, plan, measured: null },
          { preset: 'auto', shell: 'none', bits: 4, headBits: 8, plan, measured: measuredSpeed(plan, [row]) },
        ],
      },
    ],
    publishedArea,
    limits: { area: publishedArea, bytesPerSecond: 29.86e9 },
  };
  const text = comparisonReport(comparison, { colour: false });
  expect(text).toMatch(/decode of 8 sequences, tokens\/s together .*1,800 .*2,000/);
  const line = (name: string) =>
    text
      .split('\n')
      .find((candidate) => candidate.includes(name))!
      .trim()
      .split(/\s{2,}/);
  expect(line('decode, tokens/s')).toEqual(['decode, tokens/s', '512', '512', '400', '5.68', '500']);
  expect(line('in_proj array busy')).toEqual(['in_proj array busy', '83.3 %']);
  expect(line('decode of 8 sequences')).toEqual([
    'decode of 8 sequences, tokens/s together',
    ...['1,800', '1,800', '2,000'],
  ]);
  expect(publishedFor('130m')).toBeNull();
});

test('kept measurements are whole, and a damaged file is named with its field', async () => {
  for (const { runs } of await readMeasurements(measurementsPath))
    expect(runs.map(({ mismatches }) => mismatches)).toEqual(runs.map(() => 0));
  expect(await readMeasurements(join(folder, 'none.json'))).toEqual([]);
  const path = join(folder, 'rows.json');
  writeFileSync(path, JSON.stringify({ rows: [{ ...row, plan: '0'.repeat(64), tool: 5 }] }));
  await expect(readMeasurements(path)).rejects.toThrow(UserError);
  await expect(readMeasurements(path)).rejects.toThrow(/rows\.json: rows\.0\.tool: /);
});
