/** From a synthesis and its plan to what `synth` prints. */
import type { PlannedAccelerator } from '../../plan/plan.js';
import type { AreaFigures, SynthFigures } from '../../schema/synth.js';
import { type Area, bram36 } from '../../tools/synth/area.js';
import { type PlannedUnit, plannedUnits } from '../../tools/synth/planned.js';
import type { SynthResult } from '../../tools/synth/units.js';

/** Figures for the report, and what was planned of each unit. */
export function synthFigures(
  { tool, units, total, warnings }: SynthResult,
  { plan, layer, schedule, device }: PlannedAccelerator,
): { figures: SynthFigures; stages: Map<string, PlannedUnit> } {
  const stages = plannedUnits(layer.network, schedule, units);
  const { name, part, lut, ff, dsp } = device;
  const figures: SynthFigures = {
    tool: tool.kind,
    units: units.map((unit) => {
      const { area, ns, budgetNs, unit: kind } = stages.get(unit.name)!;
      const { carry4, ramb18, ramb36, ...first } = areaFigures(unit.area);
      return {
        name: unit.name,
        count: unit.count,
        ...first,
        levels: unit.path?.levels ?? null,
        ...{ carry4, ramb18, ramb36 },
        ...{
          ns: unit.path && Math.round(unit.path.ns * 100) / 100,
          plannedNs: ns && Math.round(ns * 100) / 100,
          budgetNs,
          loads: unit.fanOut?.loads ?? null,
          module: unit.module,
          unit: kind,
          planned: area,
        },
      };
    }),
    total: totalFigures(total, Math.max(0, ...units.map(({ path }) => path?.levels ?? 0))),
    device: { name, part, lut, ff, dsp, bram36: device.bram36 },
    version: tool.version,
    preset: plan.preset,
    warnings,
  };
  return { figures, stages };
}

function areaFigures(area: Area): AreaFigures {
  const { lut, ff, dsp, lutram, carry4, ramb18, ramb36 } = area;
  return { lut, ff, dsp, bram36: bram36(area), lutram, carry4, ramb18, ramb36 };
}

function totalFigures(area: Area, levels: number) {
  const { carry4, ramb18, ramb36, ...first } = areaFigures(area);
  return { ...first, levels, carry4, ramb18, ramb36 };
}
