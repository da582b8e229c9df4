/** Where words on their way lie, and how many: decisions that the RTL and the area model share. */

/** FIFOs of so few words lie in registers, up to so many in LUT RAM; few bits do not fill a block RAM either. */
export const REGISTER_WORDS = 2;
export const LUTRAM_WORDS = 64;

export type FifoStorage = 'registers' | 'lutram' | 'bram';

/** Where the words of a FIFO that holds `depth` lie. */
export function fifoStorage(depth: number): FifoStorage {
  if (depth <= REGISTER_WORDS) return 'registers';
  return depth <= LUTRAM_WORDS ? 'lutram' : 'bram';
}

/** Words that the AXI master of a port may have asked for and not delivered. */
export const MASTER_WORDS = 128;
/** The same of the master that reads descriptors, which come one at a time. */
export const DESCRIPTOR_MASTER_WORDS = 16;
