import { beforeAll, describe, expect, test } from 'vitest';
import { loadDevice } from '../plan/board/device.js';
import { planAccelerator } from '../plan/plan.js';
import type { Plan } from '../plan/plan-types.js';
import { csimReport } from './csim-report.js';
import { evalReport } from './eval-report.js';
import { planReport } from './plan-report.js';
import { bytes, count, percent, rate, reportStyle, table } from './table.js';

const plain = { colour: false };
const escapeCode = String.fromCharCode(27);

describe('table', () => {
  test('colour only on a terminal, and never with NO_COLOR', () => {
    expect(reportStyle({ isTTY: true }, {}).colour).toBe(true);
    expect(reportStyle({ isTTY: true }, { NO_COLOR: '1' }).colour).toBe(false);
    expect(reportStyle({ isTTY: false }, {}).colour).toBe(false);
    expect(reportStyle({}, {}).colour).toBe(false);
    expect(table([{ head: 'a' }], [['1']], plain)).not.toContain(escapeCode);
    expect(table([{ head: 'a' }], [['1']], { colour: true })).toContain(escapeCode);
  });

  test('every cell stands in its row', () => {
    const lines = table(
      [{ head: 'name' }, { head: 'n', align: 'right' }],
      [
        ['one', '1'],
        ['ten', '10'],
      ],
      plain,
    ).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[2]).toMatch(/one.* 1$/);
    expect(lines[3]).toMatch(/ten.*10$/);
  });

  test('figures', () => {
    expect([count(1234567.4), percent(0.1234), rate(5.678), rate(71.44), rate(1234)]).toEqual([
      '1,234,567',
      '12.3 %',
      '5.68',
      '71.4',
      '1,234',
    ]);
    expect([bytes(512), bytes(2_600_000), bytes(29.856e9)]).toEqual(['512 B', '2.60 MB', '29.86 GB']);
  });
});

describe('planReport', () => {
  let plan: Plan;
  beforeAll(async () => {
    const device = await loadDevice('vc709');
    const dims = {
      dModel: 64,
      dInner: 128,
      nHeads: 4,
      headDim: 32,
      dState: 32,
      nGroups: 1,
      convKernel: 4,
      vocabRows: 97,
      groupNorm: false,
      hatIn: 1,
      hatOut: 128,
      stateBits: 24,
    };
    ({ plan } = planAccelerator({ name: 'reference', layers: 2, dims, device, prefillTokens: [1, 4096] }));
  });

  test('names every process and FIFO with its figures', () => {
    const text = planReport(plan, { style: plain });
    for (const { name, resources } of plan.processes)
      expect(
        text.split('\n').some((line) => line.includes(` ${name} `) && line.includes(count(resources.lut))),
      ).toBe(true);
    for (const { name, depth } of plan.channels)
      expect(text.split('\n').some((line) => line.includes(` ${name} `) && line.includes(count(depth)))).toBe(
        true,
      );
  });

  test('says speed, bound, area and roofline, all as planned', () => {
    const text = planReport(plan, { details: false, style: plain });
    expect(text).toContain('reference (2 layers of 64) on vc709 at 250 MHz, preset auto: fits');
    expect(text).toContain(rate(plan.decode.tokensPerSecond));
    expect(text).toMatch(/prefill, 4,096 tokens \*/);
    expect(text).toMatch(/29\.86 GB\/s at the pins/);
    expect(text).not.toMatch(/measured|published/);
    expect(text).not.toContain('FIFO (planned)');
    expect(text).toContain(plan.digest.slice(0, 12));
  });

  test('what is short is said', () => {
    const { resources } = plan;
    const used = { ...resources.used, dsp: 4000 };
    const text = planReport({ ...plan, resources: { ...resources, used, fits: false } }, { style: plain });
    expect(text).toContain('DOES NOT FIT');
    expect(text).toMatch(/DSP.*4,000.*too many/);
  });
});

describe('evalReport', () => {
  const figures = {
    tokens: 16384,
    float: { perplexity: 4 },
    golden: { perplexity: 4.01 },
    ablationTokens: 4096,
    ablationFloat: { perplexity: 5 },
    ablations: [{ name: 'no rotation', perplexity: 5.5 }],
  };

  test('golden against float on the same tokens, ablations against theirs', () => {
    const text = evalReport(figures, plain);
    expect(text).toMatch(/16,384 held-out tokens.*perplexity \(measured\)/);
    expect(text).toMatch(/golden.*4\.0100.*\+0\.250 %/);
    expect(text).toMatch(/no rotation.*5\.5000.*\+10\.000 %/);
    expect(text).toMatch(/4,096 tokens/);
  });

  test('an ablation that cannot be run is a row, and the reason stands below', () => {
    const failed = { name: 'smooth', perplexity: null, problem: 'out_proj: row 3: too large' };
    const text = evalReport({ ...figures, ablations: [...figures.ablations, failed] }, plain);
    expect(text).toMatch(/no rotation.*5\.5000[\s\S]*smooth.*not measured/);
    expect(text.trimEnd().split('\n').at(-1)).toBe('smooth: not measured: out_proj: row 3: too large');
  });

  test('no second table without ablations', () => {
    expect(evalReport({ ...figures, ablations: [] }, plain)).not.toMatch(/One choice/);
  });
});

describe('csimReport', () => {
  const unit = (name: string, words: number, mismatches = 0) => ({ name, words, mismatches });

  test('equal in every word', () => {
    const text = csimReport(
      { units: [unit('mat_in', 1000)], words: 1000, mismatches: 0, seconds: 2.34 },
      plain,
    );
    expect(text).toMatch(/mat_in.*1,000.*0/);
    expect(text).toContain('Equal to the golden model in every word, 2.3 s.');
  });

  test('the first unit that differs is named; nothing compared is not success', () => {
    const units = [unit('mat_in', 10), unit('conv', 10, 3), unit('gate', 10, 1)];
    expect(csimReport({ units, words: 30, mismatches: 4, seconds: 1 }, plain)).toContain('first in conv');
    expect(csimReport({ units: [], words: 0, mismatches: 0, seconds: 0 }, plain)).toContain(
      'Nothing was compared.',
    );
  });
});
