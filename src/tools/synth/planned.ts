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
  /** What the scheduler fills of the period. */
  readonly budgetNs: number;
  /** The clock's period. */
  readonly periodNs: number;
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
  const { clockNs: periodNs } = schedule.target;
  const budgetNs = stageBudgetNs(schedule.target);
  return new Map(
    units.map(({ name, module, instances }): [string, PlannedUnit] => {
      // Instances that are alike are one unit; the plan names each.
      const found = planned.get(module) ?? planned.get(instances[0].split('.').at(-1)!);
      const nests = schedule.nests.filter((nest) => nest.process === module);
      const ns = nests.length > 0 ? Math.max(...nests.map(({ critical }) => critical.ns)) : null;
      return [name, { area: found?.resources ?? null, ns, budgetNs, periodNs, unit: found?.unit ?? 'other' }];
    }),
  );
}

/** More pins than this on one net make the placer's work hard, whatever the estimate says. */
export const MOST_FAN_OUT = 1000;

/** Units with a stage that does not fit the period, worst first. */
export function slowUnits(
  units: readonly SynthUnit[],
  planned: ReadonlyMap<string, PlannedUnit>,
): SynthUnit[] {
  const over = (unit: SynthUnit) => (unit.path?.ns ?? 0) - planned.get(unit.name)!.periodNs;
  return units.filter((unit) => over(unit) > 0).sort((a, b) => over(b) - over(a));
}

/**
 * Throws CheckFailed naming the worst stage that does not fit the period (then an operator's delay in src/schedule is wrong, or the unit has
 * logic that the scheduler does not know of), or the net that drives too much.
 */
export function requireTiming(units: readonly SynthUnit[], planned: ReadonlyMap<string, PlannedUnit>): void {
  const others = (count: number) => (count > 1 ? `; and ${count - 1} more unit${count > 2 ? 's' : ''}` : '');
  const slow = slowUnits(units, planned);
  const [worst] = slow;
  if (worst?.path) {
    const { name, path } = worst;
    const { ns, periodNs } = planned.get(name)!;
    const scheduled = ns === null ? '' : `, scheduled ${ns.toFixed(2)} ns`;
    throw new CheckFailed(
      `synth: ${name}: a stage of ${path.levels ?? 'unknown'} levels takes about ${path.ns.toFixed(2)} ns, period ${periodNs.toFixed(2)} ns${scheduled} (from ${path.from} to ${path.to})${others(slow.length)}`,
    );
  }
  const loadsOf = (unit: SynthUnit) => unit.fanOut?.loads ?? 0;
  const broad = units.filter((unit) => loadsOf(unit) > MOST_FAN_OUT).sort((a, b) => loadsOf(b) - loadsOf(a));
  const [broadest] = broad;
  if (broadest?.fanOut)
    throw new CheckFailed(
      `synth: ${broadest.name}: ${broadest.fanOut.net} drives ${broadest.fanOut.loads} pins, expected at most ${MOST_FAN_OUT}${others(broad.length)}`,
    );
}
