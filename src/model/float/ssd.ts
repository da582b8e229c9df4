/**
 * The same scan by the state space duality of the Mamba2 paper: within a chunk of Q tokens attention-like, with the
 * products of decays (segment sums of dt A) as a mask; between chunks through the state.
 */
import { dConv } from '../config/mamba2-config.js';
import { headColumns, headState, type ScanInput } from './scan.js';

/** y [L, dInner], D x included; `chunk` tokens at a time. `statePeak` is not filled. */
export function chunkedScan(input: ScanInput, chunk: number): Float64Array {
  const { config, dt } = input;
  const length = dt.length / config.nHeads;
  const y = new Float64Array(length * config.dInner);
  for (let head = 0; head < config.nHeads; head++) {
    for (let start = 0; start < length; start += chunk) {
      scanChunk(input, head, start, Math.min(start + chunk, length), y);
    }
  }
  return y;
}

/** Tokens [start, end) of one head. */
function scanChunk(input: ScanInput, head: number, start: number, end: number, y: Float64Array): void {
  const { config, xBC, dt, a, d } = input;
  const { headDim, dState, nHeads, dInner } = config;
  const { x: x0, b: b0, c: c0 } = headColumns(config, head);
  const stride = dConv(config);
  const h = headState(input, head);
  const stepOf = (t: number) => dt[t * nHeads + head];

  for (let i = start; i < end; i++) {
    const out = i * dInner + x0;
    for (let p = 0; p < headDim; p++) y[out + p] = d[head] * xBC[i * stride + x0 + p];

    // Segment sum of dt A over tokens j + 1 to i, built from the near end so that nothing cancels.
    let segment = 0;
    for (let j = i; j >= start; j--) {
      let score = 0; // C_i . B_j
      for (let n = 0; n < dState; n++) score += xBC[i * stride + c0 + n] * xBC[j * stride + b0 + n];
      const weight = score * Math.exp(segment) * stepOf(j);
      for (let p = 0; p < headDim; p++) y[out + p] += weight * xBC[j * stride + x0 + p];
      segment += stepOf(j) * a[head];
    }

    // What the state before the chunk still gives, decayed over tokens start to i.
    const decay = Math.exp(segment);
    for (let p = 0; p < headDim; p++) {
      let sum = 0;
      for (let n = 0; n < dState; n++) sum += h[p * dState + n] * xBC[i * stride + c0 + n];
      y[out + p] += decay * sum;
    }
  }

  // State after the chunk: the old one decayed over all of it, each token's input over those after it.
  let segment = 0;
  const added = new Float64Array(headDim * dState);
  for (let j = end - 1; j >= start; j--) {
    const weight = Math.exp(segment) * stepOf(j);
    for (let p = 0; p < headDim; p++) {
      const u = weight * xBC[j * stride + x0 + p];
      for (let n = 0; n < dState; n++) added[p * dState + n] += u * xBC[j * stride + b0 + n];
    }
    segment += stepOf(j) * a[head];
  }
  const decay = Math.exp(segment);
  for (let i = 0; i < h.length; i++) h[i] = h[i] * decay + added[i];
}
