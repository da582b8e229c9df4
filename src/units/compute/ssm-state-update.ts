/**
 * State update (PMA): h = satW(rsh(h decay + (u B) 2^injectShift, 17)), docs/integer-model.md section 7, for Pl positions times Nl state
 * indices.
 */
import type { Val } from '../../kernel/build/value.js';
import type { ElementType } from '../../kernel/type.js';
import { pma, pmu } from '../idioms/lanes.js';

/** Fraction bits of the decay: the one shift of the update. */
const DECAY_FRAC_BITS = 17;

/** What an update takes. */
export interface UpdateOperands {
  /** [Pl, Nl] of type `element`: the state before the token. */
  readonly before: Val;
  /** u17, of all rows or [Pl]. */
  readonly decay: Val;
  /** [Pl] s16. */
  readonly u: Val;
  /** [Nl] s16. */
  readonly b: Val;
  /** 0 to 15, of all rows or [Pl]. */
  readonly injectShift: Val;
}

/** The state after the token, [Pl, Nl] of type `element`. */
export function updatedState(
  { before, decay, u, b, injectShift }: UpdateOperands,
  element: ElementType,
): Val {
  // Half of the last place is added where h decays: in its DSP block.
  const [, cols] = before.shape;
  return pma(before, perLane(decay, cols), 1 << (DECAY_FRAC_BITS - 1), 'decayed')
    .named('decayed_and_half')
    .add(inject(u, b, injectShift))
    .named('sum')
    .shr(DECAY_FRAC_BITS)
    .named('rounded_sum')
    .saturate(element)
    .named('updated');
}

/** Bits that a DSP48E1 has left beside a 16-bit u: 25. */
const U_SHIFT = 9;
/** What is left of the largest shift, 15: the adder after the product includes the choice. */
const UPPER_SHIFT = 6;

/** (u B) 2^shift for every lane, shift 0 to 15: as much of it as possible before the product, where it costs rows instead of lanes. */
function inject(u: Val, b: Val, shift: Val): Val {
  const [rows] = u.shape;
  const [cols] = b.shape;
  const isUpper = shift.ge(U_SHIFT + 1).named('is_upper_shift');
  const lower = isUpper
    .select(shift.sub(UPPER_SHIFT).named('shift_less_upper'), shift)
    .assume(0, U_SHIFT)
    .named('shift_of_u');
  const wideU = u.shl(lower).named('shifted_u');
  const product = pmu(wideU.perRow(cols), b.perCol(rows)).named('injected_product');
  const isUpperLane = perLane(isUpper, cols);
  return isUpperLane.select(product.shl(UPPER_SHIFT).named('upper_product'), product).named('injected');
}

/** A value of all rows, or one a row, for every lane. */
function perLane(value: Val, cols: number): Val {
  return value.shape.length === 0 ? value : value.perRow(cols);
}
