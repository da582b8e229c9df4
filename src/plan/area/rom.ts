/** Tables as look-up tables: what differs of their columns, cut into pieces of 64 entries. */
import type { Rom } from '../../kernel/ir.js';

const known = new WeakMap<Rom, Map<bigint, number>>();

/** Different 64-entry pieces of the wanted columns that are neither constant nor one bit of the address. */
export function romTables(rom: Rom, mask: bigint): number {
  const counted = known.get(rom) ?? new Map<bigint, number>();
  known.set(rom, counted);
  const before = counted.get(mask);
  if (before !== undefined) return before;
  const pieces = new Set<string>();
  for (let bit = 0n; bit < BigInt(rom.element.bits); bit++) {
    if (((mask >> bit) & 1n) === 0n) continue;
    for (let at = 0; at < rom.values.length; at += 64) {
      const piece = rom.values.slice(at, at + 64).map((value) => ((value >> bit) & 1n ? '1' : '0'));
      const text = piece.join('').padEnd(64, '-');
      if (/0/.test(text) && /1/.test(text)) pieces.add(text);
    }
  }
  counted.set(mask, pieces.size);
  return pieces.size;
}
