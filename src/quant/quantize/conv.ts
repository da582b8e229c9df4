/**
 * Convolution weights with a PoT scale a channel (docs/integer-model.md section 4), the paper's fine-grained PoT
 * quantization.
 */
import { UserError } from '../../errors.js';
import { dConv, type Mamba2Config } from '../../model/config/mamba2-config.js';
import { fracBitsFor } from '../scale/choose.js';
import type { QuantizedLayer, TensorFracBits } from '../types.js';

const MAX_CONV_SHIFT = 36;

/** A convolution in float, and the formats of what it reads and gives. */
export interface ConvSource {
  /** [dConv][K]. */
  readonly weight: ArrayLike<number>;
  /** [dConv]; undefined for none. */
  readonly bias: ArrayLike<number> | undefined;
  readonly inFracBits: TensorFracBits;
  readonly outFracBits: TensorFracBits;
}

/** Throws UserError naming layer and channel when no scale puts the shift into its range. */
export function quantizeConv(
  where: string,
  config: Mamba2Config,
  { weight, bias, inFracBits, outFracBits }: ConvSource,
): Pick<QuantizedLayer, 'convWeight' | 'convBias' | 'convShift'> {
  const channels = dConv(config);
  const { dInner, nGroups, dState, convKernel: taps } = config;
  const result = {
    convWeight: new Int16Array(channels * taps),
    convBias: new Int32Array(channels),
    convShift: new Uint8Array(channels),
  };
  for (let c = 0; c < channels; c++) {
    const tensor = c < dInner ? 'x' : c < dInner + nGroups * dState ? 'b' : 'c';
    const inBits = inFracBits[tensor];
    const outBits = outFracBits[tensor];
    let largest = 0;
    for (let k = 0; k < taps; k++) largest = Math.max(largest, Math.abs(weight[c * taps + k]));
    const channelBias = bias ? bias[c] : 0;
    const fracBits = Math.min(
      fracBitsFor(largest, 16),
      fracBitsFor(Math.abs(channelBias), 32) - inBits,
      MAX_CONV_SHIFT - inBits + outBits,
    );
    const shift = inBits + fracBits - outBits;
    if (shift < 0) {
      throw new UserError(
        `${where}: convolution channel ${c} (${tensor}): weights up to ${largest} and bias ${channelBias} need a shift of ${shift}, expected 0 to ${MAX_CONV_SHIFT}`,
      );
    }
    for (let k = 0; k < taps; k++) {
      result.convWeight[c * taps + k] = Math.round(weight[c * taps + k] * 2 ** fracBits);
    }
    result.convBias[c] = Math.round(channelBias * 2 ** (inBits + fracBits));
    result.convShift[c] = shift;
  }
  return result;
}
