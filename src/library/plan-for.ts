/** From a model's dimensions and a device to a planned accelerator. The weights are not looked at. */
import { UserError } from '../errors.js';
import { KernelError } from '../kernel/kernel-error.js';
import type { Mamba2Config } from '../model/config/mamba2-config.js';
import type { Resources } from '../plan/area/resources.js';
import type { Device } from '../plan/board/device.js';
import { type PlannedAccelerator, planAccelerator } from '../plan/plan.js';
import { requireClock } from '../plan/search/clock.js';
import { DEFAULT_WORKLOAD, type Preset, presetShape } from '../plan/search/presets.js';
import type { Purpose } from '../plan/search/workload.js';
import { type HardwareOptions, modelDims } from '../plan/shape/dims.js';
import { budgetOf } from '../plan/shape/estimate.js';
import { completeOptions } from '../quant/quantize/quantize.js';
import { accumulatorSteps } from '../units/layer/slots.js';

/** What is planned for: a `QuantizedModel`, or a config alone with what will be chosen of the quantizer. */
export interface PlannedModel {
  readonly config: Mamba2Config;
  /** Choices of the quantizer that the hardware must know; the defaults when absent. */
  readonly options?: Partial<HardwareOptions>;
}

/** What to plan. */
export interface PlanChoices {
  /** Name of the model, for people; `model` when absent. */
  readonly name?: string;
  /** `auto` when absent: searched. */
  readonly preset?: Preset;
  /** Tokens a chunk; the preset's own when absent. */
  readonly chunkTokens?: number;
  /** What `auto` is to be fast at: prompts, single tokens, or both (when absent). */
  readonly purpose?: Purpose;
  /** What `auto` may use of the device; the planner's margins where absent. */
  readonly limit?: Partial<Resources>;
  /** Prompt lengths that prefill is planned for, in tokens. */
  readonly prefillTokens?: readonly number[];
}

/** A plan with the network, the schedule and the device it speaks of. */
export interface AcceleratorPlan extends PlannedAccelerator {
  readonly device: Device;
}

/**
 * Plans an accelerator; the figures are in `plan` of the result, which prints as JSON. Whether it fits is in `plan.resources`. Throws
 * UserError for a size or a choice that the hardware cannot have, and where `auto` finds nothing that fits; CheckFailed for a clock that is too
 * fast for it.
 */
export function planFor(model: PlannedModel, device: Device, choices: PlanChoices = {}): AcceleratorPlan {
  const { name = 'model', preset = 'auto', chunkTokens, purpose, limit: less, prefillTokens } = choices;
  const { config } = model;
  const dims = modelDims(config, completeOptions(model.options ?? {}));
  const limit = { ...budgetOf(device), ...less };
  const wanted = purpose ? { purpose } : {};
  const workload = { ...DEFAULT_WORKLOAD, layers: config.nLayers, ...wanted };
  requireClock(preset, { dims, device, limit, workload });
  const lengths = prefillTokens ? { prefillTokens } : {};
  const request = { model: name, layers: config.nLayers, dims, device, limit, ...wanted, ...lengths };
  if (chunkTokens === undefined) return { ...planAccelerator({ ...request, preset }), device };
  if (chunkTokens < accumulatorSteps) {
    throw new UserError(
      `chunk: found ${chunkTokens}, expected at least ${accumulatorSteps} tokens, the MAT array's latency`,
    );
  }
  const { shape } = presetShape(preset, { dims, device, limit, workload });
  try {
    return { ...planAccelerator({ ...request, shape: shape.with({ chunkTokens }) }), device };
  } catch (error) {
    // The other sizes are the preset's: what does not fit here is the number asked for.
    if (error instanceof KernelError) throw new UserError(`chunk ${chunkTokens}: ${error.message}`);
    throw error;
  }
}
