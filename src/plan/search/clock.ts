/**
 * Whether the units can be made for a device's clock: their schedule tells. Where they cannot, the fastest clock at which
 * they can is searched in whole MHz, the same way.
 */
import { CheckFailed } from '../../errors.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { scheduleNetwork } from '../../schedule/asap.js';
import { verifySchedule } from '../../schedule/verify.js';
import { buildLayerNetwork } from '../../units/layer/network.js';
import type { AcceleratorShape } from '../../units/shape.js';
import { type Device, targetOf } from '../board/device.js';
import { type Preset, presetShape, type ShapeRequest } from './presets.js';

/** What stands against the clock of `device`: the first operation or loop that does not fit it; undefined for a clock that works. */
export function clockProblem(shape: AcceleratorShape, device: Device): string | undefined {
  const { network } = buildLayerNetwork(shape);
  try {
    return verifySchedule(network, scheduleNetwork(network, targetOf(device)))[0];
  } catch (error) {
    if (error instanceof KernelError) return error.message;
    throw error;
  }
}

/**
 * Throws CheckFailed naming the fastest clock that works where the device's is too fast for the units of a preset. Few lanes
 * are looked at: the units are the same.
 */
export function requireClock(preset: Preset, request: ShapeRequest): void {
  const { device } = request;
  const { shape } = presetShape('small', request);
  const problem = clockProblem(shape, device);
  if (problem === undefined) return;
  const fastest = fastestClock(preset, request, shape);
  const expected = fastest > 0 ? `at most ${fastest}, the fastest that the units make` : 'a slower one';
  throw new CheckFailed(
    `device ${device.name}: clockMHz: found ${device.clockMHz}, expected ${expected} (${problem.split(':')[0]})`,
  );
}

/** In whole MHz, below the device's; 0 where none works. */
function fastestClock(preset: Preset, request: ShapeRequest, small: AcceleratorShape): number {
  const at = (clockMHz: number): Device => ({ ...request.device, clockMHz });
  let works = 0;
  let fails = Math.ceil(request.device.clockMHz);
  while (fails - works > 1) {
    const middle = Math.floor((works + fails) / 2);
    if (clockProblem(small, at(middle)) === undefined) works = middle;
    else fails = middle;
  }
  while (works > 0 && !presetWorks(preset, { ...request, device: at(works) })) works--;
  return works;
}

/** Whether the preset has a shape at the device's clock whose units keep it, many lanes or few. */
function presetWorks(preset: Preset, request: ShapeRequest): boolean {
  try {
    return clockProblem(presetShape(preset, request).shape, request.device) === undefined;
  } catch (error) {
    if (error instanceof KernelError) return false;
    throw error;
  }
}
