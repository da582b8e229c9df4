/**
 * Output of the state space (MAT): y = sat16(rsh(sum over n of C h + (dSkip x) 2^skipShift, yShift)), docs/integer-model.md section 7.
 * Chains of products and adder trees over the Nl state indices of a step; over several steps the sum is kept in a register.
 */
import type { ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import { sint } from '../../kernel/type.js';
import { dividingPower } from '../../util/powers-of-two.js';
import { pau, pmu } from '../idioms/lanes.js';
import { runningSum } from '../idioms/running-sum.js';

/** Products that are summed where they are made (schedule/dot-products.ts): in DSP blocks, while the state waits a stage for each. */
const CHAIN_TERMS = 4;

/** What a row of the output takes. */
export interface OutputOperands {
  /** [Pl, Nl]: the state after the token. */
  readonly state: Val;
  /** [Nl] s16. */
  readonly c: Val;
  /** [Pl] s16; wanted in the last step of a row. */
  readonly x: Val;
  /** The three fields of all rows, or one a row. */
  readonly dSkip: Val;
  readonly skipShift: Val;
  readonly yShift: Val;
  /** High in the last of `steps` steps of a row. */
  readonly rowEnd: Val;
  readonly steps: number;
}

/** y, [Pl] s16: whole in the last step of a row. */
export function stateOutput(
  p: ProcessBuilder,
  { state, c, x, rowEnd, steps, ...fields }: OutputOperands,
): Val {
  const [rows, cols] = state.shape;
  const terms = dividingPower(cols, CHAIN_TERMS);
  const chains = cols / terms;
  const eachC = c.perCol(rows).reshape(rows * chains, terms);
  const products = pmu(state.reshape(rows * chains, terms), eachC).named('c_h_products');
  const partial = products.sum().named('c_h_sums').reshape(rows, chains).sum().named('partial');
  const range = { lo: partial.range.lo * BigInt(steps), hi: partial.range.hi * BigInt(steps) };
  const sum = runningSum(p, partial, range, rowEnd, 'c_h');
  const skip = pmu(x, fields.dSkip).named('d_x').shl(fields.skipShift).named('skip');
  const rounded = pau(sum, skip).named('acc').roundShift(fields.yShift).named('rounded_acc');
  return rounded.saturate(sint(16)).named('y_word');
}
