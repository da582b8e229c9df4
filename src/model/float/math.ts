/**
 * The nonlinear functions of Mamba2 in float64, written so that they neither overflow nor cancel.
 */

/** log(1 + e^v). */
export function softplus(v: number): number {
  return Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
}

/** v / (1 + e^-v). */
export function silu(v: number): number {
  return v / (1 + Math.exp(-v));
}

/**
 * RMSNorm of every run of `width` values of x: x / sqrt(mean(x^2) + eps) * gain. The gain [gain.length, a multiple of
 * width] repeats over x, so that with width < gain.length the norm runs over groups of a wider vector.
 */
export function rmsNorm(x: Float64Array, gain: Float32Array, width: number, eps: number): Float64Array {
  const y = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += width) {
    let squares = 0;
    for (let i = 0; i < width; i++) squares += x[start + i] * x[start + i];
    const scale = 1 / Math.sqrt(squares / width + eps);
    const gainStart = start % gain.length;
    for (let i = 0; i < width; i++) y[start + i] = x[start + i] * scale * gain[gainStart + i];
  }
  return y;
}
