/**
 * How long a weight tile stays in a MAT array: one step per token of the chunk, but never fewer than the accumulator's loop takes
 * (a RAM read, an addition, and the write before the next read), nor fewer than the words of the next tile.
 */

/** Steps from reading an accumulator to reading what was written back; the scheduler proves that it is enough. */
export const accumulatorSteps = 8;

/** Least and largest steps per tile; a call of `tokens` takes max(least, min(T, tokens)). */
export function matSlots(chunkTokens: number, tileWords: number): { least: number; most: number } {
  const least = Math.max(accumulatorSteps, tileWords);
  return { least, most: Math.max(least, chunkTokens) };
}

/** Steps per tile for a call of this many tokens. */
export function slotsFor(tokens: number, chunkTokens: number, tileWords: number): number {
  return Math.max(matSlots(chunkTokens, tileWords).least, Math.min(chunkTokens, tokens));
}
