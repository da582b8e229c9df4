/** The result of a C simulation as a table: words compared with the golden model, and where the first differences are. All measured. */
import type { CsimFigures } from '../schema/csim.js';
import { count, type ReportStyle, reportStyle, table } from './table.js';

/** A row a unit, the sum, and a verdict. */
export function csimReport(figures: CsimFigures, style: ReportStyle = reportStyle()): string {
  const { units, words, mismatches, seconds } = figures;
  const right = { align: 'right' } as const;
  const columns = [
    { head: 'C simulation (measured)' },
    { head: 'words', ...right },
    { head: 'mismatches', ...right },
  ];
  const rows = units.map((unit) => [unit.name, count(unit.words), count(unit.mismatches)]);
  const all = table(columns, [...rows, ['in all', count(words), count(mismatches)]], style);
  const first = units.find((unit) => unit.mismatches > 0);
  const verdict =
    words === 0
      ? 'Nothing was compared.'
      : mismatches === 0
        ? `Equal to the golden model in every word, ${seconds.toFixed(1)} s.`
        : `Differs from the golden model${first ? `, first in ${first.name}` : ''}.`;
  return `${all}\n${verdict}\n`;
}
