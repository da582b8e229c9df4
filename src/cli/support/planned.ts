/** From the planner's options to a planned accelerator. */
import { type AcceleratorPlan, planFor as planForDevice } from '../../library/plan-for.js';
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import { loadDevice } from '../../plan/board/device.js';
import type { HardwareOptions } from '../../plan/shape/dims.js';
import type { PlanOptions } from './options.js';

/**
 * Plans for a model. Throws UserError for a device, a size or an option that the hardware cannot have, CheckFailed for a
 * clock that is too fast for it.
 */
export async function planFor(
  name: string,
  config: Mamba2Config,
  quantized: HardwareOptions,
  { device, preset, chunk, for: purpose, under }: PlanOptions,
  prefillTokens?: readonly number[],
): Promise<AcceleratorPlan> {
  return planForDevice({ config, options: quantized }, await loadDevice(device), {
    name,
    preset,
    ...(chunk === undefined ? {} : { chunkTokens: chunk }),
    ...(purpose ? { purpose } : {}),
    ...(under ? { limit: under } : {}),
    ...(prefillTokens ? { prefillTokens } : {}),
  });
}
