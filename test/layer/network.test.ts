import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomModel } from '../../src/quant/synthetic/random-model.js';
import type { QuantizedModel, QuantOptions } from '../../src/quant/types.js';
import { headRuns, rowsOf, tokensOf } from '../../src/units/layer/call.js';
import type { AcceleratorShape } from '../../src/units/shape.js';
import { Random } from '../../src/util/random.js';
import { headChannels, layerChannels } from '../../src/verify/expected/channels.js';
import {
  goldenHeadCall,
  goldenLayerCall,
  goldenSlots,
  inOrder,
  oneSequence,
  slotsOf,
  type TokenPart,
  wantedRows,
} from '../../src/verify/expected/golden-call.js';
import { stateImage } from '../../src/verify/expected/state-image.js';
import { Accelerator } from '../support/accelerator.js';
import { randomCall } from '../support/random-call.js';
import { randomShape } from '../support/random-shape.js';
import { smallShape as shape } from '../support/small-shape.js';

/** Runs calls after one another through all layers and the head, golden and network side by side. */
async function compare(
  shape: AcceleratorShape,
  model: QuantizedModel,
  calls: readonly (readonly TokenPart[])[],
) {
  const accelerator = await Accelerator.create(shape, model, slotsOf(calls));
  const slots = goldenSlots(model, slotsOf(calls));
  let compared = 0;
  const same = (name: string, found: ArrayLike<number | bigint>, expected: ArrayLike<number>) => {
    if (found.length !== expected.length)
      throw new Error(`${name}: ${found.length} lanes, expected ${expected.length}`);
    for (let i = 0; i < expected.length; i++)
      if (Number(found[i]) !== expected[i])
        throw new Error(`${name}: lane ${i} is ${found[i]}, expected ${expected[i]}`);
    compared++;
  };
  for (const given of calls) {
    const parts = inOrder(given);
    const tokens = tokensOf(parts);
    const residual = (await model.embeddingRows(parts.flatMap(({ ids }) => ids))).slice();
    accelerator.setResidual(residual);
    for (let index = 0; index < model.config.nLayers; index++) {
      const before = residual.slice();
      const layer = await model.layer(index);
      const call = goldenLayerCall(layer, model, residual, parts, slots, true);
      const found = await accelerator.layer(index, parts, tokens);
      const { scalars } = model;
      const expected = layerChannels(shape, { scalars, layer, residual: before, ...call });
      for (const [name, words] of Object.entries(expected))
        same(`layer ${index} ${name}`, found.channels[name], words);
      same('residual', accelerator.residual(tokens), residual);
      for (const [slot, state] of slots.entries()) {
        const { ssm, conv } = stateImage(shape, state.layers[index]);
        same(`layer ${index} state of slot ${slot}`, accelerator.state('state', index, slot), ssm);
        same(`layer ${index} inputs of slot ${slot}`, accelerator.state('conv_state', index, slot), conv);
      }
    }
    const head = await model.head();
    let rows = 0;
    for (const runs of headRuns(wantedRows(parts))) {
      const own = rowsOf(runs);
      const call = goldenHeadCall(head, model, residual, own);
      const found = await accelerator.head(runs, rows);
      const expected = headChannels(shape, { head, ...call });
      for (const [name, words] of Object.entries(expected)) same(`head ${name}`, found.channels[name], words);
      same('logits', accelerator.logits(rows, own.length), expected.logit_tiles);
      rows += own.length;
    }
  }
  return compared;
}

/** One sequence, calls of so many tokens. */
function lengths(model: QuantizedModel, counts: readonly number[]): TokenPart[][] {
  let token = 3;
  return counts.map((length) =>
    oneSequence(Array.from({ length }, () => (token = (token * 31 + 7) % model.config.vocabSize))),
  );
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
    expect(await compare(shape, model, lengths(model, [1, 8, 5, 17, 1]))).toBeGreaterThan(400);
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
      const mix = { slots: 3, parts: 3, tokens: shape.chunkTokens + 1, vocabulary: model.config.vocabSize };
      calls += await compare(shape, model, [
        ...lengths(model, [random.integer(1, 2 * shape.chunkTokens + 2), 1]),
        ...Array.from({ length: 2 }, () => randomCall(random, mix)),
      ]);
    }),
    parameters,
  );
  return calls;
}
