import { describe, expect, it } from 'vitest';
import { networkProblems } from '../../src/kernel/check/network.js';
import { checkRates } from '../../src/kernel/check/rates.js';
import { loadDevice } from '../../src/plan/board/device.js';
import { presetShape } from '../../src/plan/search/presets.js';
import { headCall, layerCall } from '../../src/plan/time/call.js';
import { scheduleNetwork } from '../../src/schedule/asap.js';
import { randomSchedule } from '../../src/schedule/random-schedule.js';
import { vc709Timing } from '../../src/schedule/target.js';
import { verifySchedule } from '../../src/schedule/verify.js';
import { wholePart } from '../../src/units/layer/call.js';
import { buildLayerNetwork } from '../../src/units/layer/network.js';
import { smallShape } from '../support/small-shape.js';

/** Published Mamba2 sizes: d_model, heads; state 128, head 64, expand 2, convolution 4, vocabulary 50,288. */
const sizes = [
  ['130m', 768, 24],
  ['370m', 1024, 32],
  ['780m', 1536, 48],
  ['1.3b', 2048, 64],
  ['2.7b', 2560, 80],
] as const;

describe('the rules of the language hold', () => {
  it('for a small network: every call length writes as many words as it reads', () => {
    const layer = buildLayerNetwork(smallShape);
    const { network } = layer;
    expect(networkProblems(network)).toEqual([]);
    const lengths = Array.from({ length: 2 * smallShape.chunkTokens + 4 }, (_, tokens) => tokens);
    const calls = [...lengths, smallShape.maxTokens].flatMap((tokens) => [
      layerCall(layer, smallShape, wholePart(tokens)),
      headCall(layer, smallShape, tokens),
    ]);
    checkRates(network, calls);
  });

  it('and random schedules of it are legal', () => {
    const { network } = buildLayerNetwork(smallShape);
    for (const seed of [1, 2, 3])
      expect(verifySchedule(network, randomSchedule(network, vc709Timing, seed))).toEqual([]);
  });

  it.each(sizes)(
    'for the network of every preset at %s size, scheduled at 250 MHz',
    async (_name, dModel, nHeads) => {
      const device = await loadDevice('vc709');
      for (const [preset, hatIn] of [
        ['auto', 1],
        ['paper', 256],
        ['small', 1],
      ] as const) {
        const dims = {
          dModel,
          dInner: 2 * dModel,
          nHeads,
          headDim: 64,
          dState: 128,
          nGroups: 1,
          convKernel: 4,
          vocabRows: 50_288,
          groupNorm: false,
          hatIn,
          hatOut: 256,
          stateBits: 24,
        };
        const { network } = buildLayerNetwork(presetShape(preset, { dims: dims, device }).shape);
        expect(networkProblems(network)).toEqual([]);
        expect(verifySchedule(network, scheduleNetwork(network, vc709Timing))).toEqual([]);
      }
    },
  );
});
