import { beforeAll, describe, expect, test } from 'vitest';
import { totalBits } from '../kernel/type.js';
import { buildLayerNetwork, type LayerNetwork } from '../units/layer/network.js';
import type { AcceleratorShape } from '../units/shape.js';
import { type Device, loadDevice } from './device.js';
import { type CallKind, portModels } from './memory-model.js';
import { presetShape } from './presets.js';
import { headTraffic, layerTraffic, totalBytes } from './traffic.js';

/** Mamba2-130M. */
const dims = {
  dModel: 768,
  dInner: 1536,
  nHeads: 24,
  headDim: 64,
  dState: 128,
  nGroups: 1,
  convKernel: 4,
  vocabRows: 50288,
  groupNorm: false,
  hatIn: 1,
  hatOut: 256,
  stateBits: 24,
};

let device: Device;
let shape: AcceleratorShape;
let layer: LayerNetwork;
beforeAll(async () => {
  device = await loadDevice('vc709');
  shape = presetShape('auto', { dims: dims, device }).shape;
  layer = buildLayerNetwork(shape);
});

/** Bytes a cycle of ports whose names start so. */
function rateOf(call: CallKind, start: string): number {
  const models = portModels(layer.network, shape, device, call);
  return layer.network.ports
    .filter(({ name }) => name.startsWith(start))
    .reduce((sum, { name, type }) => sum + totalBits(type) / 8 / models[name]!.cyclesPerWord, 0);
}

/** Two DDR3 channels of 64 bits at 1,866 MT/s, nine tenths of them, a 250 MHz clock. */
const streamRate = (2 * 8 * 1866 * 0.9) / 250;

describe('portModels', () => {
  test('in decode the weight streams leave room for the other bytes of the call', () => {
    const traffic = layerTraffic(shape, 1);
    const expected = (streamRate * traffic.weights) / totalBytes(traffic);
    const call = { kind: 'layer', tokens: 1 } as const;
    expect(rateOf(call, 'weights_in')).toBeCloseTo(expected, 6);
    expect(rateOf(call, 'weights_out')).toBeCloseTo(expected, 6);
    expect(expected).toBeLessThan(streamRate);
  });

  test('where chunks overlap, both streams share the memory by their bytes', () => {
    const tokens = 4 * shape.chunkTokens;
    const traffic = layerTraffic(shape, tokens);
    const call = { kind: 'layer', tokens } as const;
    const both = rateOf(call, 'weights_in') + rateOf(call, 'weights_out');
    expect(both).toBeCloseTo((streamRate * traffic.weights) / totalBytes(traffic), 6);
    expect(rateOf(call, 'weights_in')).toBeGreaterThan(2 * rateOf(call, 'weights_out'));
  });

  test('the head has the memory to itself, and no port is faster than a word a cycle', () => {
    const call = { kind: 'head', tokens: 1 } as const;
    const traffic = headTraffic(shape, 1);
    expect(rateOf(call, 'weights_in')).toBeCloseTo((streamRate * traffic.weights) / totalBytes(traffic), 6);
    for (const { cyclesPerWord, latencyCycles, outstandingWords } of Object.values(
      portModels(layer.network, shape, device, call),
    )) {
      expect(cyclesPerWord).toBeGreaterThanOrEqual(1);
      expect(outstandingWords).toBeGreaterThan(latencyCycles);
    }
  });
});
