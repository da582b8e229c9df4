/** How far the area model is from what was synthesized. */
import { type AreaRow, FLOOR } from '../plan/area/fit-model.js';
import { type AreaModel, unitArea } from '../plan/area/model.js';

const KINDS = ['lut', 'ff', 'dsp', 'bram36'] as const;

/** Figures that are further off than a tenth, a line each. */
export function areaDifferences(rows: readonly AreaRow[], model: AreaModel): string[] {
  return rows.flatMap((row) => {
    const planned = unitArea(row, model);
    const unit = `${Object.keys(row.counts)[0]} ${row.name} (${row.kind})`;
    return KINDS.flatMap((kind) => {
      const found = row.synthesized[kind];
      if (Math.abs(planned[kind] - found) <= Math.max(FLOOR[kind], found / 10)) return [];
      const off = Math.round((100 * (planned[kind] - found)) / found);
      return [`${unit}: ${kind} planned ${planned[kind]}, synthesized ${found}, ${off} %`];
    });
  });
}

/** The sums of each plan, a line each. */
export function areaTotals(plans: readonly string[], rows: readonly AreaRow[], model: AreaModel): string[] {
  return plans.map((name) => {
    const sum = (of: (row: AreaRow) => number) =>
      rows.reduce((all, row) => all + (row.counts[name] ?? 0) * of(row), 0);
    const totals = KINDS.map((kind) => {
      const planned = sum((row) => unitArea(row, model)[kind]);
      const found = sum((row) => row.synthesized[kind]);
      const off = ((100 * (planned - found)) / found).toFixed(1);
      return `${kind} planned ${planned}, synthesized ${found} (${off} %)`;
    });
    return `${name}: ${totals.join('; ')}`;
  });
}
