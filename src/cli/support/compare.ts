/** The two plans that a comparison with the paper sets side by side, for a published size. */
import { type PublishedSize, publishedConfig } from '../../model/config/published-sizes.js';
import { loadDevice } from '../../plan/board/device.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import { completeOptions } from '../../quant/quantize/quantize.js';
import type { QuantOptions } from '../../quant/types.js';
import { measuredSpeed, publishedArea, publishedFor } from '../../report/comparison.js';
import type { Comparison } from '../../schema/comparison.js';
import type { MeasuredRow } from '../../schema/measurements.js';
import { planFor } from './planned.js';

/** Sizes of which the paper gives figures or the goals speak. */
export const COMPARED_SIZES: readonly PublishedSize[] = ['130m', '2.7b'];
/** Prompt of the comparison. */
export const COMPARED_PROMPT = 512;

export interface ComparedPlan {
  readonly preset: 'paper' | 'auto';
  readonly quantized: QuantOptions;
  readonly planned: PlannedAccelerator;
}

/** The paper transforms in front of in_proj as it runs; our rotation is folded into the weights. */
const hadamardOf = { paper: 'online', auto: 'folded' } as const;

/** Plans of both presets. */
export async function comparedPlans(size: PublishedSize, device: string): Promise<ComparedPlan[]> {
  const config = publishedConfig(size);
  const plans: ComparedPlan[] = [];
  for (const preset of ['paper', 'auto'] as const) {
    const quantized = completeOptions({ hadamard: hadamardOf[preset] });
    const planned = await planFor(`mamba2-${size}`, config, quantized, { device, preset }, [COMPARED_PROMPT]);
    plans.push({ preset, quantized, planned });
  }
  return plans;
}

/** The comparison of some sizes with what was measured of them. */
export async function compare(
  sizes: readonly PublishedSize[],
  deviceName: string,
  measured: readonly MeasuredRow[],
  tell: (size: string) => void = () => {},
): Promise<Comparison> {
  const device = await loadDevice(deviceName);
  const models: Comparison['models'][number][] = [];
  let bytesPerSecond = 0;
  for (const size of sizes) {
    tell(size);
    const plans = await comparedPlans(size, deviceName);
    bytesPerSecond = plans[0].planned.plan.roofline.pinBytesPerSecond;
    models.push({
      size,
      presets: plans.map(({ preset, planned: { plan } }) => ({
        preset,
        plan,
        measured: measuredSpeed(plan, measured),
      })),
      published: publishedFor(size),
    });
  }
  const { name, part, clockMHz, lut, ff, dsp, bram36 } = device;
  return {
    device: { name, part, clockMHz },
    models,
    publishedArea,
    limits: { area: { lut, ff, dsp, bram36 }, bytesPerSecond },
  };
}
