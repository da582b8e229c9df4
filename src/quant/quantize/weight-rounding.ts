/** How a linear layer's weights are rounded: by the options, with the moments of its inputs where GPTQ is to know them. */
import { DAMPING, factorize, type InputFactor } from '../gptq/factor.js';
import type { InputMoments } from '../gptq/moments.js';
import type { WeightBits } from '../types.js';
import type { WeightRounding } from './linear.js';
import type { LayerContext } from './residual-input.js';

/** Whether GPTQ rounds weights of this width. */
export function usesMoments({ options, inputs }: LayerContext, weightBits: WeightBits): boolean {
  return inputs !== undefined && options.rounding === 'gptq' && weightBits < 8;
}

/** With the moments of the layer's inputs, or without. `where` names the layer in remarks. */
export function weightRounding(
  { options, workers, remark }: LayerContext,
  where: string,
  weightBits: WeightBits,
  moments: InputMoments | undefined,
): WeightRounding {
  const group = options.weightGroup;
  let factor: InputFactor | undefined;
  if (moments) {
    factor = factorize(moments, group);
    if (factor.damping > DAMPING)
      remark?.(`${where}: GPTQ needs a damping of ${factor.damping} instead of ${DAMPING}`);
  }
  return { weightBits, group, factor, workers };
}
