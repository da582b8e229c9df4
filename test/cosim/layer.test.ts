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
import { Random } from '../../src/util/random.js';
import { type TokenPart, tokenPart } from '../../src/verify/expected/golden-call.js';
import { CosimProject } from '../support/cosim-project.js';
import { randomCall } from '../support/random-call.js';
import { smallShape } from '../support/small-shape.js';

const folder = process.env.KEEP ?? mkdtempSync(join(tmpdir(), 'fastmamba-rtl-layer-'));
afterAll(() => process.env.KEEP || rmSync(folder, { recursive: true, force: true }));
const engine = await chooseEngine();
if (engine !== 'verilator') console.info('skipped: layers over several chunks, for want of Verilator');

/** Decode of three, prompts packed beside it, drafts, a sequence that is only looked at; then what chance makes of it. */
function mixes(vocabulary: number): TokenPart[][] {
  const ids = (count: number) => Array.from({ length: count }, (_, i) => (i * 31 + count) % vocabulary);
  const random = new Random(7);
  const limits = { slots: 4, parts: 4, tokens: 9, vocabulary };
  return [
    [tokenPart(ids(9)), tokenPart(ids(2), { slot: 1 }), tokenPart(ids(3), { slot: 3, rows: [2] })],
    [0, 1, 3].map((slot) => tokenPart(ids(1), { slot })),
    [tokenPart(ids(4), { slot: 2, gives: 0, rows: [1] }), tokenPart(ids(5), { gives: 2, rows: [1, 2, 4] })],
    ...Array.from({ length: 2 }, () => randomCall(random, limits)),
  ];
}

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
    project = await CosimProject.make(
      join(folder, 'project'),
      model,
      shape,
      { chunks, mixes: mixes(97) },
      formats,
    );
  });

  it('gives the golden integers behind the memory of the board', async () => {
    const report = await project.expectEqual('chunks', WORDS, { engine: 'verilator' });
    console.info(`${report.words} words in ${report.cycles} cycles`);
  });

  it('takes the planned cycles, call by call, where the memory answers at once', async () => {
    const report = await project.expectEqual('chunks', WORDS, { engine: 'verilator', memory: 'ideal' });
    const calls = project.callsOf('chunks');
    expect(report.calls.length).toBe(calls.length);
    const planned = calls.map((call) => callCycles(project.planned, call, { ideal: true }));
    console.info(`measured ${report.calls}, planned ${planned}`);
    report.calls.forEach((cycles, i) => {
      const off = Math.abs(cycles / planned[i] - 1);
      expect(off, `call ${i}: ${cycles}, planned ${planned[i]}`).toBeLessThan(0.005);
    });
  });

  it('computes many sequences in a call as each by itself, whatever stalls', async () => {
    await project.expectEqual('mixes', WORDS, { engine: 'verilator' });
    await project.expectEqual('mixes', WORDS, { engine: 'verilator', slow: 5, jitter: 40, seed: 3 });
    await project.expectEqual('mixes', WORDS, { engine: 'verilator', stalls: true, seed: 4 });
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
