/** One process of the layer network alone: its words are the golden ones, its cycles the planned ones; what does not fit is refused. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { processAlone } from '../../src/kernel/alone.js';
import { KernelError } from '../../src/kernel/kernel-error.js';
import { loadDevice } from '../../src/plan/board/device.js';
import { planAccelerator } from '../../src/plan/plan.js';
import { randomModel } from '../../src/quant/synthetic/random-model.js';
import { cosimModel } from '../../src/verify/model-cosim.js';
import { cli } from '../support/cli.js';
import { smallShape } from '../support/small-shape.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-kernel-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const model = randomModel({ dModel: 64, nLayers: 2, nHeads: 4, headDim: 32, dState: 32, vocabSize: 97 }, 1);
const device = await loadDevice('vc709');
const { dims } = smallShape;
const planned = planAccelerator({ name: 'random', layers: 2, dims, device, shape: smallShape });
const { network } = planned.layer;
const tokens = Array.from({ length: 40 }, (_, i) => (i * 31) % 97);
const project = { folder, image: [], planned, model };

/** A process that has no port, one that reads memory, one that writes it. */
const reader = network.processes.find(({ nests }) =>
  nests.some(({ burst }) => burst?.port.direction === 'read'),
)!;
const writer = network.processes.find(({ nests }) =>
  nests.some(({ burst }) => burst?.port.direction === 'write'),
)!;

describe('a process alone', () => {
  it.each(['quantize_in', reader.name, writer.name])(
    '%s equals the golden model in the planned cycles',
    async (kernel) => {
      const options = { engine: 'cxxrtl', optimize: 1, memory: 'ideal' } as const;
      const { report, plannedCycles } = await cosimModel(project, { tokens, kernel, options });
      expect(report.failure).toBeNull();
      expect(report.mismatches).toBe(0);
      expect(report.processes.map(({ name }) => name)).toEqual([kernel]);
      expect(report.words + report.memories.length).toBeGreaterThan(kernel === 'quantize_in' ? 100 : 2);
      // Bursts of a few words: the few cycles that an AXI master takes to begin weigh much.
      const off = Math.abs(report.cycles - plannedCycles);
      expect(off).toBeLessThanOrEqual(kernel === 'quantize_in' ? 0 : 8 * report.calls.length);
    },
  );

  it('is compared: one wrong bit in what is expected is one mismatch', async () => {
    const options = { engine: 'cxxrtl', optimize: 1 } as const;
    await cosimModel(project, { tokens, kernel: 'quantize_in', options });
    const file = join(folder, 'build', 'kernels', 'quantize_in', 'vectors', 'vectors.bin');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(file, bytes);
    const { runCosim } = await import('../../src/tools/cosim/cosim.js');
    const script = join(folder, 'build', 'kernels', 'quantize_in', 'vectors', 'script.txt');
    const report = await runCosim(join(folder, 'build', 'kernels', 'quantize_in'), { ...options, script });
    expect(report.mismatches).toBe(1);
  });

  it('must be in the network', async () => {
    expect(() => processAlone(network, 'nobody')).toThrow(KernelError);
    const options = { engine: 'cxxrtl' } as const;
    await expect(cosimModel(project, { tokens, kernel: 'nobody', options })).rejects.toThrow(
      /--kernel nobody: not known; expected .*quantize_in/,
    );
  });
});

describe('the command line', () => {
  it.each([
    [['--vcd', 'a.vcd', '--fst', 'a.fst'], /--vcd <file>' cannot be used with option '--fst <file>'/],
    [['--kernel', 'conv', '--layers', '2'], /--layers <n>' cannot be used with option '--kernel <name>'/],
    [['--engine', 'cxxrtl', '--fst', 'a.fst'], /--fst: CXXRTL writes VCD only/],
    [['--trace', 'a.txt', '--memory', 'ideal'], /--trace: an ideal memory is not asked for anything/],
    [['--engine', 'icarus'], /verilator, cxxrtl/],
  ])('refuses %j', async (args, message) => {
    const run = await cli(folder, 'cosim', ...args);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(message);
    expect(run.stdout).toBe('');
  });
});
