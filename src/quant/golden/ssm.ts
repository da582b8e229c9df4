/**
 * dt, decay and the state space of the golden model (docs/integer-model.md sections 6 and 7). Every product and sum is an
 * integer below 2^52 in a double: exact.
 */
import { dConv, dInProj, groupOfHead, type Mamba2Config } from '../../model/config/mamba2-config.js';
import { rsh, sat } from '../rounding.js';
import { exp2neg, softplus2 } from '../tables/functions.js';
import type { InnerLayer, QuantizedScalars } from '../types.js';
import type { layerParts } from './state.js';

/** The two functions of the NAU: the model's own, or the paper's (paper-nau.ts). */
export interface Nau {
  /** int16 Q5.11 to U4.20. */
  softplus2(x: number): number;
  /** U5.20 to U0.17. */
  exp2neg(w: number): number;
}

/** Base-2 tables, section 9. */
export const oursNau: Nau = { softplus2, exp2neg };

/** dt (U4.20), w (U5.20) and decay (U0.17), each [tokens][nHeads]. */
export interface Decays {
  readonly dt: Int32Array;
  readonly w: Int32Array;
  readonly decay: Int32Array;
}

/** Section 6 for in_proj's results [tokens][dInProj]. */
export function goldenDecays(
  layer: InnerLayer,
  config: Mamba2Config,
  scalars: QuantizedScalars,
  nau: Nau,
  projected: Int16Array,
): Decays {
  const rows = dInProj(config);
  const { nHeads } = config;
  const count = (projected.length / rows) * nHeads;
  const result = { dt: new Int32Array(count), w: new Int32Array(count), decay: new Int32Array(count) };
  for (let i = 0; i < count; i++) {
    const head = i % nHeads;
    const dtIn = projected[((i - head) / nHeads + 1) * rows - nHeads + head];
    const dt = Math.min(Math.max(nau.softplus2(dtIn), scalars.dtMin), scalars.dtMax);
    const w = Math.min(rsh(dt * layer.absA[head], layer.aShift[head]), 2 ** 25 - 1);
    result.dt[i] = dt;
    result.w[i] = w;
    result.decay[i] = nau.exp2neg(w);
  }
  return result;
}

/** Result of the state update. */
export interface SsmResult {
  /** [tokens][dInner] int16 each */
  readonly u: Int16Array;
  readonly y: Int16Array;
}

/** What the state space of a layer works on. */
export interface SsmInput {
  readonly layer: InnerLayer;
  readonly config: Mamba2Config;
  readonly stateBits: number;
  readonly decays: Decays;
  /** [tokens][dConv], after SiLU. */
  readonly xbc: Int16Array;
}

/** Section 7 over the parts of a call: each begins with its own state, which is replaced by that after `gives` of its tokens. */
export function goldenSsmParts(
  { decays, xbc, ...layer }: SsmInput,
  parts: ReturnType<typeof layerParts>,
  everyState: boolean,
): SsmResult & {
  /** State after every token, [tokens][H][P][N], where asked for. */
  readonly states: Int32Array | undefined;
  /** State after the last token of the last part. */
  readonly last: Int32Array | undefined;
} {
  const { nHeads, dInner, headDim, dState } = layer.config;
  const channels = dConv(layer.config);
  const tokens = xbc.length / channels;
  const [size, part] = [dInner * dState, headDim * dState];
  const result = { u: new Int16Array(tokens * dInner), y: new Int16Array(tokens * dInner) };
  const states = everyState ? new Int32Array(tokens * size) : undefined;
  let last: Int32Array | undefined;
  for (const { first, count, gives, state } of parts) {
    const own = (values: Int32Array) => values.subarray(first * nHeads, (first + count) * nHeads);
    const input: SsmInput = {
      ...layer,
      decays: { dt: own(decays.dt), w: own(decays.w), decay: own(decays.decay) },
      xbc: xbc.subarray(first * channels, (first + count) * channels),
    };
    // Tokens that come after the state was given must not move it.
    const h = gives === count ? state.h : state.h.slice();
    const headOf = (head: number) => h.subarray(head * part, (head + 1) * part);
    const { u, y } = goldenSsm(input, h, (t, head) => {
      states?.set(headOf(head), (first + t) * size + head * part);
      if (h !== state.h && t + 1 === gives) state.h.set(headOf(head), head * part);
    });
    result.u.set(u, first * dInner);
    result.y.set(y, first * dInner);
    last = h;
  }
  return { ...result, states, last };
}

/** What one token and head read and write: the state of all heads, [H][P][N], and the group's B and C, [N]. */
interface Step {
  readonly h: Int32Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
}

/** Section 7. `h` ([H][P][N]) is read and replaced; `afterUpdate` may look at a head's part of it. */
export function goldenSsm(
  input: SsmInput,
  h: Int32Array,
  afterUpdate?: (token: number, head: number) => void,
): SsmResult {
  const { config, xbc } = input;
  const { nHeads, dInner, dState, nGroups } = config;
  const channels = dConv(config);
  const tokens = xbc.length / channels;
  const result = { u: new Int16Array(tokens * dInner), y: new Int16Array(tokens * dInner) };
  const b = new Float64Array(dState);
  const c = new Float64Array(dState);
  // The loop over heads is outside, so that a head's state stays in the cache while its tokens are computed.
  for (let head = 0; head < nHeads; head++) {
    for (let t = 0; t < tokens; t++) {
      const bBase = t * channels + dInner + groupOfHead(config, head) * dState;
      const cBase = bBase + nGroups * dState;
      for (let n = 0; n < dState; n++) {
        b[n] = xbc[bBase + n];
        c[n] = xbc[cBase + n];
      }
      updateHead(input, { h, b, c }, { token: t, head }, result);
      if (afterUpdate !== undefined) afterUpdate(t, head);
    }
  }
  return result;
}

function updateHead(
  { layer, config, stateBits, decays, xbc }: SsmInput,
  step: Step,
  { token, head }: { readonly token: number; readonly head: number },
  result: SsmResult,
): void {
  const { nHeads, headDim, dInner } = config;
  const limit = 2 ** (stateBits - 1);
  const dt = decays.dt[token * nHeads + head];
  const decay = decays.decay[token * nHeads + head];
  const skip = layer.dSkip[head] * 2 ** layer.skipShift[head];
  const inject = 2 ** layer.injectShift[head];
  const uShift = layer.uShift[head];
  const yShift = layer.yShift[head];
  const xBase = token * dConv(config);
  for (let channel = head * headDim; channel < (head + 1) * headDim; channel++) {
    const x = xbc[xBase + channel];
    const u = sat(rsh(dt * x, uShift), 16);
    const sum = updateRow(step, channel, { decay, injected: u * inject, limit });
    result.u[token * dInner + channel] = u;
    result.y[token * dInner + channel] = sat(rsh(sum + skip * x, yShift), 16);
  }
}

/** h = satW(rsh(h decay + u B, 17)) for row `row` of the state, W's limits being -limit and limit - 1; returns the sum of C h over it. */
function updateRow(
  { h, b, c }: Step,
  row: number,
  { decay, injected, limit }: { readonly decay: number; readonly injected: number; readonly limit: number },
): number {
  const low = -limit;
  const high = limit - 1;
  const width = b.length;
  const base = row * width;
  let sum = 0;
  for (let n = 0; n < width; n++) {
    // The limits are integers, so clamping before the floor changes nothing; then 2^30 makes the truncation of |0 a floor.
    const scaled = (h[base + n] * decay + injected * b[n] + 65536) * (1 / 131072);
    const next = ((Math.max(low, Math.min(high, scaled)) + 0x40000000) | 0) - 0x40000000;
    h[base + n] = next;
    sum += c[n] * next;
  }
  return sum;
}
