/**
 * The quantizer before a linear layer (PMU): x = sat8(rsh(a * inputMultiplier, inputShift)), one multiplier and shift a
 * tensor, given with the call; docs/integer-model.md section 3.
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel, Scalar } from '../../kernel/ir.js';
import { sint } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extent } from '../idioms/extent.js';
import { pmu } from '../idioms/lanes.js';

export interface QuantizeParams {
  /** [lanes] s16, or up to s24 after a HAT. */
  readonly input: Channel;
  /** [lanes] s8. */
  readonly output: Channel;
  /** Words in all. */
  readonly words: Extent;
  /** Below 2^16. */
  readonly multiplier: Scalar;
  /** 1 to 40. */
  readonly shift: Scalar;
}

/** Adds one process that turns each word of `input` into int8. */
export function quantize(net: NetworkBuilder, name: string, params: QuantizeParams): void {
  const { input, output } = params;
  net.process(name, 'PMU', 'Scales to int8: multiplies, shifts with rounding, saturates.', (p) => {
    const multiplier = p.arg(params.multiplier);
    const shift = p.arg(params.shift);
    p.nest('quantize', [{ index: 'word', bound: extent(p, params.words) }], () => {
      const product = pmu(p.read(input).named('unscaled'), multiplier).named('product');
      p.write(
        output,
        product.roundShift(shift).named('rounded_product').saturate(sint(8)).named('quantized'),
      );
    });
  });
}
