/** The plans that a comparison with the paper sets side by side, for a published size. */
import { planFor } from '../../library/plan-for.js';
import { type PublishedSize, publishedConfig } from '../../model/config/published-sizes.js';
import type { Device } from '../../plan/board/device.js';
import { type ShellChoice, shellOf } from '../../plan/budget.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import { completeOptions } from '../../quant/quantize/quantize.js';
import type { QuantOptions, WeightBits } from '../../quant/types.js';
import { measuredSpeed, othersFor, publishedArea, publishedFor } from '../../report/comparison.js';
import type { Comparison } from '../../schema/comparison.js';
import type { MeasuredRow } from '../../schema/measurements.js';

/** Sizes with figures in the paper, and the largest. */
export const COMPARED_SIZES: readonly PublishedSize[] = ['130m', '2.7b'];
/** Prompt of the comparison. */
export const COMPARED_PROMPT = 512;
/** Prompts whose time to the first token is planned. */
const COMPARED_PROMPTS = [64, COMPARED_PROMPT, 2048];
/** Sequences that are decoded together. */
export const COMPARED_SEQUENCES = 8;

/** An accelerator of the comparison. */
export interface ComparedVariant {
  readonly preset: 'paper' | 'auto';
  /** Whether the kernel leaves room for the board's shell. */
  readonly shell: ShellChoice;
  /** Bits of the weights, and of the LM head's. */
  readonly bits: WeightBits;
  readonly headBits: WeightBits;
}

export interface ComparedPlan {
  /** How the model is quantized. */
  readonly options: QuantOptions;
  readonly planned: PlannedAccelerator;
}

/** The paper transforms before in_proj at run time; our rotation is folded into the weights. */
const hadamardOf = { paper: 'online', auto: 'folded' } as const;

/**
 * The paper's configuration; `auto` within the whole margins, which are what the paper's design uses in all, with weights of 8 and of 4 bits; and,
 * where the area of the board's shell is known, `auto` in what it leaves of them.
 */
function comparedVariants(device: Device): ComparedVariant[] {
  const whole = { shell: 'none', bits: 8, headBits: 8 } as const;
  const variants: ComparedVariant[] = [
    { preset: 'paper', ...whole },
    { preset: 'auto', ...whole },
    { preset: 'auto', ...whole, bits: 4 },
  ];
  if (shellOf(device)) variants.push({ preset: 'auto', ...whole, shell: 'counted' });
  return variants;
}

/** Plans one. */
export function comparedPlan(
  size: PublishedSize,
  device: Device,
  { preset, shell, bits, headBits }: ComparedVariant,
): ComparedPlan {
  const options = completeOptions({ hadamard: hadamardOf[preset], weightBits: bits, headBits });
  const request = {
    name: `mamba2-${size}`,
    preset,
    shell,
    prefillTokens: COMPARED_PROMPTS,
    sequences: [COMPARED_SEQUENCES],
  };
  return { options, planned: planFor({ config: publishedConfig(size), options }, device, request) };
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
    const presets = comparedVariants(device).map((variant) => {
      const { plan } = comparedPlan(size, device, variant).planned;
      return { ...variant, plan, measured: measuredSpeed(plan, measured) };
    });
    bytesPerSecond = presets[0].plan.roofline.pinBytesPerSecond;
    models.push({ size, presets, published: publishedFor(size), others: othersFor(size) });
  }
  const { name, part, clockMHz, lut, ff, dsp, bram36 } = device;
  return {
    device: { name, part, clockMHz },
    models,
    publishedArea,
    limits: { area: { lut, ff, dsp, bram36 }, bytesPerSecond },
  };
}
