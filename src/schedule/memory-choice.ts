/** Where words on their way lie, and how many: decisions that the RTL and the area model share. */

import type { Port } from '../kernel/ir.js';

/** FIFOs of so few words lie in registers, up to so many in LUT RAM; few bits do not fill a block RAM either. */
export const REGISTER_WORDS = 2;
export const LUTRAM_WORDS = 64;

export type FifoStorage = 'registers' | 'lutram' | 'bram';

/** Where the words of a FIFO that holds `depth` lie. */
export function fifoStorage(depth: number): FifoStorage {
  if (depth <= REGISTER_WORDS) return 'registers';
  return depth <= LUTRAM_WORDS ? 'lutram' : 'bram';
}

/** Cycles from the one in which a word is written to the first in which it can be read (rtl/lib/fifo.sv), by where the words lie. */
const LATENCY_CYCLES: Readonly<Record<FifoStorage, number>> = { registers: 1, lutram: 2, bram: 4 };

/** The same of a FIFO that holds `depth` words. */
export function fifoLatencyCycles(depth: number): number {
  return LATENCY_CYCLES[fifoStorage(depth)];
}

/** At least `least` places, and as many as a word every `everyCycles` cycles needs that comes `delay` cycles after its place was taken. */
export function roomForLate(least: number, delay: number, everyCycles = 1): number {
  const needed = Math.ceil((delay + fifoLatencyCycles(least) + 1) / everyCycles);
  // A deeper FIFO may be one that takes longer.
  return needed <= least ? least : roomForLate(needed, delay, everyCycles);
}

/** Words that the AXI master of a port may have asked for and not delivered. */
export const MASTER_WORDS = 256;
/** Two bursts of a kilobyte at the widest ports. */
const LEAST_MASTER_WORDS = 32;
/** The same of a port, whose words may come so seldom that fewer cover the latency; `most` of one that moves a word a cycle. */
export function masterWords({ everyCycles = 1 }: Pick<Port, 'everyCycles'>, most = MASTER_WORDS): number {
  const needed = 2 ** Math.ceil(Math.log2(most / everyCycles));
  return Math.max(Math.min(most, LEAST_MASTER_WORDS), needed);
}
/** The same of the master that reads descriptors, which come one at a time. */
export const DESCRIPTOR_MASTER_WORDS = 16;
/** Bursts that the master of a port that is written may have announced and not been acknowledged; their lengths lie in a FIFO. */
export const WRITE_BURSTS = 16;
