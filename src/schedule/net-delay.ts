/**
 * What a wire between slices takes, of a Virtex-7 of speed grade -2: an allowance, since only a placer knows (docs/synthesis.md). It grows with
 * the pins that it drives and with the block that their cells fill.
 */

/** To the first pin, and for each doubling of their number. */
const FIRST_NS = 0.35;
const DOUBLING_NS = 0.05;
/** For each configurable logic block between the middle of the block and its edge. */
const CROSSING_NS = 0.01;
/** Look-up tables of a configurable logic block (UG474). */
const BLOCK_CELLS = 8;

/** A look-up table, and the set-up of a register's enable (DS183). */
export const TABLE_NS = 0.05;
export const ENABLE_NS = 0.2;

/** Nanoseconds of a wire that drives `loads` pins, wherever they lie. */
export function pinsNs(loads: number): number {
  return FIRST_NS + DOUBLING_NS * Math.log2(Math.max(1, loads));
}

/** The same where the cells of the pins lie in a square, which is to be crossed. */
export function wireNs(loads: number): number {
  const side = Math.sqrt(Math.max(1, loads) / BLOCK_CELLS);
  return pinsNs(loads) + CROSSING_NS * (side / 2);
}

/** What a wire to `loads` pins takes more than one to a single pin, which operators' delays and a register's output have in them. */
export function loadNs(loads: number): number {
  return wireNs(loads) - wireNs(1);
}
