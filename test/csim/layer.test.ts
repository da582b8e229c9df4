import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emitCpp } from '../../src/emit/cpp/project.js';
import { writeImage } from '../../src/emit/image/write-image.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { loadDevice } from '../../src/plan/board/device.js';
import { runCsim } from '../../src/tools/csim/csim.js';
import { buildLayerNetwork } from '../../src/units/layer/network.js';
import { AcceleratorMemory } from '../../src/verify/expected/accelerator-memory.js';
import { oneSequence, tokenPart } from '../../src/verify/expected/golden-call.js';
import { writeModelCase } from '../../src/verify/expected/model-case.js';
import { shippedModel } from '../support/shipped-model.js';

const folder = process.env.KEEP ?? mkdtempSync(join(tmpdir(), 'fastmamba-csim-'));
afterAll(() => process.env.KEEP || rmSync(folder, { recursive: true, force: true }));

describe('emitted layer network', () => {
  it('gives the golden integers of the shipped model with weights of 2 bits and a head of 4, in every mode', async () => {
    const { model, shape, tokens } = await shippedModel({ weightBits: 2, headBits: 4 });
    const planned = {
      shape,
      layer: buildLayerNetwork(shape),
      device: await loadDevice('vc709'),
    };
    const project = join(folder, 'layer');
    await writeProject(
      project,
      emitCpp(planned.layer.network, { model: 'random', planDigest: 'none', command: 'test' }),
    );
    const image = await writeImage(model, shape, join(project, 'image'));
    const vectors = new VectorWriter(join(project, 'vectors'));
    const memory = new AcceleratorMemory({ planned, model, image, slots: 4 }, vectors, join('..', 'image'));
    const ids = (count: number) => Array.from({ length: count }, (_, i) => tokens[i * 31 + count]);
    const calls = [
      ...[ids(1), ids(8), ids(21)].map(oneSequence),
      // Decode of two beside a prompt, drafts that are not given, and a sequence that is only looked at.
      [tokenPart(ids(1)), tokenPart(ids(11), { slot: 2, rows: [10] }), tokenPart(ids(1), { slot: 1 })],
      [tokenPart(ids(4), { slot: 3, gives: 0, rows: [] }), tokenPart(ids(5), { gives: 2, rows: [1, 2, 4] })],
    ];
    await writeModelCase(memory, { model, calls, detail: 'channels' });
    const script = vectors.finish();
    for (const mode of ['sequential', 'checking', 'region', 'top'] as const) {
      const report = await runCsim(project, { script, mode });
      expect(report.failure).toBeNull();
      expect(report.mismatches).toBe(0);
      expect(report.memories.filter((m) => m.wrongBytes > 0)).toEqual([]);
      if (mode === 'sequential') expect(report.words).toBeGreaterThan(10000);
    }
  });
});
