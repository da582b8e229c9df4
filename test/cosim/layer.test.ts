/**
 * The layer network as RTL in Verilator against the golden model, every word of every channel: one token, chunks that are not full, full, and
 * several, the state carried from call to call, the head behind the layers; through the region and through the top's registers. Weights have 4
 * bits, those of the head 8: the other tests have 8 bits in both.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCycles } from '../../src/plan/time/timing.js';
import { chooseEngine } from '../../src/tools/cosim/cosim.js';
import { CosimProject } from '../support/cosim-project.js';
import { smallShape } from '../support/small-shape.js';

const folder = process.env.KEEP ?? mkdtempSync(join(tmpdir(), 'fastmamba-rtl-layer-'));
afterAll(() => process.env.KEEP || rmSync(folder, { recursive: true, force: true }));
const engine = await chooseEngine();
if (engine !== 'verilator') console.info('skipped: layers over several chunks, for want of Verilator');

describe.skipIf(engine !== 'verilator')('a layer in Verilator', () => {
  const WORDS = 50_000;
  let project: CosimProject;
  beforeAll(async () => {
    const model = { dModel: 64, nLayers: 2, nHeads: 4, headDim: 32, dState: 32, vocabSize: 97 };
    const weights = { bits: 4, headBits: 8, group: 16 } as const;
    const dims = { ...smallShape.dims, weights };
    const shape = { dims, shape: smallShape.with({ dims }) };
    const formats = { weightBits: weights.bits, headBits: weights.headBits, weightGroup: weights.group };
    const chunks = [1, 7, 8, 19, 1];
    project = await CosimProject.make(join(folder, 'project'), model, shape, { chunks }, formats);
  });

  it('gives the golden integers behind the memory of the board', async () => {
    const report = await project.expectEqual('chunks', WORDS, { engine: 'verilator' });
    console.info(`${report.words} words in ${report.cycles} cycles`);
  });

  it('takes the planned cycles, call by call, where the memory answers at once', async () => {
    const report = await project.expectEqual('chunks', WORDS, { engine: 'verilator', memory: 'ideal' });
    const calls = project.callsOf('chunks');
    expect(report.calls.length).toBe(calls.length);
    report.calls.forEach((cycles, i) => {
      const planned = callCycles(project.planned, calls[i], { ideal: true });
      expect(Math.abs(cycles - planned) / planned, `call ${i}: ${cycles}, planned ${planned}`).toBeLessThan(
        0.005,
      );
    });
  });

  it('changes no word with a slow memory', async () => {
    const options = { engine: 'verilator', slow: 5, jitter: 40, seed: 2 } as const;
    await project.expectEqual('chunks', WORDS, options);
  });

  it('changes no word with random stalls on every channel', async () => {
    for (const seed of [1, 2, 3])
      await project.expectEqual('chunks', WORDS, { engine: 'verilator', stalls: true, seed });
  });

  it('is started by the control registers of the top', async () => {
    await project.expectEqual('chunks', 1, { engine: 'verilator', unit: 'top' });
  });
});
