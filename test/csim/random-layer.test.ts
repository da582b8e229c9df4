/**
 * Random models on random accelerators: lanes, tiles and T drawn at random, a random legal schedule (from which FIFO depths and bindings
 * come), emitted as C++. On every channel the words must be the golden model's, whatever was drawn. SEED draws others.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Binding } from '../../src/emit/cpp/context.js';
import { emitCpp } from '../../src/emit/cpp/project.js';
import { writeImage } from '../../src/emit/image/write-image.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { withDepths } from '../../src/kernel/depths.js';
import type { Node, Process } from '../../src/kernel/ir.js';
import { loadDevice } from '../../src/plan/board/device.js';
import { fifoDepths } from '../../src/plan/fifos.js';
import { spacedSsm } from '../../src/plan/shape/array-shapes.js';
import { type RandomModel, randomModel } from '../../src/quant/synthetic/random-model.js';
import { operatorTiming } from '../../src/schedule/operator-timing.js';
import { randomSchedule } from '../../src/schedule/random-schedule.js';
import { vc709Timing } from '../../src/schedule/target.js';
import { verifySchedule } from '../../src/schedule/verify.js';
import { runCsim } from '../../src/tools/csim/csim.js';
import { buildLayerNetwork } from '../../src/units/layer/network.js';
import { Random } from '../../src/util/random.js';
import { AcceleratorMemory } from '../../src/verify/expected/accelerator-memory.js';
import { oneSequence } from '../../src/verify/expected/golden-call.js';
import { writeModelCase } from '../../src/verify/expected/model-case.js';
import { randomCall } from '../support/random-call.js';
import { randomShape } from '../support/random-shape.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-random-layer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const seed = Number(process.env.SEED ?? 1);

const models: Record<string, (pick: <T>(...choices: T[]) => T) => RandomModel> = {
  'folded Hadamard, 24-bit state': (pick) =>
    randomModel(
      { ...{ nLayers: 2, nHeads: pick(2, 3), headDim: pick(8, 16), dState: pick(8, 16) }, vocabSize: 23 },
      seed,
      { hadamard: 'folded', stateBits: 24 },
    ),
  'online Hadamard, two groups with norms of their own, 16-bit state, extreme values': (pick) =>
    randomModel(
      {
        ...{ nLayers: 1, nGroups: 2, nHeads: 4, headDim: pick(8, 16), dState: pick(8, 16), dModel: 32 },
        ...{ convKernel: pick(2, 3), vocabSize: 17, groupNorm: true },
      },
      seed,
      { hadamard: 'online', stateBits: 16 },
      'extreme',
    ),
};

describe('random plans, random schedules', () => {
  it.each(Object.keys(models))('%s', async (name) => {
    const random = new Random(seed, name);
    const pick = <T>(...choices: T[]) => choices[random.integer(0, choices.length - 1)]!;
    const model = models[name](pick);
    const { inProj, outProj } = model.layerNow(0);
    const drawn = randomShape(random, model, { in: inProj.hatSize, out: outProj.hatSize });
    const { nHeads, headDim, dState } = model.config;
    // Fewer words of state than stages of its update no schedule takes.
    const shape = drawn.with({ ssm: spacedSsm(drawn.ssm, nHeads * headDim * dState) });
    const built = buildLayerNetwork(shape);
    const schedule = randomSchedule(built.network, vc709Timing, random.bits());
    expect(verifySchedule(built.network, schedule)).toEqual([]);
    const T = shape.chunkTokens;
    const lengths = [1, T + 1, 2 * T + 3, Math.max(1, T - 1)];
    const device = await loadDevice('vc709');
    const kinds = lengths.map((tokens) => ({ kind: 'layer', tokens }) as const);
    const depths = fifoDepths({ layer: built, schedule, shape, device }, [
      ...kinds,
      { kind: 'head', tokens: 1 },
    ]);
    const layer = { ...built, network: withDepths(built.network, depths) };

    // Bound at random, with the stages of the schedule, or left to the tool.
    const bound = new Map<Node, Binding | null>();
    const bindingOf = (_process: Process, node: Node) => {
      if (!bound.has(node)) {
        const implementation = pick('dsp', 'fabric');
        const latency = operatorTiming(node, schedule.target).stages;
        bound.set(node, pick({ implementation, latency }, { implementation }, null));
      }
      return bound.get(node)!;
    };
    const project = join(folder, `layer-${name.length}`);
    await writeProject(
      project,
      emitCpp(layer.network, { model: 'random', planDigest: 'none', command: 'test', bindingOf }),
    );
    const image = await writeImage(model, shape, join(project, 'image'));
    const vectors = new VectorWriter(join(project, 'vectors'));
    const { vocabSize } = model.config;
    const contents = { planned: { shape, layer, device: await loadDevice('vc709') }, model, image, slots: 3 };
    const memory = new AcceleratorMemory(contents, vectors, join('..', 'image'));
    const calls = lengths.map((length) =>
      oneSequence(Array.from({ length }, () => random.integer(0, vocabSize - 1))),
    );
    const mix = { slots: 3, parts: 3, tokens: shape.chunkTokens, vocabulary: vocabSize };
    calls.push(randomCall(random, mix), randomCall(random, mix));
    await writeModelCase(memory, { model, calls, detail: 'channels' });
    const script = vectors.finish();
    for (const mode of ['sequential', 'checking', 'top'] as const) {
      const report = await runCsim(project, { script, mode, optimize: 1 });
      expect(report.failure, `seed ${seed}, ${mode}`).toBeNull();
      expect(report.channels.filter(({ mismatches }) => mismatches > 0)).toEqual([]);
      expect(report.memories.filter(({ wrongBytes }) => wrongBytes > 0)).toEqual([]);
      if (mode === 'top') continue;
      expect(report.words).toBeGreaterThan(2000);
      console.info(
        `${name}: T ${T}, in_proj ${shape.inProj.rows} x ${shape.inProj.cols}, ssm ${shape.ssm.rows} x ${shape.ssm.cols}, ` +
          `${layer.network.processes.length} processes, ${mode}: ${report.channels.length} channels, ${report.words} words compared`,
      );
    }
  });
});
