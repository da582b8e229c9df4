/** Reports of Vivado as text (samples of the documented form, none of which Vivado wrote) become figures; what is missing is named. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CheckFailed } from '../../src/errors.js';
import { parseHierarchy, parsePower, parseTiming, parseUtilization } from '../../src/tools/board/reports.js';
import { packagePath } from '../../src/util/package-path.js';

const sample = (name: string) => readFileSync(packagePath('test', 'data', 'vivado', name), 'utf8');

describe('reports of Vivado', () => {
  it('utilization: area in all', () => {
    const area = { lut: 310_245, ff: 352_871, dsp: 3306, bram36: 891.5 };
    expect(parseUtilization(sample('utilization.rpt'), 'u')).toEqual(area);
    // After synthesis alone the first row has a star.
    const starred = sample('utilization.rpt').replace('| Slice LUTs ', '| Slice LUTs*');
    expect(parseUtilization(starred, 'u')).toEqual(area);
  });

  it('utilization by hierarchy: the cells of the block design, and nothing above or below them', () => {
    expect(parseHierarchy(sample('utilization_hierarchical.rpt'), 'h')).toEqual([
      { name: 'ddr3_0', lut: 13_911, ff: 11_203, dsp: 0, bram36: 0.5 },
      { name: 'kernel', lut: 231_004, ff: 260_117, dsp: 3306, bram36: 648.5 },
      { name: 'pcie', lut: 17_033, ff: 19_877, dsp: 0, bram36: 28 },
    ]);
    const older = sample('utilization_hierarchical.rpt').replace('DSP Blocks', 'DSP48 Blocks');
    expect(parseHierarchy(older, 'h')).toHaveLength(3);
  });

  it('timing: worst slacks, endpoints that miss, clocks with and without paths of their own', () => {
    expect(parseTiming(sample('timing.rpt'), 't')).toEqual({
      setupSlack: -0.214,
      holdSlack: 0.021,
      failingEndpoints: 412,
      clocks: [
        { name: 'clk_out1_board_kernel_clock_0', slack: -0.214 },
        { name: 'clk_pll_i', slack: 0.187 },
        { name: 'freq_refclk', slack: null },
      ],
    });
  });

  it('power: totals', () => {
    expect(parsePower(sample('power.rpt'), 'p')).toEqual({
      totalWatts: 24.518,
      dynamicWatts: 23.604,
      staticWatts: 0.914,
      junctionCelsius: 51.3,
    });
  });

  it.each([
    ['utilization.rpt', parseUtilization, '| DSPs ', '| Nothing ', 'x.rpt: has no row DSPs'],
    ['utilization_hierarchical.rpt', parseHierarchy, 'RAMB18', 'RAMB9', 'x.rpt: found columns Instance'],
    ['timing.rpt', parseTiming, '| Design Timing Summary', '| Other', 'x.rpt: has no Design Timing Summary'],
    [
      'timing.rpt',
      parseTiming,
      '-0.214      -31.870                    412              1204311',
      'NA',
      'x.rpt: found "NA',
    ],
    ['power.rpt', parsePower, '24.518', 'NA', 'x.rpt: has no Total On-Chip Power (W)'],
  ] as const)('%s: what is not there is named', (name, parse, from, to, error) => {
    const text = sample(name);
    expect(text).toContain(from);
    const read = () => parse(text.replace(from, to), 'x.rpt');
    expect(read).toThrow(CheckFailed);
    expect(read).toThrow(error);
  });
});
