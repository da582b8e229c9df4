/** Perplexities as tables: float and golden over all tokens, and the ablations, over fewer tokens, in a table of their own. All measured. */
import type { Ablation, Evaluation } from '../schema/eval.js';
import { type ReportStyle, reportStyle, table } from './table.js';

/** One or two tables; the change is against the float model on the same tokens. */
export function evalReport(figures: Evaluation, style: ReportStyle = reportStyle()): string {
  const { tokens, float, golden, ablations } = figures;
  const parts = [
    perplexities(
      `Model, ${tokens.toLocaleString('en-US')} held-out tokens`,
      float.perplexity,
      [['golden', golden.perplexity]],
      style,
    ),
  ];
  if (ablations.length > 0) {
    const base = figures.ablationFloat?.perplexity ?? float.perplexity;
    const some = (figures.ablationTokens ?? tokens).toLocaleString('en-US');
    const rows = ablations.map(({ name, perplexity }) => [name, perplexity] as const);
    const problems = problemsOf(ablations).map((line) => `\n${line}`);
    parts.push(
      perplexities(`One choice changed at a time, ${some} tokens`, base, rows, style) + problems.join(''),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function perplexities(
  title: string,
  float: number,
  rows: readonly PerplexityRow[],
  style: ReportStyle,
): string {
  const right = { align: 'right' } as const;
  const columns = [
    { head: title },
    { head: 'perplexity (measured)', ...right },
    { head: 'against float', ...right },
  ];
  return table(columns, perplexityRows(float, rows), style);
}

/** A name and its perplexity; null where there is none. */
type PerplexityRow = readonly [name: string, perplexity: number | null];

/** Why ablations have no perplexity, a line each. */
export function problemsOf(ablations: readonly Ablation[]): string[] {
  return ablations.flatMap(({ name, problem }) => (problem ? [`${name}: not measured: ${problem}`] : []));
}

/** The float model, then every row with its change against it. Cells are text: name, perplexity, change. */
export function perplexityRows(float: number, rows: readonly PerplexityRow[]): string[][] {
  const change = (perplexity: number) => {
    const share = 100 * (perplexity / float - 1);
    return `${share < 0 ? '' : '+'}${share.toFixed(3)} %`;
  };
  const cells = rows.map(([name, perplexity]) =>
    perplexity === null ? [name, 'not measured', ''] : [name, perplexity.toFixed(4), change(perplexity)],
  );
  return [['float', float.toFixed(4), ''], ...cells];
}
