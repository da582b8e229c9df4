/**
 * The state space recurrence of Mamba2, token by token: h = exp(dt A) h + dt x B^T, y = h C + D x. `ssd.ts` computes
 * the same by chunks.
 */
import { dConv, groupOfHead, type Mamba2Config } from '../config/mamba2-config.js';

/** What a scan over L tokens takes. */
export interface ScanInput {
  readonly config: Mamba2Config;
  /** [L, dConv]: x [nHeads, headDim], then B, then C [nGroups, dState] each. */
  readonly xBC: Float64Array;
  /** [L, nHeads]: after softplus and clamp. */
  readonly dt: Float64Array;
  /** [nHeads]: the decay rate -exp(A_log), below zero. */
  readonly a: Float64Array;
  /** [nHeads]: D. */
  readonly d: Float32Array;
  /** [nHeads, headDim, dState]: h, replaced by its value after the last token. */
  readonly state: Float64Array;
  /** [L, nHeads]: filled, when given, with the largest absolute state entry after each token. */
  readonly statePeak?: Float64Array | undefined;
}

/** y [L, dInner], D x included. */
export function recurrentScan(input: ScanInput): Float64Array {
  const { config, dt, statePeak } = input;
  const y = new Float64Array((dt.length / config.nHeads) * config.dInner);
  for (let head = 0; head < config.nHeads; head++) {
    for (let t = 0; t * config.nHeads < dt.length; t++) {
      stepHead(input, head, t, y);
      if (statePeak) statePeak[t * config.nHeads + head] = peak(headState(input, head));
    }
  }
  return y;
}

/** h of one head, [headDim, dState], a view. */
export function headState({ config, state }: ScanInput, head: number): Float64Array {
  const size = config.headDim * config.dState;
  return state.subarray(head * size, (head + 1) * size);
}

/** Where x, B and C of a head begin within a row of xBC. */
export function headColumns(config: Mamba2Config, head: number): { x: number; b: number; c: number } {
  const b = config.dInner + groupOfHead(config, head) * config.dState;
  return { x: head * config.headDim, b, c: b + config.nGroups * config.dState };
}

function stepHead(input: ScanInput, head: number, t: number, y: Float64Array): void {
  const { config, xBC, dt, a, d } = input;
  const { headDim, dState, dInner } = config;
  const h = headState(input, head);
  const columns = headColumns(config, head);
  const row = t * dConv(config);
  const b0 = row + columns.b;
  const c0 = row + columns.c;
  const step = dt[t * config.nHeads + head];
  const decay = Math.exp(step * a[head]);
  for (let p = 0; p < headDim; p++) {
    const x = xBC[row + columns.x + p];
    const u = step * x;
    const h0 = p * dState;
    let sum = 0;
    for (let n = 0; n < dState; n++) {
      const next = h[h0 + n] * decay + u * xBC[b0 + n];
      h[h0 + n] = next;
      sum += next * xBC[c0 + n];
    }
    y[t * dInner + columns.x + p] = sum + d[head] * x;
  }
}

function peak(values: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}
