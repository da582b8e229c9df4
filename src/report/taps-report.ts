/** Errors of taps as tables, worst first. All measured. */
import type { TapFigures, TapsResult, TapsVariant } from '../schema/eval-taps.js';
import { count, percent, type ReportStyle, reportStyle, type TableData, textTable } from './table.js';

/** Rows of a table; the page and --json have the others. */
const WORST = 12;

/** A table for each quantization. */
export function tapsReport(result: TapsResult, style: ReportStyle = reportStyle()): string {
  const foot = `SQNR alone: from float's input of the layer; in its place: after the errors of all layers before. ${count(result.tokens)} tokens.`;
  const tables = result.variants.map((variant) => textTable(tapsTable(variant), style));
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
      `${tap.largest.toPrecision(3)} rms`,
      percent(tap.saturated, 3),
    ]),
  };
}

/** Taps by their own error, the largest first; those without any last. */
export function worstFirst(taps: readonly TapFigures[]): TapFigures[] {
  const key = ({ sqnr }: TapFigures) => sqnr ?? Number.POSITIVE_INFINITY;
  return [...taps].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

const tapName = ({ layer, tap }: TapFigures) => (tap === 'logits' ? 'logits' : `layer ${layer}, ${tap}`);

const decibels = (value: number | null) => (value === null ? 'no error' : `${value.toFixed(1)} dB`);
