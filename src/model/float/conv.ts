/**
 * The causal depthwise convolution over x, B, C, followed by SiLU, over a window of tokens.
 */
import { silu } from './math.js';

/** Sizes and weights of the convolution. */
export interface ConvWeights {
  readonly channels: number;
  /** Taps a channel (K). */
  readonly kernel: number;
  /** [channels, K]; the last tap meets the present token. */
  readonly weight: Float32Array;
  readonly bias: Float32Array | undefined;
}

/**
 * SiLU(convolution + bias), [L, channels]. The inputs are columns [first, first + channels) of `source` [L, stride];
 * what came before them is in `state` [channels, K], which afterwards holds the last K inputs, oldest first.
 */
export function causalConvSilu(
  { channels, kernel, weight, bias }: ConvWeights,
  source: Float64Array,
  stride: number,
  first: number,
  state: Float64Array,
): Float64Array {
  const length = source.length / stride;
  const out = new Float64Array(length * channels);
  for (let t = 0; t < length; t++) {
    for (let channel = 0; channel < channels; channel++) {
      let sum = bias ? bias[channel] : 0;
      for (let k = 0; k < kernel; k++) {
        const at = t - kernel + 1 + k;
        const input = at < 0 ? state[(channel + 1) * kernel + at] : source[at * stride + first + channel];
        sum += weight[channel * kernel + k] * input;
      }
      out[t * channels + channel] = silu(sum);
    }
  }
  const fresh = Math.min(length, kernel);
  for (let channel = 0; channel < channels; channel++) {
    const history = state.subarray(channel * kernel, (channel + 1) * kernel);
    history.copyWithin(0, fresh);
    for (let i = 1; i <= fresh; i++) history[kernel - i] = source[(length - i) * stride + first + channel];
  }
  return out;
}
