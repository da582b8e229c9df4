/**
 * A piecewise linear table as hardware: two ROMs (slopes and offsets), one multiply, one floor shift, one add. Used lane-wise it
 * means one copy of the ROMs a lane. The function's own unit finds segment and position; docs/integer-model.md section 9.
 */
import type { ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import { sint, uint } from '../../kernel/type.js';
import type { PwlTable } from '../../quant/tables/pwl.js';
import { pmu } from '../idioms/lanes.js';

/** Evaluates a table: segment index, position inside the segment (unsigned, `remBits` wide), both of the same shape. */
export type PwlLookup = (segment: Val, position: Val) => Val;

/**
 * Declares the ROMs of `table` in this process (outside a nest or inside one) and returns its evaluation,
 * offsets[i] + floor(slopes[i] * r / 2^shift), exactly `pwl` of src/quant/tables/pwl.ts.
 */
export function pwlLookup(p: ProcessBuilder, table: PwlTable): PwlLookup {
  const slopes = p.rom(
    `${table.name}_slopes`,
    sint(table.slopeBits),
    table.slopes,
    `slope of each segment of the ${table.name} table, per 2^${table.shift} positions`,
  );
  const offsets = p.rom(
    `${table.name}_offsets`,
    uint(table.offsetBits),
    table.offsets,
    `value of the ${table.name} table where each segment begins`,
  );
  return (segment, position) => {
    const slope = segment.lookup(slopes).named(`${table.name}_slope`);
    const offset = segment.lookup(offsets).named(`${table.name}_offset`);
    const rise = pmu(slope, position)
      .named(`${table.name}_product`)
      .shr(table.shift)
      .named(`${table.name}_rise`);
    return rise.add(offset).named(`${table.name}_value`);
  };
}
