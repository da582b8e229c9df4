/** From a model's dimensions and a device to a planned accelerator. The weights are not looked at. */
import type { Mamba2Config } from '../model/config/mamba2-config.js';
import type { Device } from '../plan/board/device.js';
import { type PlannedAccelerator, planAccelerator } from '../plan/plan.js';
import { completeRequest, type PlanRequest } from '../plan/plan-request.js';
import { requireClock } from '../plan/search/clock.js';
import { type HardwareOptions, modelDims } from '../plan/shape/dims.js';
import { completeOptions } from '../quant/quantize/quantize.js';

/** What is planned for: a `QuantizedModel`, or a config alone with what will be chosen of the quantizer. */
export interface PlannedModel {
  readonly config: Mamba2Config;
  /** Choices of the quantizer that the hardware must know; the defaults when absent. */
  readonly options?: Partial<HardwareOptions>;
}

/**
 * Plans an accelerator; the figures are in `plan` of the result, which prints as JSON. Whether it fits is in `plan.resources`. Throws
 * UserError for a size or a choice that the hardware cannot have, and where `auto` finds nothing that fits; CheckFailed for a clock that is too
 * fast for it.
 */
export function planFor(
  { config, options = {} }: PlannedModel,
  device: Device,
  request: PlanRequest = {},
): PlannedAccelerator {
  const dims = modelDims(config, completeOptions(options));
  const whole = { ...request, layers: config.nLayers, dims, device };
  const complete = completeRequest(whole);
  requireClock(complete.preset, complete);
  return planAccelerator(whole);
}
