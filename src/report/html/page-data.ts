/** What the page is made from. */
import type { Plan } from '../../plan/plan-types.js';
import type { PlannedCalls } from '../../plan/time/speed.js';
import type { Timeline } from '../../plan/timeline/timeline.js';
import type { QuantOptions } from '../../quant/types.js';
import type { ResultName, Results } from './results.js';

export interface PageData {
  readonly plan: Plan;
  /** The calls that its speeds are made of, and who works when in two of them. */
  readonly calls: PlannedCalls;
  readonly timelines: { readonly decode: Timeline; readonly prefill: Timeline };
  /** How the model is quantized that the plan is for. */
  readonly quantized: QuantOptions;
  readonly results: Results;
  /** The commands that would make the results, for the same model and plan. */
  readonly commands: Readonly<Record<ResultName, string>>;
}

/** A result that speaks of the plan shown, else undefined. */
export function ofThisPlan<N extends ResultName>(
  { plan, results }: PageData,
  name: N,
): Results[N] | undefined {
  const result = results[name];
  return result?.plan === plan.digest ? result : undefined;
}

/** As much of a digest as people compare. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

/** How a model that was measured was quantized otherwise than the one shown, in words; empty where it was not. */
export function otherQuantization({ quantized }: PageData, measured: QuantOptions): string {
  return (Object.keys(quantized) as (keyof QuantOptions)[])
    .filter((key) => measured[key] !== quantized[key])
    .map((key) => `${key} ${measured[key]}, not ${quantized[key]}`)
    .join('; ');
}
