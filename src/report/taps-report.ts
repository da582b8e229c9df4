/** Errors of taps as tables, worst first. All measured. */
import type { TapFigures, TapsResult, TapsVariant } from '../schema/eval-taps.js';
import { count, percent, type ReportStyle, reportStyle, type TableData, textTable } from './table.js';

/** Rows of a table; the page and --json have the others. */
const WORST = 12;

/** A table for each quantization. */
export function tapsReport(result: TapsResult, style: ReportStyle = reportStyle()): string {
  const { engine } = result;
  const foot = `SQNR alone: from float's input of the layer; in its place: after the errors of all layers before. ${count(result.tokens)} tokens.`;
  const tables = result.variants.flatMap((variant) => [
    textTable(tapsTable(variant), style),
    ...(engine ? comparedTables(variant, engine).map((table) => textTable(table, style)) : []),
  ]);
  return `${tables.join('\n\n')}\n${foot}\n`;
}

/** The worst taps of a quantization, or all of them. */
export function tapsTable({ name, taps }: TapsVariant, most = WORST): TableData {
  const right = { align: 'right' } as const;
  const shown = worstFirst(taps).slice(0, most);
  const which = shown.length < taps.length ? `the worst ${shown.length} of ${taps.length} taps` : 'all taps';
  return {
    title: `${name}: ${which}`,
    figures: 'measured',
    columns: [
      { head: 'SQNR alone', ...right },
      { head: 'in its place', ...right },
      { head: 'largest error', ...right },
      { head: 'saturated', ...right },
    ],
    rows: shown.map((tap) => [
      tapName(tap),
      decibels(tap.sqnr),
      decibels(tap.sqnrInPlace),
      rms(tap.largest),
      percent(tap.saturated, 3),
    ]),
  };
}

/** Golden and an accelerator side by side: the taps that differ, in the order of the computation, then the others, worst first. No table where none was compared. */
export function comparedTables({ name, taps }: TapsVariant, engine: string, most = WORST): TableData[] {
  const compared = taps.flatMap((tap) => (tap.kernel ? [{ ...tap, kernel: tap.kernel }] : []));
  if (compared.length === 0) return [];
  const right = { align: 'right' } as const;
  const wrong = compared.filter(({ kernel }) => kernel.different > 0);
  const verdict = wrong.length === 0 ? 'all' : `${wrong.length} of`;
  const equal = wrong.length === 0 ? 'equal' : 'differ';
  const equalOnes = compared.filter(({ kernel }) => kernel.different === 0);
  const shown = [...wrong, ...byError(equalOnes, ({ sqnrInPlace }) => sqnrInPlace)].slice(0, most);
  return [
    {
      title: `${name}: golden and ${engine}, ${verdict} ${count(compared.length)} taps ${equal}`,
      figures: 'measured',
      columns: [
        { head: 'SQNR golden', ...right },
        { head: engine, ...right },
        { head: 'largest error golden', ...right },
        { head: engine, ...right },
        { head: 'saturated golden', ...right },
        { head: engine, ...right },
        { head: 'values', ...right },
        { head: 'different', ...right },
      ],
      rows: shown.map((tap) => [
        tapName(tap),
        ...[tap.sqnrInPlace, tap.kernel.sqnrInPlace].map(decibels),
        ...[tap.largestInPlace, tap.kernel.largestInPlace].map(rms),
        ...[tap.saturated, tap.kernel.saturated].map((share) => percent(share, 3)),
        count(tap.kernel.compared),
        count(tap.kernel.different),
      ]),
    },
  ];
}

/** Where an accelerator differs, a line a tap, in the order of the computation. */
export function differentTaps({ variants }: TapsResult): string[] {
  return variants.flatMap(({ taps }) =>
    taps.flatMap((tap) =>
      tap.kernel?.first
        ? [
            `${tapName(tap)}: ${tap.kernel.different} of ${tap.kernel.compared} values, first ${tap.kernel.first}`,
          ]
        : [],
    ),
  );
}

/** Taps by their own error, the largest first; those without any last. */
export function worstFirst(taps: readonly TapFigures[]): TapFigures[] {
  return byError(taps, ({ sqnr }) => sqnr);
}

function byError<T>(taps: readonly T[], sqnr: (tap: T) => number | null): T[] {
  const key = (tap: T) => sqnr(tap) ?? Number.POSITIVE_INFINITY;
  return [...taps].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

const tapName = ({ layer, tap }: TapFigures) => (tap === 'logits' ? 'logits' : `layer ${layer}, ${tap}`);

const rms = (value: number) => `${value.toPrecision(3)} rms`;

const decibels = (value: number | null) => (value === null ? 'no error' : `${value.toFixed(1)} dB`);
