/**
 * Piecewise linear tables: plain data that the golden model, the ROMs of the kernels and the reports share. A segment is a
 * signed slope and an unsigned offset; which segment and which position belong to an argument is the function's own matter
 * (functions.ts).
 */

/** A piecewise linear table; see `pwl` for what a segment computes. */
export interface PwlTable {
  readonly name: string;
  readonly segments: number;
  /** Bits of the position inside a segment (unsigned). */
  readonly remBits: number;
  /** Bits of a slope (two's complement). */
  readonly slopeBits: number;
  /** Bits of an offset (unsigned). */
  readonly offsetBits: number;
  /** Right shift of slope times position, rounding down. */
  readonly shift: number;
  readonly slopes: Int32Array;
  readonly offsets: Int32Array;
}

/** offsets[i] + floor(slopes[i] * r / 2^shift), 0 <= r < 2^remBits. slopeBits + remBits is at most 32 in every table. */
export function pwl(table: PwlTable, i: number, r: number): number {
  return table.offsets[i] + ((table.slopes[i] * r) >> table.shift);
}
