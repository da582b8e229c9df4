/** RMSNorm, optional HAT and quantizer as a chain: the same three processes of the norm come before both MAT arrays. */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel, Scalar } from '../../kernel/ir.js';
import { type Count, countOf } from '../../kernel/size.js';
import { sint, typeOf, uint } from '../../kernel/type.js';
import { hat } from '../compute/hat.js';
import { normRoot, normScale, normSquare, SUM_BITS } from '../compute/norm.js';
import { quantize } from '../compute/quantize.js';
import type { Extent } from '../idioms/extent.js';

export interface NormChainParams {
  /** 'in' or 'out': suffix or prefix of the processes' names. */
  readonly names: { readonly norm: string; readonly hat: string; readonly quantize: string };
  /** [lanes] s32 with `inShift`, else s16. */
  readonly input: Channel;
  readonly lanes: number;
  readonly rows: Extent;
  /** Words per row. */
  readonly words: Count;
  /** Words of the whole call. */
  readonly allWords: Extent;
  readonly inShift?: Scalar;
  readonly epsLow: Scalar;
  readonly epsHigh: Scalar;
  readonly outFracBits: Scalar;
  /** Block of the online transform; 1 = none. */
  readonly hatSize: number;
  readonly multiplier: Scalar;
  readonly shift: Scalar;
}

/** Adds the chain and returns its last channel, [lanes] s8. */
export function normChain(net: NetworkBuilder, params: NormChainParams): Channel {
  const { names, lanes, rows, words, input } = params;
  const { norm } = names;
  const valueType = params.inShift ? typeOf(sint(18), lanes) : input.type;
  // The values wait until the sum of their row is known. With room for two rows, the next one can come meanwhile, whatever holds it up.
  const values = net.channel(
    `${norm}_values`,
    valueType,
    'Values of a row, which wait for its reciprocal root.',
    2 * countOf(words) + 32,
  );
  const sums = net.channel(`${norm}_sums`, typeOf(uint(SUM_BITS)), 'Sum of squares of a row.');
  const q = net.channel(`${norm}_q`, typeOf(uint(18, 17)), 'Mantissa of 1 / sqrt(S).');
  const k = net.channel(`${norm}_k`, typeOf(uint(5)), 'Exponent of 1 / sqrt(S).');
  const scaled = net.channel(
    `${norm}_out`,
    typeOf(sint(16), lanes),
    'Values divided by the norm of their row.',
  );
  const { inShift } = params;
  normSquare(net, `${norm}_square`, { input, values, sums, rows, words, ...(inShift ? { inShift } : {}) });
  normRoot(net, `${norm}_root`, { sums, q, k, rows, epsLow: params.epsLow, epsHigh: params.epsHigh });
  normScale(net, `${norm}_scale`, {
    values,
    q,
    k,
    output: scaled,
    rows,
    words,
    outFracBits: params.outFracBits,
  });

  let rotated = scaled;
  if (params.hatSize > 1) {
    const bits = 16 + Math.log2(params.hatSize);
    rotated = net.channel(
      `${names.hat}_out`,
      typeOf(sint(bits), lanes),
      'What the Hadamard transform gives, exact.',
    );
    hat(net, names.hat, { input: scaled, output: rotated, block: params.hatSize, words: params.allWords });
  }
  const quantized = net.channel(
    `${names.quantize}_out`,
    typeOf(sint(8), lanes),
    'Input of the linear layer, int8.',
  );
  const { multiplier, shift } = params;
  quantize(net, names.quantize, {
    input: rotated,
    output: quantized,
    words: params.allWords,
    multiplier,
    shift,
  });
  return quantized;
}
