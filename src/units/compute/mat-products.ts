/**
 * The products of a MAT array for one input word: [rows, cols] int8 weights times [cols] int8 inputs, summed along each row. Plain, or with two
 * products in one DSP48E1 (25 x 18 signed); both give the same integers. Up to four neighbours of a row are summed where they are multiplied
 * (schedule/dot-products.ts), the rest by adder trees.
 */
import type { ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import { sint } from '../../kernel/type.js';
import { dividingPower } from '../../util/powers-of-two.js';
import { pmu } from '../idioms/lanes.js';

/** Range of a product of two int8. */
const LEAST = -128 * 127;
const MOST = 128 * 128;

/** Neighbours of a row whose products are summed in a chain; in DSP blocks, what the lower part of an operand has room for. */
const DSP_TERMS = 4;
const LUT_TERMS = 4;
/** Place of the upper of two weights in an operand: below it fits the sum of `DSP_TERMS` products. */
const UPPER = 17;
/** What makes a weight unsigned. */
const HALF = 128;
/** Makes the least sum of `DSP_TERMS` products positive and leaves the greatest in `UPPER` bits. */
const OFFSET = 2 ** UPPER - 1 - DSP_TERMS * MOST;

/** Rows whose weights are the lower of two, and stand in the bank as `w + 128` (u8): the first half of those in DSP blocks. */
export const lowerRows = (rows: number, lutRows: number): number => (rows - lutRows) / 2;

/** How many products of a row are summed in a chain. */
const termsOf = (cols: number, most: number): number => dividingPower(cols, most);

/**
 * What the sums of the rows are too large by: a number a row. The sums of the lower rows keep the offset that makes them unsigned; whoever adds
 * up the sums of all tiles subtracts it once.
 */
export function rowOffsets(rows: number, cols: number, lutRows: number): number[] {
  const lower = lowerRows(rows, lutRows);
  const chains = cols / termsOf(cols, DSP_TERMS);
  return Array.from({ length: rows }, (_, row) => (row < lower ? chains * OFFSET : 0));
}

/**
 * The sums of all rows, too large by `rowOffsets`. The last `lutRows` have a multiplier of their own for each product, the others one for two.
 * `bank` is [rows, cols] u8: weights as `lowerRows` says, the others as int8's bits. Gives [rows].
 */
export function rowSums(p: ProcessBuilder, bank: Val, x: Val, lutRows: number): Val {
  const [rows, cols] = bank.shape;
  const lower = lowerRows(rows, lutRows);
  const parts: Val[] = [];
  if (lower > 0) {
    const upper = bank.lanes(lower, lower).wrap(sint(8)).named('weights_high');
    parts.push(...packedRowSums(bank.lanes(0, lower).named('weights_low'), upper, x));
  }
  if (lutRows > 0) {
    const plain = lower > 0 ? bank.lanes(2 * lower, lutRows) : bank;
    parts.push(plainRowSums(plain.wrap(sint(8)).named('weights_of_luts'), x));
  }
  return parts.length === 1 ? parts[0] : p.gather(parts).named('partial');
  function plainRowSums(weights: Val, input: Val): Val {
    const terms = termsOf(cols, LUT_TERMS);
    const [each, inputs] = chained(weights, input.perCol(lutRows), terms);
    return summed(pmu(each, inputs).named('lut_products').sum().named('lut_sums'), lutRows, 'lut_partial');
  }
}

/**
 * One multiplier for two: rows j of both share it, (w1 2^17 + w0 + 128) x. With c = OFFSET - 128 (sum of x) added, the sum of four such products
 * is (sum of w1 x) 2^17 + (sum of w0 x + OFFSET), both parts exact: -65,024 <= sum of w0 x <= 65,536. Without the 128 a pair would not fit
 * 25 bits. Gives the sums of the lower and the upper rows.
 */
function packedRowSums(w0: Val, w1: Val, x: Val): [Val, Val] {
  const [rows, cols] = w0.shape;
  const terms = termsOf(cols, DSP_TERMS);
  const chains = cols / terms;
  const sums = (terms === 1 ? x : x.reshape(chains, terms).sum()).named('sums_of_x');
  const added = sums
    .mul(-HALF)
    .add(OFFSET)
    .named('added_to_chain')
    .note('takes out the 128 in each lower weight; made before the chain, whose first block adds it');
  const early = added.perCol(rows).reshape(rows * chains);
  const pair = w1.shl(UPPER).add(w0).named('weight_pair').note('two weights in one 25-bit operand');
  const [each, inputs] = chained(pair, x.perCol(rows), terms);
  const products = pmu(each, inputs).named('pair_products');
  const both = products.sum().named('pair_sums').add(early).named('both_sums');
  const low = both.slice(UPPER - 1, 0).assume(terms * LEAST + OFFSET, terms * MOST + OFFSET);
  const high = both.shr(UPPER).assume(terms * LEAST, terms * MOST);
  return [
    summed(low.named('sums_low'), rows, 'partial_low'),
    summed(high.named('sums_high'), rows, 'partial_high'),
  ];
}

/** [rows, cols] operands as [rows x chains, terms]. */
function chained(weights: Val, x: Val, terms: number): [Val, Val] {
  const [rows, cols] = weights.shape;
  const shape = [(rows * cols) / terms, terms] as const;
  return [weights.reshape(...shape), x.reshape(...shape)];
}

/** [rows x chains] as sums of rows. */
function summed(values: Val, rows: number, name: string): Val {
  return values
    .reshape(rows, values.shape[0] / rows)
    .sum()
    .named(name);
}
