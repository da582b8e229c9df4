/** A synthesis and its plan as rows for the area model: one a distinct unit. */
import { CheckFailed } from '../../errors.js';
import type { AreaRow } from '../../plan/area/fit-model.js';
import type { UnitStructure } from '../../plan/area/structure.js';
import { networkStructure } from '../../plan/area/units.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import { bram36 } from './area.js';
import type { SynthResult, SynthUnit } from './units.js';

/** The slower one, and the one that drives more. */
function worst(known: AreaRow['timing'], { path, fanOut }: SynthUnit): AreaRow['timing'] {
  const ns = Math.round((path?.ns ?? 0) * 100) / 100;
  return { ns: Math.max(known.ns, ns), loads: Math.max(known.loads, fanOut?.loads ?? 0) };
}

/** Adds the units of the plan `name` to `rows`. Throws CheckFailed for a unit that the plan, or a synthesis of all of it, does not have. */
export function addAreaRows(
  rows: Map<string, AreaRow>,
  name: string,
  { layer, schedule }: PlannedAccelerator,
  { units }: SynthResult,
  isWhole: boolean,
): void {
  const { processes, fifos, ports, frame } = networkStructure(layer.network, schedule);
  const structures = new Map<string, UnitStructure>(
    [...processes, ...fifos, ...ports, ...frame].map((unit) => [unit.name, unit]),
  );
  for (const unit of units) {
    for (const instance of unit.instances) {
      const structure = structures.get(unit.module) ?? structures.get(instance.split('.').at(-1)!);
      if (!structure) throw new CheckFailed(`area: ${instance}: synthesized, but not in the plan of ${name}`);
      structures.delete(structure.name);
      const { lut, ff, dsp } = unit.area;
      const synthesized = { lut, ff, dsp, bram36: bram36(unit.area) };
      const { name: _, ...same } = structure;
      const key = JSON.stringify([same, synthesized]);
      const known = rows.get(key) ?? { ...structure, counts: {}, synthesized, timing: { ns: 0, loads: 0 } };
      const counts = { ...known.counts, [name]: (known.counts[name] ?? 0) + 1 };
      rows.set(key, { ...known, counts, timing: worst(known.timing, unit) });
    }
  }
  const [left] = structures.keys();
  if (isWhole && left !== undefined)
    throw new CheckFailed(`area: ${left}: in the plan of ${name}, but not synthesized`);
}
