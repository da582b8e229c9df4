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
  for (let channel = 0; channel < channels; channel++) {
    const history = state.subarray(channel * kernel, (channel + 1) * kernel);
    for (let t = 0; t < length; t++) {
      history.copyWithin(0, 1);
      history[kernel - 1] = source[t * stride + first + channel];
      let sum = bias ? bias[channel] : 0;
      for (let k = 0; k < kernel; k++) sum += weight[channel * kernel + k] * history[k];
      out[t * channels + channel] = silu(sum);
    }
  }
  return out;
}
