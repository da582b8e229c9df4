/** Tables for the terminal: one look for all reports. No colour where NO_COLOR is set or the output is no terminal. */
import { isatty } from 'node:tty';
import Table from 'cli-table3';

const STDOUT = 1;

/** How a report is printed. */
export interface ReportStyle {
  readonly colour: boolean;
}

/** Colour on a terminal, unless the user asked for none (no-color.org). */
export function reportStyle(
  stream: { readonly isTTY?: boolean } = { isTTY: isatty(STDOUT) },
  env: Readonly<Record<string, string | undefined>> = process.env,
): ReportStyle {
  return { colour: stream.isTTY === true && !env.NO_COLOR };
}

const BOLD = '\x1b[1m';
const NOT_BOLD = '\x1b[22m';

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
}

/** A table with one line a row and no rules between rows. Cells are text already. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { colour }: ReportStyle,
): string {
  const made = new Table({
    // Set here, not by the table's colour library, which looks at the environment for itself.
    head: columns.map(({ head }) => (colour ? `${BOLD}${head}${NOT_BOLD}` : head)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], compact: true },
    chars: {
      ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
      ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
      ...{ left: '', 'left-mid': '', right: '', 'right-mid': '', middle: ' ' },
    },
  });
  made.push(...rows.map((row) => [...row]));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Where figures come from: a model, a run of the software or of the RTL, a synthesis tool, a placed and routed design, the paper. */
export type Figures = 'planned' | 'measured' | 'synthesized' | 'implemented' | 'published';

/** A table before it has a look. The first cell of a row names the row and has no column in `columns`. */
export interface TableData {
  readonly title: string;
  /** Of all its figures. */
  readonly figures: Figures;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly foot?: string;
}

/** For the terminal: the title heads the column of names. */
export function textTable(
  { title, figures, columns, rows, foot = '' }: TableData,
  style: ReportStyle,
): string {
  const text = table([{ head: `${title} (${figures})` }, ...columns], rows, style);
  return foot === '' ? text : `${text}\n${foot}`;
}

/** 1,234,567. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** 12.3 %. */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** Three figures or so: 5.68, 71.4, 1,234. */
export function rate(value: number): string {
  if (value >= 1000) return count(value);
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

/** A time given in seconds, as milliseconds. */
export function milliseconds(seconds: number): string {
  return `${(1000 * seconds).toFixed(seconds < 0.1 ? 2 : 1)} ms`;
}

/** Bytes in powers of 1000. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${unit === 0 ? scaled : scaled.toFixed(2)} ${units[unit]}`;
}
