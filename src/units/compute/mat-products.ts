/**
 * The products of a MAT array for one input word: [rows, cols] int8 weights times [cols] int8 inputs, summed along each row by an adder
 * tree. Plain, or with two products in one DSP48E1 (25 x 18 signed); both give the same integers.
 */
import type { ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import { sint } from '../../kernel/type.js';
import { pmu } from '../idioms/lanes.js';

/** Range of a product of two int8. */
const LEAST = -128 * 127;
const MOST = 128 * 128;

/** The sums of all rows, the last `lutRows` with a multiplier of their own for each product, the others with one for two. Gives [rows]. */
export function rowSums(p: ProcessBuilder, weights: Val, x: Val, lutRows: number): Val {
  const packedRows = weights.shape[0] - lutRows;
  if (lutRows === 0) return packedRowSums(p, weights, x);
  if (packedRows === 0) return plainRowSums(weights, x);
  const packed = packedRowSums(p, weights.lanes(0, packedRows), x);
  const plain = plainRowSums(weights.lanes(packedRows, lutRows), x);
  return p.gather([packed, plain]).named('sums_of_rows');
}

/** One multiplier a product. Gives [rows]. */
export function plainRowSums(weights: Val, x: Val): Val {
  const rows = weights.shape[0];
  return pmu(weights, x.perCol(rows)).named('products').sum().named('partial');
}

/**
 * One multiplier for two: row j and row j + rows/2 share it, (w1 2^16 + w0) x. Adding 2^15 makes the low half unsigned, so that it
 * borrows nothing from the high half: (w1 x) 2^16 + (w0 x + 2^15), both parts exact since |w x| <= 2^14. Gives [rows].
 */
export function packedRowSums(p: ProcessBuilder, weights: Val, x: Val): Val {
  const half = weights.shape[0] / 2;
  const w0 = weights.lanes(0, half).named('weights_low');
  const w1 = weights.lanes(half, half).named('weights_high');
  const pair = w1
    .shl(16)
    .named('weights_high_shifted')
    .add(w0)
    .named('weight_pair')
    .note('two int8 weights in one 25-bit operand');
  const biased = pmu(pair, x.perCol(half))
    .named('pair_products')
    .add(1 << 15)
    .named('biased');
  // Without the bias again: bit 15 inverted.
  const low = biased
    .slice(15, 0)
    .named('low_half')
    .xor(1 << 15)
    .named('low_half_unbiased')
    .wrap(sint(16))
    .assume(LEAST, MOST)
    .named('products_low');
  const high = biased.shr(16).assume(LEAST, MOST).named('products_high');
  return p.gather([low.sum().named('partial_low'), high.sum().named('partial_high')]).named('partial');
}
