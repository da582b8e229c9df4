/**
 * The layer network as RTL against the golden model, every word of every channel: one token, chunks that are not full, full, and several, the
 * state carried from call to call; the head; the whole model through the control registers of the top. In every engine that is here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitAccelerator, imageFolder } from '../../src/emit/accelerator.js';
import { AcceleratorMemory } from '../../src/emit/golden/accelerator-memory.js';
import { writeModelCase } from '../../src/emit/golden/model-case.js';
import { VectorWriter } from '../../src/emit/vectors.js';
import { loadDevice } from '../../src/plan/device.js';
import { type PlannedAccelerator, planAccelerator } from '../../src/plan/plan.js';
import { callCycles, channelDepths, type TimedAccelerator } from '../../src/plan/timing.js';
import { randomModel } from '../../src/quant/random-model.js';
import { type CosimOptions, chooseEngine, runCosim } from '../../src/tools/cosim.js';
import { smallShape } from '../support/small-shape.js';

const folder = process.env.KEEP ?? mkdtempSync(join(tmpdir(), 'fastmamba-rtl-layer-'));
const project = join(folder, 'project');
const LAYERS = 2;
const model = randomModel(
  { dModel: 64, nLayers: LAYERS, nHeads: 4, headDim: 32, dState: 32, vocabSize: 97 },
  1,
);
const best = await chooseEngine();
if (best !== 'verilator') console.info('skipped: layers in Verilator, which is not installed');
const ids = (count: number) => Array.from({ length: count }, (_, i) => (i * 31 + count) % 97);
/** Tokens of each call. */
const lengths = { decode: [1, 1], chunks: [1, 7, 8, 19, 1] };
const scripts: Record<string, string> = {};
let planned: PlannedAccelerator;
let timed: TimedAccelerator;
afterAll(() => process.env.KEEP || rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const device = await loadDevice('vc709');
  const { dims } = smallShape;
  planned = planAccelerator({ model: 'random', layers: LAYERS, dims, device, shape: smallShape });
  timed = { ...planned, device, depths: channelDepths(planned.layer.network) };
  const accelerator = { name: 'random', model, planned, device, command: 'test', tokens: ids(40) };
  const { image } = await emitAccelerator(accelerator, project);
  for (const [name, tokens] of Object.entries(lengths)) {
    const vectors = new VectorWriter(join(project, 'vectors', name));
    const parts = { shape: smallShape, ...planned.layer };
    const images = join('..', '..', imageFolder);
    const memory = new AcceleratorMemory(parts, vectors, LAYERS, model.scalars, image, images);
    await writeModelCase(memory, model, tokens.map(ids), 'channels');
    scripts[name] = vectors.finish();
  }
});

async function expectEqual(name: string, options: Omit<CosimOptions, 'script'>) {
  const report = await runCosim(project, { script: scripts[name]!, optimize: 1, ...options });
  expect(report.failure).toBeNull();
  expect(report.channels.filter(({ mismatches }) => mismatches > 0)).toEqual([]);
  expect(report.memories.filter(({ wrongBytes }) => wrongBytes > 0)).toEqual([]);
  expect(report.words).toBeGreaterThan(name === 'decode' ? 5_000 : 50_000);
  return report;
}

describe.skipIf(best !== 'verilator')('a layer in Verilator', () => {
  it('gives the golden integers for one token and for several chunks', async () => {
    const report = await expectEqual('chunks', { engine: 'verilator' });
    console.info(`${report.words} words in ${report.cycles} cycles`);
  });
  it('takes the planned cycles, call by call, where the memory answers at once', async () => {
    const report = await expectEqual('chunks', { engine: 'verilator', memory: 'ideal' });
    const calls = lengths.chunks.flatMap((tokens) => [
      ...Array.from({ length: LAYERS }, () => ({ kind: 'layer', tokens }) as const),
      { kind: 'head', tokens } as const,
    ]);
    expect(report.calls.length).toBe(calls.length);
    report.calls.forEach((cycles, i) => {
      const expected = callCycles(timed, calls[i]!, { ideal: true });
      expect(
        Math.abs(cycles - expected) / expected,
        `call ${i}: ${cycles}, planned ${expected}`,
      ).toBeLessThan(0.005);
    });
  });
  it('does so with a slow memory', () =>
    expectEqual('chunks', { engine: 'verilator', slow: 5, jitter: 40, seed: 2 }));
});

describe('a layer in CXXRTL', () => {
  it('gives the golden integers for one token, in the cycles of Verilator', async () => {
    const report = await expectEqual('decode', { engine: 'cxxrtl' });
    console.info(`${report.words} words in ${report.cycles} cycles`);
    if (best !== 'verilator') return;
    const other = await expectEqual('decode', { engine: 'verilator' });
    expect(report.calls).toEqual(other.calls);
    expect(report.processes).toEqual(other.processes);
    expect(report.depths).toEqual(other.depths);
  });
});
