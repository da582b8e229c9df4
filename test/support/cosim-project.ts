/** An emitted accelerator with a model in a folder, and scripts that compare every word of its calls with the golden model. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { loadDevice } from '../../src/plan/board/device.js';
import type { CallKind } from '../../src/plan/board/memory-model.js';
import { type PlannedAccelerator, planAccelerator } from '../../src/plan/plan.js';
import type { AcceleratorRequest } from '../../src/plan/plan-request.js';
import { layersOf } from '../../src/plan/time/timing.js';
import { randomModel } from '../../src/quant/synthetic/random-model.js';
import type { QuantizedModel } from '../../src/quant/types.js';
import { type CosimOptions, type CosimReport, runCosim } from '../../src/tools/cosim/cosim.js';
import { tokensOf } from '../../src/units/layer/call.js';
import { emitAccelerator, imageFolder } from '../../src/verify/accelerator.js';
import { AcceleratorMemory } from '../../src/verify/expected/accelerator-memory.js';
import { oneSequence, slotsOf, type TokenPart } from '../../src/verify/expected/golden-call.js';
import { writeModelCase } from '../../src/verify/expected/model-case.js';

export class CosimProject {
  private constructor(
    readonly folder: string,
    readonly model: QuantizedModel,
    readonly planned: PlannedAccelerator,
    private readonly scripts: ReadonlyMap<string, string>,
    /** The calls of each script. */
    private readonly cases: ReadonlyMap<string, readonly (readonly TokenPart[])[]>,
  ) {}

  /** As `of`, with a random model. */
  static make(
    folder: string,
    dimensions: Parameters<typeof randomModel>[0],
    shape: Pick<AcceleratorRequest, 'dims' | 'shape' | 'preset'>,
    cases: Readonly<Record<string, readonly (number | readonly TokenPart[])[]>>,
    formats: Parameters<typeof randomModel>[2] = {},
  ): Promise<CosimProject> {
    return CosimProject.of(folder, randomModel(dimensions, 1, formats), shape, cases);
  }

  /** Emits into `folder` and writes a script for each case: calls of one sequence, by their tokens, or calls of parts. */
  static async of(
    folder: string,
    model: QuantizedModel,
    shape: Pick<AcceleratorRequest, 'dims' | 'shape' | 'preset'>,
    cases: Readonly<Record<string, readonly (number | readonly TokenPart[])[]>>,
  ): Promise<CosimProject> {
    const layers = model.config.nLayers;
    const device = await loadDevice('vc709');
    const planned = planAccelerator({ name: 'random', layers, device, ...shape });
    const vocabulary = model.config.vocabSize;
    const ids = (count: number) => Array.from({ length: count }, (_, i) => (i * 31 + count) % vocabulary);
    const project = await emitAccelerator({ model, planned, command: 'test', tokens: ids(40) }, folder);
    const scripts = new Map<string, string>();
    const made = new Map<string, readonly (readonly TokenPart[])[]>();
    for (const [name, given] of Object.entries(cases)) {
      const calls = given.map((call) => (typeof call === 'number' ? oneSequence(ids(call)) : call));
      made.set(name, calls);
      const vectors = new VectorWriter(join(folder, 'vectors', name));
      const contents = { ...project, slots: slotsOf(calls) };
      const memory = new AcceleratorMemory(contents, vectors, join('..', '..', imageFolder));
      await writeModelCase(memory, { model, calls, detail: 'channels' });
      scripts.set(name, vectors.finish());
    }
    return new CosimProject(folder, model, planned, scripts, made);
  }

  /** Runs a case and expects every word to be the golden one, at least `words` of them. */
  async expectEqual(
    name: string,
    words: number,
    options: Omit<CosimOptions, 'script'>,
  ): Promise<CosimReport> {
    const report = await runCosim(this.folder, { script: this.scripts.get(name)!, optimize: 1, ...options });
    expect(report.failure).toBeNull();
    expect(report.channels.filter(({ mismatches }) => mismatches > 0)).toEqual([]);
    expect(report.memories.filter(({ wrongBytes }) => wrongBytes > 0)).toEqual([]);
    expect(report.words).toBeGreaterThan(words);
    return report;
  }

  /** What a case of single sequences starts: every layer in one go, then the head. */
  callsOf(name: string): CallKind[][] {
    const { nLayers } = this.model.config;
    return this.cases
      .get(name)!
      .map(tokensOf)
      .flatMap((tokens) => [layersOf(nLayers, { kind: 'layer', tokens }), [{ kind: 'head', tokens }]]);
  }
}
