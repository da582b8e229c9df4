/** What is so wide that one register cannot drive all of it: decisions that scheduler, RTL and area model share. */
import type { Ram, Register } from '../kernel/ir.js';
import { totalBits } from '../kernel/type.js';

/** How much one register drives. */
export interface LoadLimits {
  /** More pins than this are driven by several registers. */
  readonly mostLoads: number;
  /** Bits of a slice of a wide memory or FIFO. */
  readonly sliceBits: number;
}

/** From so many words on, tables between the address and the block RAMs choose among them. */
const DEEP_WORDS = 8192;

/**
 * A memory so wide, or so deep, that each of its slices has registers of its own for addresses and enables: reading takes a stage more.
 */
export function isWideMemory({ type, depth, storage }: Ram, { mostLoads }: LoadLimits): boolean {
  return totalBits(type) > mostLoads || (storage === 'bram' && depth > DEEP_WORDS);
}

/** A register of a nest so wide that its enable is a row of registers. */
export function isBank({ type }: Register, { mostLoads }: LoadLimits): boolean {
  return totalBits(type) > mostLoads;
}

/** Bits of each slice of a word. */
export function slicesOf(bits: number, { mostLoads, sliceBits }: LoadLimits): number[] {
  if (bits <= mostLoads) return [bits];
  const whole = Math.floor(bits / sliceBits);
  const rest = bits - whole * sliceBits;
  return [...new Array<number>(whole).fill(sliceBits), ...(rest > 0 ? [rest] : [])];
}
