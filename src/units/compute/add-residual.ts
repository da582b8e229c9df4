/**
 * The residual adder (PAU): r + delta on every lane, saturated to the residual stream's 32 bits; docs/integer-model.md section 8,
 * last line. The residual comes a second time from memory, so that no FIFO has to span the layer.
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel } from '../../kernel/ir.js';
import { sint } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extent } from '../idioms/extent.js';
import { pau } from '../idioms/lanes.js';

export interface AddResidualParams {
  /** [lanes] s32, the residual stream before the layer. */
  readonly residual: Channel;
  /** [lanes] s32, the rescaled result of out_proj. */
  readonly delta: Channel;
  /** [lanes] s32. */
  readonly output: Channel;
  /** Words in all. */
  readonly words: Extent;
}

/** Adds one process: output = sat32(residual + delta), word by word. */
export function addResidual(net: NetworkBuilder, name: string, params: AddResidualParams): void {
  const { residual, delta, output } = params;
  net.process(name, 'PAU', 'Adds the result of out_proj to the residual stream.', (p) => {
    p.nest('add', [{ index: 'word', bound: extent(p, params.words) }], () => {
      const sum = pau(p.read(residual).named('residual'), p.read(delta).named('delta')).named('sum');
      p.write(output, sum.saturate(sint(32, residual.type.element.fracBits)).named('updated'));
    });
  });
}
