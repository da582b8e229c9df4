/**
 * Output of the state space (MAT): y = sat16(rsh(sum over n of C h + (dSkip x) 2^skipShift, yShift)), docs/integer-model.md section 7.
 * Adder trees over the Nl state indices of a step; over several steps the sum is kept in a register.
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { type Count, countOf } from '../../kernel/size.js';
import { sint } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extent } from '../idioms/extent.js';
import { pau, pmu } from '../idioms/lanes.js';
import { runningSum } from '../idioms/running-sum.js';
import { headTable } from '../movement/head-params.js';

export interface StateOutputParams {
  /** [Pl, Nl] sW, order (token, head, row, col). */
  readonly h: Channel;
  /** [Nl] s16, order (token, head, row, col). */
  readonly c: Channel;
  /** [Pl] s16, order (token, head, row). */
  readonly x: Channel;
  /** [Pl] s16, order (token, head, row). */
  readonly y: Channel;
  /** [3] u16, one word per head: dSkip, skipShift, yShift (OUTPUT_FIELDS of head-params.ts). */
  readonly parameters: Channel;
  readonly tokens: Extent;
  readonly heads: Count;
  /** P / Pl. */
  readonly headRows: Count;
  /** N / Nl. */
  readonly stateCols: Count;
  /** How often parameters come: 1 or 0 (1 when absent). */
  readonly passes?: Extent;
}

/** Adds one process. Throws KernelError where the lanes of the channels do not fit together. */
export function stateOutput(net: NetworkBuilder, name: string, params: StateOutputParams): void {
  const { h, c, x, y } = params;
  const stateCols = countOf(params.stateCols);
  const [positions, indices] = h.type.shape as [number, number];
  if (c.type.shape[0] !== indices || x.type.shape[0] !== positions || y.type.shape[0] !== positions)
    throw new KernelError(
      `state output ${name}: h is [${h.type.shape}], expected [lanes of x and y, lanes of C]`,
    );
  net.process(name, 'MAT', 'y = C h + D x.', (p) => {
    const parameters = headTable(p, params.parameters, params.heads, params.passes);
    const loops = [
      { index: 'token', bound: extent(p, params.tokens) },
      { index: 'head', bound: params.heads },
      { index: 'row', bound: params.headRows },
      { index: 'col', bound: params.stateCols },
    ];
    p.nest('output', loops, ({ head, col }) => {
      const fields = parameters(head);
      const dSkip = fields.lane(0).wrap(sint(16)).named('d_skip');
      const skipShift = fields.lane(1).slice(4, 0).assume(0, 20).named('skip_shift');
      const yShift = fields.lane(2).slice(5, 0).assume(0, 47).named('y_shift');

      const state = p.read(h).named('state');
      const products = pmu(state, p.read(c).named('c').perCol(positions)).named('c_h_products');
      const partial = products.sum().named('partial');
      const cols = BigInt(stateCols);
      const range = { lo: partial.range.lo * cols, hi: partial.range.hi * cols };
      const rowEnd = col.eq(stateCols - 1).named('row_end');
      const sum = runningSum(p, partial, range, rowEnd, 'c_h');

      const skip = pmu(p.read(x, rowEnd).named('x'), dSkip).named('d_x').shl(skipShift).named('skip');
      const rounded = pau(sum, skip).named('acc').roundShift(yShift).named('rounded_acc');
      p.write(y, rounded.saturate(sint(16)).named('y_word'), rowEnd);
    });
  });
}
