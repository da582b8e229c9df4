/** Both engines on a region written by hand: equal words and equal cycles, whatever the memory does; waveforms. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeProject } from '../../src/emit/project/write-project.js';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { type CosimOptions, type CosimReport, chooseEngine, runCosim } from '../../src/tools/cosim/cosim.js';
import { handFiles, writeHandCalls } from './hand.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-cosim-'));
const project = join(folder, 'hand');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let script = '';
beforeAll(async () => {
  await writeProject(project, handFiles());
  const vectors = new VectorWriter(join(project, 'vectors'));
  writeHandCalls(vectors, [1, 0, 100, 255]);
  script = vectors.finish();
});

const run = (options: Omit<CosimOptions, 'script'>) => runCosim(project, { script, optimize: 1, ...options });
const WORDS = 2 * (1 + 100 + 255);
function expectEqual(report: CosimReport): void {
  expect(report).toMatchObject({ failure: null, mismatches: 0, words: WORDS });
  expect(report.memories.map(({ wrongBytes }) => wrongBytes)).toEqual([0, 0, 0, 0]);
}
/** What both engines must agree on. */
const figures = ({ words, mismatches, calls, cycles, clockedCycles, processes, depths }: CosimReport) => ({
  ...{ words, mismatches, calls, cycles, clockedCycles, processes, depths },
});
const engine = await chooseEngine();
if (engine !== 'verilator') console.info('skipped: cosim in Verilator, which is not installed');

const memories: Record<string, Partial<CosimOptions>> = {
  'the memory of the board': {},
  'an ideal memory': { memory: 'ideal' },
  'a slow memory': { slow: 20, latency: 200, jitter: 50 },
  'another seed': { seed: 7 },
  'FIFOs that stall': { stalls: true, seed: 5 },
};

describe('a region in CXXRTL', () => {
  it('does what its modules say: a word a cycle from an ideal memory', async () => {
    const report = await run({ engine: 'cxxrtl', memory: 'ideal' });
    expectEqual(report);
    expect(report.engine).toBe('cxxrtl');
    // Of the call of 100 words: request 1, address 1, data from the next cycle on, two FIFOs, write behind a border, acknowledgement.
    expect(report.calls[1]).toBe(0);
    expect(report.calls[2]).toBeGreaterThan(100);
    expect(report.calls[2]).toBeLessThan(112);
    expect(report.processes.map(({ name, busy }) => [name, busy])).toEqual([
      ['fetch', 356],
      ['double_values', 356],
      ['store', 356],
    ]);
    for (const { starved, blocked, waiting, busy } of report.processes)
      expect(busy + starved + blocked + waiting).toBeLessThanOrEqual(report.cycles);
  });

  it('keeps to rate and latency of the memory', async () => {
    const report = await run({ engine: 'cxxrtl', latency: 100, jitter: 0 });
    expectEqual(report);
    // One word there and back: two latencies, and in each a row is opened.
    expect(report.calls[0]).toBeGreaterThanOrEqual(200);
    expect(report.calls[0]).toBeLessThan(235);
    const slow = await run({ engine: 'cxxrtl', slow: 20, latency: 1, jitter: 0 });
    expectEqual(slow);
    // 100 words of 8 bytes come and go in bursts of eight words: 26 of them one after the other, each 20 of the memory's cycles of 1.07.
    expect(slow.calls[2]).toBeGreaterThanOrEqual(26 * 20 * 1.07);
    expect(slow.calls[2]).toBeLessThan(1500);
  });

  it('changes no word under random pauses at its boundary', async () => {
    const calm = await run({ engine: 'cxxrtl' });
    for (const seed of [1, 2, 3]) {
      const report = await run({ engine: 'cxxrtl', boundaryStalls: true, seed });
      expectEqual(report);
      expect(report.cycles).toBeGreaterThan(calm.cycles);
    }
  });

  it('changes no word with FIFOs that stall, otherwise for every seed', async () => {
    const reports = [];
    for (const seed of [1, 2, 3]) reports.push(await run({ engine: 'cxxrtl', stalls: true, seed }));
    reports.forEach(expectEqual);
    const calm = await run({ engine: 'cxxrtl' });
    for (const { cycles } of reports) expect(cycles).toBeGreaterThan(calm.cycles);
    expect(new Set(reports.map(({ cycles }) => cycles)).size).toBe(3);
    // A FIFO that stalls still holds no more than its depth.
    for (const { depths } of reports)
      for (const { depth, peak } of depths) expect(peak).toBeLessThanOrEqual(depth);
  });

  it('writes a waveform', async () => {
    const file = join(folder, 'wave.vcd');
    expectEqual(await run({ engine: 'cxxrtl', waveform: { kind: 'vcd', file } }));
    expect(readFileSync(file, 'utf8')).toMatch(/\$scope module u_double_values/);
  });
});

describe.skipIf(engine !== 'verilator')('a region in Verilator', () => {
  it.each(Object.entries(memories))('gives the words and cycles of CXXRTL with %s', async (_, options) => {
    const report = await run({ engine: 'verilator', ...options });
    expectEqual(report);
    expect(figures(report)).toEqual(figures(await run({ engine: 'cxxrtl', ...options })));
  });

  it('writes waveforms', async () => {
    for (const kind of ['vcd', 'fst'] as const) {
      const file = join(folder, `verilator.${kind}`);
      expectEqual(await run({ engine: 'verilator', waveform: { kind, file } }));
      expect(existsSync(file) && statSync(file).size).toBeGreaterThan(1000);
      if (kind === 'vcd') expect(readFileSync(file, 'utf8')).toMatch(/u_double_values/);
    }
  });
});
