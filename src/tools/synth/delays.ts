/**
 * Delays assumed for a mapped netlist that was not placed: a Virtex-7 of speed grade -2, in nanoseconds. Of the logic cells: rounded from the
 * data sheet (DS183). Of the wires, which only a placer knows: an allowance that grows with the number of cells a net drives, none inside a
 * slice. Good to a quarter or so: enough to tell a stage that is far too long from one that fits, no replacement for the vendor's timing report.
 */
import { ENABLE_NS, pinsNs, TABLE_NS } from '../../schedule/net-delay.js';

/** Register, and what is expected of whatever drives an input of the module: it comes from a register too. */
export const register = { clockToOut: 0.24, setup: 0.04, setupControl: ENABLE_NS };
/** Look-up table, as logic. */
export const table = TABLE_NS;
export const wideMultiplexer = 0.12;
/** CARRY4: from S to O of the same bit, from S or DI to a carry, from carry to the block's own carry, from carry to O. */
export const carry = { sumToOut: 0.18, inToCarry: 0.29, carryToCarry: 0.05, carryToOut: 0.2 };
/** LUTRAM and shift registers: the clock to a word just written; reading is as a table. */
export const tableMemory = { clockToOut: 1.1, setup: 0.2 };
/** Block RAM with and without its output register. */
export const blockRam = { clockToOutRegister: 0.65, clockToOut: 1.8, setup: 0.45 };
/** DSP48E1: `preSum` from A or D to the AD register, `product` from A or B to the M register, `sum` from M or C to the P register. */
export const dsp = { clockToOut: 0.35, setup: 0.3, preSum: 1.3, product: 1.9, sum: 1.25 };

/** A wire between slices that drives `loads` cells. */
export const wire = pinsNs;
