/** What a plan may use of a device, and what it lacks. */
import type { Resources } from './area/resources.js';
import type { Device } from './board/device.js';

/** Share of each resource of a device that a plan may use: what the paper's own design uses of it (334,784 of 433,200 LUT). */
export const DEVICE_MARGIN = { dsp: 0.925, lut: 0.7728, ff: 0.85, bram36: 0.65 } as const;

/** What a plan may use of a device. */
export function budgetOf(device: Device): Resources {
  return {
    lut: Math.floor(device.lut * DEVICE_MARGIN.lut),
    ff: Math.floor(device.ff * DEVICE_MARGIN.ff),
    dsp: Math.floor(device.dsp * DEVICE_MARGIN.dsp),
    bram36: Math.floor(device.bram36 * DEVICE_MARGIN.bram36),
  };
}

/** Names of the resources of which more is used than there is. */
export function shortOf(used: Resources, limit: Resources): (keyof Resources)[] {
  return (['lut', 'ff', 'dsp', 'bram36'] as const).filter((kind) => used[kind] > limit[kind]);
}
