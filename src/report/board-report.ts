/** A built board as tables: area beside device and plan, cells of the block design, slacks, power. All figures are Vivado's, after routing. */
import type { Resources } from '../plan/area/resources.js';
import type { BoardFigures } from '../schema/board.js';
import { count, percent, type ReportStyle, reportStyle, type TableData, textTable } from './table.js';

const right = { align: 'right' } as const;
const kinds = { dsp: 'DSP', lut: 'LUT', ff: 'FF', bram36: 'BRAM36' } as const;
const amount = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
type Built = NonNullable<BoardFigures['built']>;

/** All tables; in words where nothing was built. */
export function boardReport(figures: BoardFigures, style: ReportStyle = reportStyle()): string {
  const { built, project, step } = figures;
  if (!built)
    return step === 'project'
      ? `${project}: project made; fastmamba board builds it\n`
      : `${project}: bitstream loaded; the host finds the board after a restart\n`;
  return boardTables(figures, built, style);
}

type Plan = Pick<BoardFigures, 'device' | 'kernel'>;

/** The tables of what was built. */
export function boardTables(plan: Plan, built: Built, style: ReportStyle = reportStyle()): string {
  const tables = [boardAreaTable(plan, built), boardCellTable(built), boardClockTable(built)];
  return `${[...tables.map((data) => textTable(data, style)), boardLine(built)].join('\n\n')}\n`;
}

/** Slack and power in a line. */
export function boardLine({ timing, power, bitstream }: Built): string {
  const met = timing.isMet ? 'met' : `missed by ${count(timing.failingEndpoints)} endpoints`;
  return `Timing ${met}: worst slack ${timing.setupSlack} ns (setup), ${timing.holdSlack} ns (hold). Power ${power.totalWatts} W (estimated). ${bitstream}`;
}

export function boardAreaTable(
  { device, kernel }: Pick<BoardFigures, 'device' | 'kernel'>,
  { area, cells }: Built,
): TableData {
  const own = cells.find(({ name }) => name === 'kernel');
  const columns = ['in all', 'share', device.name, 'kernel', 'kernel, planned', 'shell'].map((head) => ({
    head,
    ...right,
  }));
  const rows = (Object.keys(kinds) as (keyof Resources)[]).map((kind) => [
    kinds[kind],
    amount(area[kind]),
    percent(area[kind] / device.area[kind]),
    count(device.area[kind]),
    own ? amount(own[kind]) : '-',
    amount(kernel[kind]),
    own ? amount(area[kind] - own[kind]) : '-',
  ]);
  return { title: 'Area', figures: 'implemented', columns, rows };
}

export function boardCellTable({ cells }: Built): TableData {
  const columns = Object.values(kinds).map((head) => ({ head, ...right }));
  const rows = cells.map((cell) => [
    cell.name,
    ...(Object.keys(kinds) as (keyof Resources)[]).map((kind) => amount(cell[kind])),
  ]);
  return { title: 'Cell of the block design', figures: 'implemented', columns, rows };
}

export function boardClockTable({ timing }: Built): TableData {
  const columns = [{ head: 'worst slack, ns', ...right }];
  const rows = timing.clocks.map(({ name, slack }) => [name, slack === null ? '-' : slack.toFixed(3)]);
  return { title: 'Clock', figures: 'implemented', columns, rows };
}
