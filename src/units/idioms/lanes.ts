/**
 * The paper's vector units, with which the other units are written: PAU (A + B), PMU (A * B) and PMA (A * B + C), on every lane at
 * once and exact. Ranges grow as needed, and a scalar operand goes to every lane. Code that stores the result says how it is rounded and saturated.
 */
import type { Operand, Val } from '../../kernel/build/value.js';

/** Parallel adder unit: A + B on every lane. */
export function pau(a: Val, b: Operand): Val {
  return a.add(b);
}

/** Parallel multiplier unit: A * B on every lane. */
export function pmu(a: Val, b: Operand): Val {
  return a.mul(b);
}

/** Parallel multiply-add unit: A * B + C on every lane; `product` names A * B in the emitted code. */
export function pma(a: Val, b: Operand, c: Operand, product: string): Val {
  return a.mul(b).named(product).add(c);
}
