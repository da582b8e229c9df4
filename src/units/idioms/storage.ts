/** Where a private memory lies: in LUTs while it is shallow or holds few bits, in block RAM above that. */
import type { DataType } from '../../kernel/type.js';
import { totalBits } from '../../kernel/type.js';

/** Words of a LUT RAM that need no multiplexer after it. */
export const LUTRAM_WORDS = 64;
/** Below this a block RAM would stand nearly empty. */
const SMALL_BITS = 4096;

/** The kind of memory for `depth` words of a type. */
export function storageFor(type: DataType, depth: number): 'bram' | 'lutram' {
  return depth <= LUTRAM_WORDS || depth * totalBits(type) <= SMALL_BITS ? 'lutram' : 'bram';
}
