/** RMSNorm over values in WebAssembly memory (docs/integer-model.md sections 2 and 8). */
import { root } from '../tables/functions.js';
import type { QuantizedNorm } from '../types.js';
import type { FastMachine } from './linear.js';
import type { TapCollector } from './taps.js';

/** Which norm: of int32 values of 18 bits (residual stream, head) or of int16 ones (gated norm). */
export interface NormSource {
  readonly bits: 16 | 32;
  /** Address of [tokens][width] values. */
  readonly v: number;
  readonly width: number;
  /** Parts of a token that are divided by their own length. */
  readonly groups: number;
}

/** Divides every part by its length: int16 [tokens][width] at `out`. */
export function fastNorm(
  { memory, kernels }: FastMachine,
  norm: QuantizedNorm,
  { bits, v, width, groups }: NormSource,
  tokens: number,
  out: number,
  taps: TapCollector | undefined,
  name: 'norm' | 'gated_norm' | 'head.norm',
): void {
  const size = width / groups;
  const parts = tokens * groups;
  const sums = new Float64Array(parts);
  const roots = new Int32Array(2 * parts);
  for (let part = 0; part < parts; part++) {
    const from = v + (bits / 8) * part * size;
    const squares = bits === 32 ? kernels.squares32(from, size) : kernels.squares16(from, size);
    sums[part] = Math.max(1, norm.eps + squares);
    const { k, q } = root(sums[part]);
    roots.set([k, q], 2 * part);
    const scale = q * 2 ** (norm.outFracBits - 17 - k);
    const target = out + 2 * part * size;
    if (bits === 32) kernels.normOutput32(from, target, scale, size);
    else kernels.normOutput16(from, target, scale, size);
  }
  taps?.put(`${name}.sumSquares`, sums, [groups]);
  taps?.put(`${name}.root`, roots, [groups, 2]);
  taps?.put(`${name}.out`, memory.i16(out, tokens * width), [width]);
}
