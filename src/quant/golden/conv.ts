/**
 * Convolution and SiLU of the golden model (docs/integer-model.md sections 4 and 5), channels in the order x, B, C.
 */
import { dConv, dInProj, type Mamba2Config } from '../../model/config/mamba2-config.js';
import { rsh, sat } from '../rounding.js';
import { siluLookup } from '../tables/functions.js';
import type { InnerLayer } from '../types.js';

/**
 * Depthwise causal convolution of in_proj's results (`projected`, [tokens][dInProj]) over K taps. `state` ([K-1][dConv]) is
 * read, and replaced by that after `gives` tokens (0: it stays). Returns v, [tokens][dConv].
 */
export function goldenConv(
  layer: InnerLayer,
  config: Mamba2Config,
  projected: Int16Array,
  state: Int16Array,
  gives = projected.length / dInProj(config),
): Int16Array {
  const channels = dConv(config);
  const rows = dInProj(config);
  const taps = config.convKernel;
  const tokens = projected.length / rows;
  // History and inputs in one array, so that the loops below need no case for the first tokens.
  const input = new Int16Array((taps - 1 + tokens) * channels);
  input.set(state);
  for (let t = 0; t < tokens; t++) {
    const from = t * rows + config.dInner;
    input.set(projected.subarray(from, from + channels), (taps - 1 + t) * channels);
  }
  const out = new Int16Array(tokens * channels);
  const { convWeight, convBias, convShift } = layer;
  for (let t = 0; t < tokens; t++) {
    for (let c = 0; c < channels; c++) {
      let acc = convBias[c];
      for (let k = 0; k < taps; k++) acc += convWeight[c * taps + k] * input[(t + k) * channels + c];
      out[t * channels + c] = sat(rsh(acc, convShift[c]), 16);
    }
  }
  state.set(input.subarray(gives * channels, (gives + taps - 1) * channels));
  return out;
}

/** SiLU of the convolution's results, each of x, B and C in its own formats; [tokens][dConv]. */
export function goldenSiluXbc(layer: InnerLayer, config: Mamba2Config, v: Int16Array): Int16Array {
  const { siluIn, siluOut } = layer;
  const channels = dConv(config);
  const { dInner } = config;
  const groupWidth = config.nGroups * config.dState;
  const out = new Int16Array(v.length);
  for (let base = 0; base < v.length; base += channels) {
    const cFrom = base + dInner + groupWidth;
    lookup(siluLookup(siluIn.x, siluOut.x), v, base, base + dInner, out, base);
    lookup(siluLookup(siluIn.b, siluOut.b), v, base + dInner, cFrom, out, base + dInner);
    lookup(siluLookup(siluIn.c, siluOut.c), v, cFrom, base + channels, out, cFrom);
  }
  return out;
}

/** SiLU of z, the first dInner of in_proj's results; [tokens][dInner]. */
export function goldenSiluZ(layer: InnerLayer, config: Mamba2Config, projected: Int16Array): Int16Array {
  const rows = dInProj(config);
  const { dInner } = config;
  const table = siluLookup(layer.siluIn.z, layer.siluOut.z);
  const out = new Int16Array((projected.length / rows) * dInner);
  for (let t = 0; t * rows < projected.length; t++) {
    lookup(table, projected, t * rows, t * rows + dInner, out, t * dInner);
  }
  return out;
}

function lookup(
  table: Int16Array,
  v: Int16Array,
  from: number,
  to: number,
  out: Int16Array,
  target: number,
): void {
  for (let i = from; i < to; i++) out[target + i - from] = table[v[i] & 0xffff];
}
