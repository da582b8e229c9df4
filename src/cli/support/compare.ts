/** The plans that a comparison with the paper sets side by side, for a published size. */
import { planFor } from '../../library/plan-for.js';
import { type PublishedSize, publishedConfig } from '../../model/config/published-sizes.js';
import type { Device } from '../../plan/board/device.js';
import { type ShellChoice, shellOf } from '../../plan/budget.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import { completeOptions } from '../../quant/quantize/quantize.js';
import type { QuantOptions } from '../../quant/types.js';
import { measuredSpeed, publishedArea, publishedFor } from '../../report/comparison.js';
import type { Comparison } from '../../schema/comparison.js';
import type { MeasuredRow } from '../../schema/measurements.js';

/** Sizes with figures in the paper, and the largest. */
export const COMPARED_SIZES: readonly PublishedSize[] = ['130m', '2.7b'];
/** Prompt of the comparison. */
export const COMPARED_PROMPT = 512;

export interface ComparedPlan {
  readonly preset: 'paper' | 'auto';
  /** Whether the kernel leaves room for the board's shell. */
  readonly shell: ShellChoice;
  /** How the model is quantized. */
  readonly options: QuantOptions;
  readonly planned: PlannedAccelerator;
}

/** The paper transforms before in_proj at run time; our rotation is folded into the weights. */
const hadamardOf = { paper: 'online', auto: 'folded' } as const;

/**
 * The paper's configuration; `auto` within the whole margins, which are what the paper's design uses in all; and, where the area of the board's shell
 * is known, `auto` in what it leaves of them.
 */
export function comparedPlans(size: PublishedSize, device: Device): ComparedPlan[] {
  const config = publishedConfig(size);
  const variants: Pick<ComparedPlan, 'preset' | 'shell'>[] = [
    { preset: 'paper', shell: 'none' },
    { preset: 'auto', shell: 'none' },
  ];
  if (shellOf(device)) variants.push({ preset: 'auto', shell: 'counted' });
  return variants.map(({ preset, shell }) => {
    const options = completeOptions({ hadamard: hadamardOf[preset] });
    const request = { name: `mamba2-${size}`, preset, shell, prefillTokens: [COMPARED_PROMPT] };
    return { preset, shell, options, planned: planFor({ config, options }, device, request) };
  });
}

/** What to compare. */
export interface CompareRequest {
  readonly sizes: readonly PublishedSize[];
  readonly device: Device;
  readonly measured: readonly MeasuredRow[];
  /** Called before each size. */
  readonly tell: (size: string) => void;
}

/** The comparison of some sizes with what was measured of them. */
export function compare({ sizes, device, measured, tell }: CompareRequest): Comparison {
  const models: Comparison['models'][number][] = [];
  let bytesPerSecond = 0;
  for (const size of sizes) {
    tell(size);
    const plans = comparedPlans(size, device);
    bytesPerSecond = plans[0].planned.plan.roofline.pinBytesPerSecond;
    models.push({
      size,
      presets: plans.map(({ preset, shell, planned: { plan } }) => ({
        preset,
        shell,
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
