/** Words of a descriptor: one call's scalars, each a 32-bit field, in network order. */
import type { Network } from '../../kernel/ir.js';

/** Bits of a descriptor word. */
export const DESCRIPTOR_WORD_BITS = 512;
/** Bits of a field of it. */
export const FIELD_BITS = 32;

/** Words of `DESCRIPTOR_WORD_BITS` that one call's scalars take. */
export function descriptorWords(network: Network): number {
  return Math.max(1, Math.ceil((network.scalars.length * FIELD_BITS) / DESCRIPTOR_WORD_BITS));
}
