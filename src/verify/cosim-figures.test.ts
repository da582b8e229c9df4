import { describe, expect, it } from 'vitest';
import { CheckFailed } from '../errors.js';
import { cosimReport } from '../report/cosim-report.js';
import type { CosimReport } from '../tools/cosim/cosim.js';
import { cosimFigures, requireCosim } from './cosim-figures.js';

const report: CosimReport = {
  mode: 'region',
  engine: 'cxxrtl',
  channels: [{ name: 'sums', process: 'adder', words: 90, mismatches: 0, firstMismatch: null }],
  memories: [{ memory: 'board', offset: 0, bytes: 64, wrongBytes: 0, firstWrong: null }],
  depths: [{ channel: 'sums', depth: 4, peak: 3 }],
  words: 90,
  mismatches: 0,
  seconds: 0.25,
  failure: null,
  calls: [600, 400],
  ends: [[300, 600], [400]],
  cycles: 1000,
  stops: [],
  clockedCycles: 1100,
  processes: [{ name: 'adder', busy: 700, starved: 200, blocked: 60, waiting: 40 }],
};
const figures = (change: Partial<CosimReport>, plannedCycles = 1000, stalls = false) =>
  cosimFigures({ report: { ...report, ...change }, plannedCycles }, 'layer', { engine: 'cxxrtl', stalls });

describe('the figures of a co-simulation', () => {
  it('have the agreed fields first, in their order', () => {
    expect(Object.keys(figures({})).slice(0, 9)).toEqual([
      ...['engine', 'kernel', 'words', 'mismatches', 'cycles', 'plannedCycles', 'processes', 'channels'],
      'seconds',
    ]);
    expect(figures({}).channels).toEqual([{ name: 'sums', depth: 4, highest: 3 }]);
    expect(() => requireCosim(figures({}))).not.toThrow();
  });

  it('fail for cycles more than 2 % from the plan, with both numbers, but not under random stalls', () => {
    expect(() => requireCosim(figures({ cycles: 1020 }))).not.toThrow();
    expect(() => requireCosim(figures({ cycles: 1021 }))).toThrow(CheckFailed);
    expect(() => requireCosim(figures({ cycles: 979 }))).toThrow(/979 cycles measured, 1000 planned/);
    expect(() => requireCosim(figures({ cycles: 5000 }, 1000, true))).not.toThrow();
  });

  it('fail for a difference, a failure, wrong memory and for nothing compared, and say which', () => {
    const firstMismatch = { call: 1, word: 2, lane: 3, expected: '4', found: '5' };
    const channels = [{ ...report.channels[0], mismatches: 1, firstMismatch }];
    expect(() => requireCosim(figures({ channels, mismatches: 1 }))).toThrow(
      /sums of adder: call 1, word 2, lane 3: expected 4, found 5/,
    );
    expect(() => requireCosim(figures({ failure: 'deadlock: all' }))).toThrow(/deadlock: all/);
    const memories = [{ ...report.memories[0], wrongBytes: 2, firstWrong: 8 }];
    expect(() => requireCosim(figures({ memories }))).toThrow(/memory board: 2 of 64 bytes differ/);
    expect(() => requireCosim(figures({ channels: [], memories: [], words: 0 }))).toThrow(/nothing/);
  });

  it('print as tables', () => {
    const text = cosimReport(figures({}), { colour: false });
    expect(text).toMatch(/adder.*700.*200.*60.*40/);
    expect(text).toMatch(/sums.*4.*3/);
    expect(text).toContain('Cycles: 1,000 measured, 1,000 planned (+0.0 %).');
    expect(text).toContain('Equal to the golden model in all 154 words');
  });
});
