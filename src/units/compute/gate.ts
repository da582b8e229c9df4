/** The gate (PMU): g = sat16(rsh(y s, gateShift)) with s = SiLU(z) and one shift per head; docs/integer-model.md section 8. */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel } from '../../kernel/ir.js';
import type { Count } from '../../kernel/size.js';
import { sint } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extent } from '../idioms/extent.js';
import { pmu } from '../idioms/lanes.js';
import { headTable } from '../movement/head-params.js';

export interface GateParams {
  /** [lanes] s16, order (token, head, word). */
  readonly y: Channel;
  /** [lanes] s16: SiLU(z), the same order. */
  readonly s: Channel;
  /** [lanes] s16. */
  readonly output: Channel;
  /** [1] u16, one word per head: gateShift (GATE_FIELDS of head-params.ts). */
  readonly parameters: Channel;
  readonly tokens: Extent;
  readonly heads: Count;
  /** Words per head: P / lanes. */
  readonly headWords: Count;
  /** How often parameters come: 1 or 0 (1 when absent). */
  readonly passes?: Extent;
}

/** Adds one process. */
export function gate(net: NetworkBuilder, name: string, params: GateParams): void {
  net.process(name, 'PMU', 'Multiplies y by SiLU(z).', (p) => {
    const shifts = headTable(p, params.parameters, params.heads, params.passes);
    const loops = [
      { index: 'token', bound: extent(p, params.tokens) },
      { index: 'head', bound: params.heads },
      { index: 'word', bound: params.headWords },
    ];
    p.nest('gate', loops, ({ head }) => {
      const gateShift = shifts(head).lane(0).slice(4, 0).named('gate_shift');
      const product = pmu(p.read(params.y).named('y'), p.read(params.s).named('s')).named('product');
      p.write(
        params.output,
        product.roundShift(gateShift).named('rounded_product').saturate(sint(16)).named('gated'),
      );
    });
  });
}
