import { describe, expect, it } from 'vitest';
import type { SynthFigures, UnitFigures } from '../schema/synth.js';
import { paperArea, paperGroup, paperTotal } from './paper-area.js';
import { synthReport } from './synth-report.js';

const unit = (name: string, kind: string, changes: Partial<UnitFigures>): UnitFigures => ({
  ...{ name, module: name, unit: kind, count: 1, lut: 0, ff: 0, dsp: 0, bram36: 0, lutram: 0, levels: 3 },
  ...{ carry4: 0, ramb18: 0, ramb36: 0, ns: 2.5, plannedNs: 3.1, budgetNs: 3.6, loads: 40, planned: null },
  ...changes,
});
const figures = (preset: string): SynthFigures => ({
  tool: 'yowasp',
  units: [
    unit('mat_in', 'MAT', { lut: 1001, dsp: 32, planned: { lut: 903, ff: 0, dsp: 31, bram36: 0 } }),
    unit('fifo DEPTH=72', 'FIFO', {
      count: 3,
      lut: 17,
      bram36: 0.5,
      ramb18: 1,
      levels: 9,
      ns: 4.25,
      plannedNs: null,
    }),
  ],
  total: { lut: 1052, ff: 0, dsp: 32, bram36: 1.5, lutram: 0, levels: 9, carry4: 0, ramb18: 3, ramb36: 0 },
  device: { name: 'vc709', part: 'xc7vx690tffg1761-2', lut: 433_200, ff: 866_400, dsp: 3600, bram36: 1470 },
  version: '0.55',
  preset,
  warnings: [],
});
const line = (text: string, start: string) =>
  text
    .split('\n')
    .find((one) => one.trim().startsWith(start))
    ?.trim()
    .split(/\s{2,}/);

describe('synthReport', () => {
  const text = synthReport(figures('auto'), { colour: false });

  it('has synthesized, device and planned figures in columns of their own', () => {
    expect(line(text, 'Area')?.slice(1)).toEqual(['synthesized', 'share', 'vc709', 'planned']);
    expect(line(text, 'LUT')).toEqual(['LUT', '1,052', '0.2 %', '433,200', '903']);
    expect(line(text, 'BRAM36')).toEqual(['BRAM36', '1.5', '0.1 %', '1,470', '0']);
  });

  it('says nothing where nothing was planned', () => {
    expect(line(text, 'mat_in')?.slice(-4)).toEqual(['903', '0', '31', '0']);
    expect(line(text, 'fifo')?.slice(-4)).toEqual(['-', '-', '-', '-']);
  });

  it('puts the slowest stage first, and says that it is over its budget', () => {
    const delays = text.slice(text.indexOf('Longest stage'));
    expect(line(delays, 'fifo')).toEqual(['fifo DEPTH=72', '9', '4.25', '-', '3.60', '40', 'over']);
    expect(delays.indexOf('fifo')).toBeLessThan(delays.indexOf('mat_in'));
  });

  it('shows the table of the paper for its configuration only, published beside synthesized', () => {
    expect(text).not.toContain('published');
    const paper = synthReport(figures('paper'), { colour: false });
    const table = paper.slice(paper.indexOf('Table IV'));
    expect(line(table, 'Linear')).toEqual([
      'Linear',
      '1,001',
      '132,030',
      '0',
      '84,514',
      '32',
      '48',
      '0',
      '-',
    ]);
    expect(line(table, 'Buffer')).toEqual(['Buffer', '51', '13,597', '0', '64,898', '0', '0', '1.5', '956']);
    expect(line(table, 'in all')).toEqual([
      'in all',
      '1,052',
      '334,784',
      '0',
      '354,464',
      '32',
      '3,333',
      '1.5',
      '956',
    ]);
  });
});

describe('the paper’s table', () => {
  it('adds up where the paper’s does', () => {
    const sum = (kind: 'lut' | 'ff' | 'bram36') => paperArea.reduce((all, row) => all + (row[kind] ?? 0), 0);
    expect([sum('lut'), sum('ff'), sum('bram36')]).toEqual([
      paperTotal.lut,
      paperTotal.ff,
      paperTotal.bram36,
    ]);
  });

  it('has a group for every unit of ours', () => {
    const groups = new Set(paperArea.map(({ group }) => group));
    const units: [string, string, string][] = [
      ['MAT', 'mat_out', 'Linear'],
      ['HAT', 'hat_out_lanes', 'Linear'],
      ['MAT', 'conv', 'Convolution'],
      ['MAT', 'state_space', 'SSM'],
      ['NAU', 'nau_decay', 'SSM'],
      ['NAU', 'gated_norm_root', 'RMSNorm and SiLU'],
      ['NAU', 'silu_z', 'RMSNorm and SiLU'],
      ['block buffer', 'turn_xbc', 'Buffer'],
      ['FIFO', 'fifo DEPTH=2', 'Buffer'],
      ['gearbox', 'rescale_in_gearbox', 'Others'],
      ['frame', 'layer_region', 'Others'],
    ];
    for (const [kind, module, group] of units)
      expect([module, paperGroup(kind, module)]).toEqual([module, group]);
    expect(units.every(([, , group]) => groups.has(group))).toBe(true);
  });
});
