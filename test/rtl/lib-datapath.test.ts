/** Modules of the RTL library beside models of them (lib-checks.sv): the same readiness in every cycle, the same values. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';
import { bestEngine, librarySources, simulate } from './lib-simulate.js';

const CHECKS = packagePath('test', 'rtl', 'lib-checks.sv');
const engine = await bestEngine();

/** Runs a module of lib-checks.sv; bit i of each number stands for its check i. */
function check(top: string, cycles: number, sources = librarySources, defines: string[] = []) {
  const bench = `int main() {
    design d;
    d.set_rst(1);
    for (int i = 0; i < 40; ++i) d.settle(), d.edge();
    d.set_rst(0);
    for (int i = 0; i < ${cycles}; ++i) d.settle(), d.edge();
    d.settle();
    std::printf("bad %llx missed %llx", (unsigned long long)d.get_bad(), (unsigned long long)d.get_missed());
  }
  `;
  const ports = { inputs: ['rst'], outputs: ['bad', 'missed'] };
  return simulate({ engine, top, sources: [...sources, CHECKS], bench, defines, ...ports });
}

describe(`RTL library by ${engine}`, () => {
  it('FIFOs are ready exactly when they should be, empty, full and in between', async () => {
    expect(await check('fifo_checks', 60_000)).toBe('bad 0 missed 0');
  });

  it('FIFOs with random stalls lose nothing and take nothing back', async () => {
    const stalling = packagePath('rtl', 'test', 'stalling_fifo.sv');
    const others = librarySources.filter((path) => !path.endsWith(join('lib', 'fifo.sv')));
    expect(await check('fifo_checks', 60_000, [...others, stalling], ['STALLING'])).toMatch(/^bad 0 /);
  });

  it('trees add and compare any number of lanes', async () => {
    expect(await check('tree_checks', 10_000)).toBe('bad 0 missed 0');
  });

  it('multipliers in LUTs: all operands, plain and as written-out rows', async () => {
    expect(await check('lut_checks', 66_000)).toBe('bad 0 missed 0');
    expect(await check('lut_checks', 66_000, librarySources, ['YOSYS', 'SYNTHESIS'])).toBe('bad 0 missed 0');
  });

  it('multipliers in one and more DSP blocks', async () => {
    expect(await check('dsp_checks', 20_000)).toBe('bad 0 missed 0');
  });

  it('sums of products in DSP blocks, and in LUTs, plain and as written-out rows', async () => {
    expect(await check('dot_checks', 20_000)).toBe('bad 0 missed 0');
    expect(await check('dot_checks', 20_000, librarySources, ['SYNTHESIS'])).toBe('bad 0 missed 0');
  });

  it('memories and delays', async () => {
    expect(await check('memory_checks', 20_000)).toBe('bad 0 missed 0');
  });
});
