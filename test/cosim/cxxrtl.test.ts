/** The layer network in the engine that is always there, for one token; and in Verilator, where it is, the same words and cycles. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { modelDims } from '../../src/plan/shape/dims.js';
import { randomModel } from '../../src/quant/synthetic/random-model.js';
import { chooseEngine } from '../../src/tools/cosim/cosim.js';
import { CosimProject } from '../support/cosim-project.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-cxxrtl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const best = await chooseEngine();

it('a layer gives the golden integers in CXXRTL for one token, in the cycles of Verilator', async () => {
  const dimensions = { dModel: 32, nLayers: 1, nHeads: 2, headDim: 32, dState: 16, vocabSize: 41 };
  const model = randomModel(dimensions, 1);
  const shape = { dims: modelDims(model.config, model.options), preset: 'small' } as const;
  const project = await CosimProject.make(join(folder, 'project'), dimensions, shape, { decode: [1, 1] });
  const report = await project.expectEqual('decode', 1_000, { engine: 'cxxrtl' });
  console.info(`${report.words} words in ${report.cycles} cycles`);
  if (best !== 'verilator') return;
  const other = await project.expectEqual('decode', 1_000, { engine: 'verilator' });
  expect(report.calls).toEqual(other.calls);
  expect(report.processes).toEqual(other.processes);
  expect(report.depths).toEqual(other.depths);
});
