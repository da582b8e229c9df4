/**
 * Where an observer can look into the float model: calibration and the tests against reference intermediates do.
 */

/** Intermediates of a layer; each is [tokens, width], row after row. */
export type TapName =
  /** Layer input [dModel]. Layer nLayers stands for what the final norm gets. */
  | 'residual'
  /** RMSNorm of it, gain included [dModel]. Layer nLayers: input of the head. */
  | 'normed'
  /** z, x, B, C, dt as projected [dInProj], bias included. */
  | 'inProj'
  /** x, B, C after convolution, bias and SiLU [dConv]. */
  | 'convSilu'
  /** softplus(dt + dt_bias), clamped [nHeads]. */
  | 'dt'
  /** Largest absolute state entry of each head after the token [nHeads]. */
  | 'statePeak'
  /** C h + D x [dInner]. */
  | 'ssmY'
  /** y SiLU(z), before the norm [dInner]. */
  | 'gated'
  /** Norm of it, gain included [dInner]. */
  | 'gatedNorm'
  /** What the layer adds to the residual [dModel]. */
  | 'outProj'
  /** Layer output [dModel]. */
  | 'block';

/** An observer of intermediates. */
export interface Taps {
  /**
   * Called once a layer, name and window of tokens. `values` is [tokens, width] and is only valid during the call: copy
   * what is to be kept, change nothing.
   */
  observe(layer: number, name: TapName, values: Float64Array, width: number): void;
  /** Names to observe; all but statePeak, which costs time, when left out. */
  readonly wanted?: ReadonlySet<TapName>;
}

/** Calls the observer, when there is one and it wants this intermediate. */
export function tap(
  taps: Taps | undefined,
  layer: number,
  name: TapName,
  values: Float64Array,
  width: number,
): void {
  if (taps && (!taps.wanted || taps.wanted.has(name))) taps.observe(layer, name, values, width);
}
