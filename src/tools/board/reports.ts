/** What Vivado reports of an implemented design: report_utilization (whole and by hierarchy), report_timing_summary and report_power as text (UG906, UG907). */
import { CheckFailed } from '../../errors.js';

/** Area of a design or of a cell in it. */
export interface BoardArea {
  readonly lut: number;
  readonly ff: number;
  readonly dsp: number;
  /** Of 36 Kbit; a half is one of 18 Kbit. */
  readonly bram36: number;
}

export interface BoardCell extends BoardArea {
  readonly name: string;
}

export interface BoardClock {
  readonly name: string;
  /** Worst slack of setup, ns; null where no path has this clock alone. */
  readonly slack: number | null;
}

export interface BoardTiming {
  /** Worst slacks of setup and hold, ns. */
  readonly setupSlack: number;
  readonly holdSlack: number;
  /** Endpoints that miss setup or hold. */
  readonly failingEndpoints: number;
  readonly clocks: readonly BoardClock[];
}

export interface BoardPower {
  readonly totalWatts: number;
  readonly dynamicWatts: number;
  readonly staticWatts: number;
  readonly junctionCelsius: number;
}

/** Cells of the lines of a table that Vivado draws with bars. */
const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|\s*$/g, '')
    .split('|')
    .map((cell) => cell.trim());

/** Area in all, of report_utilization. Throws CheckFailed naming the file and the row that it lacks. */
export function parseUtilization(text: string, file: string): BoardArea {
  const used = (...names: string[]) => {
    for (const line of text.split('\n')) {
      const [name, value] = cellsOf(line);
      // A star points to a note below the table.
      if (names.includes(name?.replace(/\*+$/, '') ?? '') && /^[\d.]+$/.test(value ?? ''))
        return Number(value);
    }
    throw new CheckFailed(`${file}: has no row ${names[0]}`);
  };
  return {
    lut: used('Slice LUTs', 'CLB LUTs'),
    ff: used('Slice Registers', 'CLB Registers'),
    dsp: used('DSPs'),
    bram36: used('Block RAM Tile'),
  };
}

/** Area of the cells of the block design, two steps below the top, of report_utilization -hierarchical. */
export function parseHierarchy(text: string, file: string): BoardCell[] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const head = lines.findIndex((line) => cellsOf(line)[0] === 'Instance');
  if (head < 0) throw new CheckFailed(`${file}: has no table of instances`);
  const heads = cellsOf(lines[head]);
  const column = (name: RegExp) => {
    const found = heads.findIndex((one) => name.test(one));
    if (found < 0)
      throw new CheckFailed(`${file}: found columns ${heads.join(', ')}, expected ${name.source}`);
    return found;
  };
  const at = {
    lut: column(/^Total LUTs$/),
    ff: column(/^FFs$/),
    ramb36: column(/^RAMB36$/),
    ramb18: column(/^RAMB18$/),
    dsp: column(/^DSP(48)? Blocks$/),
  };
  const depths = lines.slice(head + 1).map((line) => /^\|( *)/.exec(line)![1].length);
  const top = Math.min(...depths);
  return lines.slice(head + 1).flatMap((line, i) => {
    const cells = cellsOf(line);
    // Two spaces a step; what a cell has beside its own cells stands in brackets.
    if (depths[i] !== top + 4 || cells[0].startsWith('(')) return [];
    const number = (key: keyof typeof at) => Number(cells[at[key]]);
    return [
      {
        name: cells[0],
        lut: number('lut'),
        ff: number('ff'),
        dsp: number('dsp'),
        bram36: number('ramb36') + number('ramb18') / 2,
      },
    ];
  });
}

/** Slacks of report_timing_summary. */
export function parseTiming(text: string, file: string): BoardTiming {
  const after = (title: string) => {
    const found = text.indexOf(`| ${title}\n`);
    if (found < 0) throw new CheckFailed(`${file}: has no ${title}`);
    return text.slice(found).split('\n').slice(1);
  };
  const rows = (title: string) => {
    const lines = after(title);
    const rule = lines.findIndex((line) => /^ *-+( +-+)+ *$/.test(line));
    const end = lines.findIndex((line, i) => i > rule && line.trim() === '');
    return { head: lines[rule - 1], rule: lines[rule], rows: lines.slice(rule + 1, end) };
  };
  const summary = rows('Design Timing Summary').rows[0]?.trim().split(/\s+/) ?? [];
  const [wns, , failingSetup, , whs, , failingHold] = summary.map(Number);
  if (![wns, failingSetup, whs, failingHold].every(Number.isFinite))
    throw new CheckFailed(
      `${file}: found ${JSON.stringify(summary.join(' '))}, expected the slacks of the design`,
    );
  const intra = rows('Intra Clock Table');
  // Figures end where the dashes above them end; where there is none, a clock has no path of its own.
  const end = [...intra.rule.matchAll(/-+/g)].map(({ index, 0: dashes }) => index + dashes.length)[1];
  const clocks = intra.rows.map((line) => {
    const [name, slack] = line.slice(0, end).trim().split(/\s+/);
    return { name, slack: slack === undefined ? null : Number(slack) };
  });
  return {
    setupSlack: wns,
    holdSlack: whs,
    failingEndpoints: failingSetup + failingHold,
    clocks,
  };
}

/** Totals of report_power. */
export function parsePower(text: string, file: string): BoardPower {
  const value = (name: string) => {
    const line = text.split('\n').find((one) => cellsOf(one)[0] === name);
    const found = Number.parseFloat(line ? cellsOf(line)[1] : '');
    if (!Number.isFinite(found)) throw new CheckFailed(`${file}: has no ${name}`);
    return found;
  };
  return {
    totalWatts: value('Total On-Chip Power (W)'),
    dynamicWatts: value('Dynamic (W)'),
    staticWatts: value('Device Static (W)'),
    junctionCelsius: value('Junction Temperature (C)'),
  };
}
