/** From the [model] argument and the planner's options to a planned accelerator. The weights are not looked at. */
import { UserError } from '../../errors.js';
import { KernelError } from '../../kernel/kernel-error.js';
import type { Mamba2Config } from '../../model/config.js';
import { requireClock } from '../../plan/clock.js';
import { loadDevice } from '../../plan/device.js';
import { type HardwareOptions, modelDims } from '../../plan/dims.js';
import { budgetOf } from '../../plan/estimate.js';
import { type PlannedAccelerator, planAccelerator } from '../../plan/plan.js';
import { DEFAULT_WORKLOAD, presetShape } from '../../plan/presets.js';
import { accumulatorSteps } from '../../units/layer/slots.js';
import type { PlanOptions } from './options.js';

/**
 * Plans for a model. Throws UserError for a device, a size or an option that the hardware cannot have, CheckFailed for a
 * clock that is too fast for it.
 */
export async function planFor(
  model: string,
  config: Mamba2Config,
  quantized: HardwareOptions,
  { device: deviceName, preset, chunk, for: purpose, under }: PlanOptions,
  prefillTokens?: readonly number[],
): Promise<PlannedAccelerator> {
  const device = await loadDevice(deviceName);
  const dims = modelDims(config, quantized);
  const lengths = prefillTokens ? { prefillTokens } : {};
  const limit = { ...budgetOf(device), ...under };
  const wanted = purpose ? { purpose } : {};
  const workload = { ...DEFAULT_WORKLOAD, layers: config.nLayers, ...wanted };
  requireClock(preset, { dims, device, limit, workload });
  const request = { model, layers: config.nLayers, dims, device, limit, ...wanted, ...lengths };
  if (chunk === undefined) return planAccelerator({ ...request, preset });
  if (chunk < accumulatorSteps) {
    throw new UserError(
      `--chunk: found ${chunk}, expected at least ${accumulatorSteps} tokens, the MAT array's latency`,
    );
  }
  const { shape } = presetShape(preset, { dims, device, limit, workload });
  try {
    return planAccelerator({ ...request, shape: { ...shape, chunkTokens: chunk } });
  } catch (error) {
    // The other sizes are the preset's: what does not fit here is the number asked for.
    if (error instanceof KernelError) throw new UserError(`--chunk ${chunk}: ${error.message}`);
    throw error;
  }
}
