import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenLayer } from '../../src/quant/golden/layer.js';
import { goldenLogits } from '../../src/quant/golden/model.js';
import type { GoldenData, GoldenTap } from '../../src/quant/golden/observer.js';
import { copyGoldenState, createGoldenState } from '../../src/quant/golden/state.js';
import { randomModel } from '../../src/quant/synthetic/random-model.js';
import type { QuantizedModel, QuantOptions } from '../../src/quant/types.js';
import type { AcceleratorShape } from '../../src/units/shape.js';
import { Random } from '../../src/util/random.js';
import { headChannels, type LayerTaps, layerChannels } from '../../src/verify/expected/channels.js';
import { Accelerator } from '../support/accelerator.js';
import { randomShape } from '../support/random-shape.js';
import { smallShape as shape } from '../support/small-shape.js';

/** Runs `lengths` tokens after one another through one layer and the head, golden and network side by side. */
async function compare(shape: AcceleratorShape, model: QuantizedModel, lengths: readonly number[]) {
  const accelerator = await Accelerator.create(shape, model);
  const state = createGoldenState(model.config);
  let compared = 0;
  const same = (name: string, found: ArrayLike<number | bigint>, expected: ArrayLike<number>) => {
    if (found.length !== expected.length)
      throw new Error(`${name}: ${found.length} lanes, expected ${expected.length}`);
    for (let i = 0; i < expected.length; i++)
      if (Number(found[i]) !== expected[i])
        throw new Error(`${name}: lane ${i} is ${found[i]}, expected ${expected[i]}`);
    compared++;
  };
  let token = 3;
  for (const length of lengths) {
    const ids = Array.from({ length }, () => (token = (token * 31 + 7) % model.config.vocabSize));
    const residual = (await model.embeddingRows(ids)).slice();
    accelerator.setResidual(residual);
    for (let index = 0; index < model.config.nLayers; index++) {
      const start = { residual: residual.slice(), ...copyGoldenState(state).layers[index] };
      const taps = new Map<GoldenTap, GoldenData>();
      const observer = {
        everyState: true,
        tap: (name: GoldenTap, _layer: number, data: GoldenData) => void taps.set(name, data),
      };
      const layer = await model.layer(index);
      goldenLayer(layer, model, residual, state.layers[index], observer);
      const found = await accelerator.layer(index, length, length);
      const expected = layerChannels(shape, {
        scalars: model.scalars,
        layer,
        taps,
        start,
        end: state.layers[index],
      });
      for (const [name, words] of Object.entries(expected))
        same(`layer ${index} ${name}`, found.channels[name], words);
      same('residual', accelerator.residual(length), residual);
    }
    const taps = new Map<GoldenTap, GoldenData>() as Map<GoldenTap, GoldenData> & LayerTaps;
    const head = await model.head();
    goldenLogits(head, model, residual, { tap: (name, _layer, data) => void taps.set(name, data) });
    const found = await accelerator.head(length);
    for (const [name, words] of Object.entries(headChannels(shape, { head, taps, residual })))
      same(`head ${name}`, found.channels[name], words);
  }
  return compared;
}

describe('layer network', () => {
  it('gives the golden integers on every channel, over several calls and chunk lengths', async () => {
    const { dims } = shape;
    const model = randomModel(
      {
        dModel: dims.dModel,
        nLayers: 2,
        headDim: dims.headDim,
        nHeads: dims.nHeads,
        dState: dims.dState,
        vocabSize: 97,
      },
      1,
    );
    expect(model.config.nHeads).toBe(4);
    expect(await compare(shape, model, [1, 8, 5, 17, 1])).toBeGreaterThan(400);
  });

  it('does so for random models on random shapes', async () => {
    expect(await compareRandom({ numRuns: 12, seed: 20251 }, () => ({}))).toBeGreaterThan(1000);
  });

  it('does so for weights of 4 and 2 bits, the head with as many or more, groups of any size', async () => {
    const seen = new Set<string>();
    const calls = await compareRandom({ numRuns: 10, seed: 4 }, (pick) => {
      const [weightBits, headBits] = pick([4, 4], [4, 8], [2, 2], [2, 4], [2, 8]) as [4, 4];
      const weightGroup = pick(0, 4, 8, 16, 32, 64);
      seen.add(`${weightBits} ${headBits} ${weightGroup > 0}`);
      return { weightBits, headBits, weightGroup };
    });
    expect(calls).toBeGreaterThan(500);
    expect(seen.size).toBeGreaterThan(4);
  });
});

type Pick = <T>(...choices: T[]) => T;

/** Random models of some formats on random shapes; gives how much was compared. */
async function compareRandom(
  parameters: { readonly numRuns: number; readonly seed: number },
  formats: (pick: Pick) => Partial<QuantOptions>,
): Promise<number> {
  let calls = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = new Random(seed);
      const pick: Pick = (...choices) => choices[random.integer(0, choices.length - 1)]!;
      const nGroups = pick(1, 1, 2);
      const online = pick(false, true);
      const model = randomModel(
        {
          nLayers: 1,
          nGroups,
          nHeads: nGroups * pick(1, 2, 3),
          headDim: pick(8, 16),
          dState: pick(8, 16),
          dModel: pick(24, 32, 48),
          convKernel: pick(2, 3, 4),
          vocabSize: pick(17, 50),
          groupNorm: nGroups > 1 && pick(false, true),
        },
        seed,
        { hadamard: online ? 'online' : 'folded', stateBits: pick(16, 20, 24), ...formats(pick) },
        pick('lively', 'lively', 'extreme'),
      );
      const layer = model.layerNow(0);
      const shape = randomShape(random, model, { in: layer.inProj.hatSize, out: layer.outProj.hatSize });
      calls += await compare(shape, model, [random.integer(1, 2 * shape.chunkTokens + 2), 1]);
    }),
    parameters,
  );
  return calls;
}
