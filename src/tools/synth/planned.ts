/** What the plan counted for each synthesized unit, and how long its schedule says a stage is: to stand beside the synthesized figures. */
import { CheckFailed } from '../../errors.js';
import type { Network } from '../../kernel/ir.js';
import { networkResources } from '../../plan/area/network.js';
import { allUnits, type Resources } from '../../plan/area/resources.js';
import type { Schedule } from '../../schedule/schedule.js';
import { stageBudgetNs } from '../../schedule/target.js';
import type { SynthUnit } from './units.js';

/** Planned figures of one instance of a unit. */
export interface PlannedUnit {
  /** Null for what the plan does not know of. */
  readonly area: Resources | null;
  /** Longest stage by the table of operator delays; null for a unit that has no schedule. */
  readonly ns: number | null;
  /** What a stage may take of the period. */
  readonly budgetNs: number;
  /** The paper's name of the unit, or a plain word. */
  readonly unit: string;
}

/** Planned figures by the unit's name. */
export function plannedUnits(
  network: Network,
  schedule: Schedule,
  units: readonly SynthUnit[],
): Map<string, PlannedUnit> {
  const planned = new Map(allUnits(networkResources(network, schedule)).map((unit) => [unit.name, unit]));
  const budgetNs = stageBudgetNs(schedule.target);
  return new Map(
    units.map(({ name, module, instances }): [string, PlannedUnit] => {
      // Instances that are alike are one unit; the plan names each.
      const found = planned.get(module) ?? planned.get(instances[0].split('.').at(-1)!);
      const nests = schedule.nests.filter((nest) => nest.process === module);
      const ns = nests.length > 0 ? Math.max(...nests.map(({ critical }) => critical.ns)) : null;
      return [name, { area: found?.resources ?? null, ns, budgetNs, unit: found?.unit ?? 'other' }];
    }),
  );
}

/** A stage this far over its budget is not the estimate's own error any more. */
const farFactor = 1.25;

/** Units with a stage that is far over its budget, worst first. */
export function farOverBudget(
  units: readonly SynthUnit[],
  planned: ReadonlyMap<string, PlannedUnit>,
): SynthUnit[] {
  const share = (unit: SynthUnit) => (unit.path?.ns ?? 0) / planned.get(unit.name)!.budgetNs;
  return units.filter((unit) => share(unit) > farFactor).sort((a, b) => share(b) - share(a));
}

/** Throws CheckFailed naming the stages that are far over their budget: their operators' delays are to be mended in src/schedule. */
export function requireStagesWithinBudget(
  units: readonly SynthUnit[],
  planned: ReadonlyMap<string, PlannedUnit>,
): void {
  const far = farOverBudget(units, planned);
  if (far.length === 0) return;
  const { name, path } = far[0];
  if (!path) return;
  const { ns, budgetNs } = planned.get(name)!;
  const scheduled = ns === null ? '' : `, scheduled ${ns.toFixed(2)} ns`;
  const others = far.length > 1 ? `; and ${far.length - 1} more unit${far.length > 2 ? 's' : ''}` : '';
  throw new CheckFailed(
    `synth: ${name}: a stage of ${path.levels ?? 'unknown'} levels takes about ${path.ns.toFixed(2)} ns, budget ${budgetNs.toFixed(2)} ns${scheduled} (from ${path.from} to ${path.to})${others}`,
  );
}
