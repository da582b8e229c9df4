/** The emitted C++ and the testbenches of the RTL compiled by clang++: the golden integers, and no undefined behaviour. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeProject } from '../../src/emit/project/write-project.js';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { chooseEngine, runCosim } from '../../src/tools/cosim/cosim.js';
import { findCompiler } from '../../src/tools/cpp-compiler.js';
import { runCsim } from '../../src/tools/csim/csim.js';
import { handFiles, writeHandCalls } from '../cosim/hand.js';
import { CosimProject } from '../support/cosim-project.js';
import { smallShape } from '../support/small-shape.js';

const found = await findCompiler({ CXX: 'clang++' }).catch(() => undefined);
const engines =
  (await chooseEngine()) === 'verilator' ? (['cxxrtl', 'verilator'] as const) : (['cxxrtl'] as const);
if (!found) console.info('skipped: simulations compiled by clang++, which is not installed');
else if (engines.length < 2) console.info('skipped: Verilator with clang++, for want of Verilator');

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-clang-'));
const chosen = process.env.CXX;
let layer: CosimProject;

describe.skipIf(!found)('compiled by clang++', () => {
  beforeAll(async () => {
    process.env.CXX = 'clang++';
    const model = { dModel: 64, nLayers: 2, nHeads: 4, headDim: 32, dState: 32, vocabSize: 97 };
    const shape = { dims: smallShape.dims, shape: smallShape };
    layer = await CosimProject.make(join(folder, 'layer'), model, shape, { calls: [1, 8, 19] });
  });
  afterAll(() => {
    if (chosen === undefined) delete process.env.CXX;
    else process.env.CXX = chosen;
    rmSync(folder, { recursive: true, force: true });
  });

  it('the kernels give the golden integers, one after another and side by side', async () => {
    const script = join(layer.folder, 'vectors', 'calls', 'script.txt');
    for (const mode of ['sequential', 'checking', 'top'] as const) {
      const report = await runCsim(layer.folder, { script, mode, optimize: 1 });
      expect(report).toMatchObject({ failure: null, mismatches: 0 });
      expect(report.memories.filter(({ wrongBytes }) => wrongBytes > 0)).toEqual([]);
      if (mode === 'sequential') expect(report.words).toBeGreaterThan(10_000);
    }
  });

  it('the kernels have no undefined behaviour', async () => {
    const script = join(layer.folder, 'vectors', 'calls', 'script.txt');
    // Traps: they need no library beside the compiler.
    const flags = ['-fsanitize=undefined', '-fsanitize-trap=undefined'];
    const report = await runCsim(layer.folder, { script, flags, optimize: 1 });
    expect(report).toMatchObject({ failure: null, mismatches: 0 });
  });

  it('the Makefile of a project takes it', async () => {
    const { all } = await execa('make', ['-n', 'csim'], { cwd: layer.folder, all: true });
    expect(all).toMatch(/^clang\+\+ .*-o build\/kernel/m);
  });

  it.each(engines)('the testbench of the RTL gives the golden integers in %s', async (engine) => {
    const project = join(folder, engine);
    await writeProject(project, handFiles());
    const vectors = new VectorWriter(join(project, 'vectors'));
    writeHandCalls(vectors, [1, 0, 100, 255]);
    const report = await runCosim(project, { script: vectors.finish(), optimize: 1, engine });
    expect(report).toMatchObject({ failure: null, mismatches: 0, words: 2 * (1 + 100 + 255) });
  });
});
