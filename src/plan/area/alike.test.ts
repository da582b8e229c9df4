/** A neighbour counted by what is known of another shape has the area that it has when it is counted whole. */
import { beforeAll, describe, expect, it } from 'vitest';
import { publishedConfig } from '../../model/config/published-sizes.js';
import { completeOptions } from '../../quant/quantize/quantize.js';
import { scheduleNetwork } from '../../schedule/asap.js';
import { buildLayerNetwork, layerAsWritten } from '../../units/layer/network.js';
import type { AcceleratorShape, ShapeParameters } from '../../units/shape.js';
import { type Device, loadDevice, targetOf } from '../board/device.js';
import { completeRequest } from '../plan-request.js';
import { presetShape } from '../search/presets.js';
import { modelDims } from '../shape/dims.js';
import { AlikeNetworks } from './alike.js';
import { networkResources } from './network.js';
import { allUnits, type Resources, totalResources } from './resources.js';

const config = publishedConfig('130m');
let device: Device;
let base: AcceleratorShape;
let areaOfBase: Resources;
let alike: AlikeNetworks;
beforeAll(async () => {
  device = await loadDevice('vc709');
  const dims = modelDims(config, completeOptions({}));
  const request = completeRequest({ layers: 24, dims, device, preset: 'paper' });
  base = presetShape('paper', request).shape;
  alike = new AlikeNetworks(targetOf(device));
  areaOfBase = alike.area(layerAsWritten(base));
  expect(areaOfBase).toEqual(countedWhole(base));
});

function countedWhole(shape: AcceleratorShape) {
  const { network } = buildLayerNetwork(shape);
  return totalResources(allUnits(networkResources(network, scheduleNetwork(network, targetOf(device)))));
}

describe('networks that are alike', () => {
  it.each<[string, (shape: AcceleratorShape) => Partial<ShapeParameters>]>([
    ['lanes of the norm', ({ normLanes }) => ({ normLanes: normLanes / 2 })],
    ['rows of the state space', ({ ssm }) => ({ ssm: { ...ssm, rows: ssm.rows / 2 } })],
    ['rows of in_proj made of LUTs', ({ inProj }) => ({ inProj: { ...inProj, lutRows: 2 } })],
    ['one buffer where there were two', () => ({ pairs: { xbc: false, z: false, out: false } })],
  ])('%s', (_what, change) => {
    const changed = base.with(change(base));
    const whole = countedWhole(changed);
    expect(whole).not.toEqual(areaOfBase);
    expect(alike.area(layerAsWritten(changed))).toEqual(whole);
  });
});
