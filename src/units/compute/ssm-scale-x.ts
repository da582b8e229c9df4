/** Input of the state space (PMU): u = sat16(rsh(dt x, uShift)) a head, docs/integer-model.md section 7; x goes on for the skip path. */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel } from '../../kernel/ir.js';
import type { Count } from '../../kernel/size.js';
import { sint } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extent } from '../idioms/extent.js';
import { hold, single } from '../idioms/hold.js';
import { pmu } from '../idioms/lanes.js';
import { headTable } from '../movement/head-params.js';

export interface ScaleXParams {
  /** [Pl] s16, order (token, head, row). */
  readonly x: Channel;
  /** u24, order (token, head). */
  readonly dt: Channel;
  /** [Pl] s16. */
  readonly u: Channel;
  /** [Pl] s16: x again. */
  readonly skip: Channel;
  /** [1] u16, one word per head: uShift (SCALE_X_FIELDS of head-params.ts). */
  readonly parameters: Channel;
  readonly tokens: Extent;
  readonly heads: Count;
  /** Words per head: P / Pl. */
  readonly headRows: Count;
  /** How often parameters come: 1 or 0 (1 when absent). */
  readonly passes?: Extent;
}

/** Adds one process. */
export function scaleX(net: NetworkBuilder, name: string, params: ScaleXParams): void {
  net.process(name, 'PMU', 'u = dt x; the factor ln 2 is part of the scales.', (p) => {
    const shifts = headTable(p, params.parameters, params.heads, params.passes);
    const loops = [
      { index: 'token', bound: extent(p, params.tokens) },
      { index: 'head', bound: params.heads },
      { index: 'row', bound: params.headRows },
    ];
    p.nest('scale', loops, ({ head, row }) => {
      const uShift = shifts(head).lane(0).slice(5, 0).named('u_shift');
      const dt = single(hold(p, params.dt, row.eq(0).named('head_start'), 'dt'));
      const x = p.read(params.x).named('x');
      const rounded = pmu(x, dt).named('dt_x').roundShift(uShift).named('rounded_dt_x');
      p.write(params.u, rounded.saturate(sint(16)).named('scaled_x'));
      p.write(params.skip, x);
    });
  });
}
