/**
 * Synthesis as tables: area a unit and in all beside the device and beside the plan's own count, the longest stage of each unit beside its
 * schedule, and for the paper's configuration its Table IV. Synthesized, planned and published figures stand in columns of their own.
 */
import type { AreaFigures, SynthFigures } from '../schema/synth.js';
import { type PublishedArea, paperArea, paperGroup, paperTotal } from './paper-area.js';
import { count, percent, type ReportStyle, reportStyle, table } from './table.js';

const right = { align: 'right' } as const;
const figure = (value: number | null | undefined) =>
  value === null || value === undefined ? '-' : value.toLocaleString('en-US', { maximumFractionDigits: 1 });
const nanoseconds = (value: number | null) => (value === null ? '-' : value.toFixed(2));

/** All tables. */
export function synthReport(figures: SynthFigures, style: ReportStyle = reportStyle()): string {
  const parts = [deviceTable(figures, style), areaTable(figures, style), delayTable(figures, style)];
  if (figures.preset === 'paper') parts.push(paperTable(figures, style));
  parts.push(
    `LUT counts tables as mapped, those used as memory included (LUTRAM: of them, as memory); no placer has packed or removed any.`,
  );
  return `${parts.join('\n\n')}\n`;
}

function deviceTable({ total, units, device, tool, version }: SynthFigures, style: ReportStyle): string {
  const kinds = { lut: 'LUT', ff: 'FF', dsp: 'DSP48E1', bram36: 'BRAM36' } as const;
  const rows = (['lut', 'ff', 'dsp', 'bram36'] as const).map((kind) => {
    const counted = units.filter(({ planned }) => planned !== null);
    const planned = counted.reduce((sum, unit) => sum + unit.count * unit.planned![kind], 0);
    return [
      kinds[kind],
      figure(total[kind]),
      percent(total[kind] / device[kind]),
      count(device[kind]),
      figure(Math.round(2 * planned) / 2),
    ];
  });
  const columns = [
    { head: `Area (${tool} ${version})` },
    { head: 'synthesized', ...right },
    { head: 'share', ...right },
    { head: device.name, ...right },
    { head: 'planned', ...right },
  ];
  return table(columns, rows, style);
}

function areaTable({ units, total }: SynthFigures, style: ReportStyle): string {
  const columns = [
    { head: 'Unit, one instance (synthesized)' },
    ...['count', 'LUT', 'FF', 'CARRY4', 'DSP48E1', 'RAMB18', 'RAMB36', 'LUTRAM'].map((head) => ({
      head,
      ...right,
    })),
    ...['LUT', 'FF', 'DSP', 'BRAM36'].map((head) => ({ head: `planned ${head}`, ...right })),
  ];
  const synthesized = (area: AreaFigures) =>
    [area.lut, area.ff, area.carry4, area.dsp, area.ramb18, area.ramb36, area.lutram].map(figure);
  const rows = units.map((unit) => {
    const { planned } = unit;
    const plan = planned && [planned.lut, planned.ff, planned.dsp, planned.bram36];
    return [
      unit.name,
      count(unit.count),
      ...synthesized(unit),
      ...(plan ?? [null, null, null, null]).map(figure),
    ];
  });
  const sum = ['in all', count(units.reduce((all, unit) => all + unit.count, 0)), ...synthesized(total)];
  return table(columns, [...rows, [...sum, '', '', '', '']], style);
}

function delayTable({ units }: SynthFigures, style: ReportStyle): string {
  const columns = [
    { head: 'Longest stage' },
    { head: 'levels', ...right },
    { head: 'ns, estimated from cells', ...right },
    { head: 'ns, scheduled', ...right },
    { head: 'budget', ...right },
    { head: 'largest fan-out', ...right },
    { head: '' },
  ];
  const rows = [...units]
    .sort((a, b) => (b.ns ?? 0) - (a.ns ?? 0))
    .map((unit) => [
      unit.name,
      unit.levels === null ? '-' : String(unit.levels),
      nanoseconds(unit.ns),
      nanoseconds(unit.plannedNs),
      nanoseconds(unit.budgetNs),
      unit.loads === null ? '-' : count(unit.loads),
      unit.ns !== null && unit.ns > unit.budgetNs ? 'over' : '',
    ]);
  return table(columns, rows, style);
}

/** Ours by the paper's groups; the two never share a column. */
function paperTable({ units, total }: SynthFigures, style: ReportStyle): string {
  const kinds = ['lut', 'ff', 'dsp', 'bram36'] as const;
  const names = { lut: 'LUT', ff: 'FF', dsp: 'DSP', bram36: 'BRAM36' };
  const columns = [
    { head: 'Table IV of the paper' },
    ...kinds.flatMap((kind) => [
      { head: `${names[kind]}, synthesized`, ...right },
      { head: 'published', ...right },
    ]),
  ];
  const row = (published: PublishedArea, ours: Readonly<Record<(typeof kinds)[number], number>>) => [
    published.group,
    ...kinds.flatMap((kind) => [figure(ours[kind]), figure(published[kind])]),
  ];
  const rows = paperArea.map((published) => {
    const own = units.filter(({ unit, module }) => paperGroup(unit, module) === published.group);
    const sum = (kind: (typeof kinds)[number]) => own.reduce((all, unit) => all + unit.count * unit[kind], 0);
    return row(published, { lut: sum('lut'), ff: sum('ff'), dsp: sum('dsp'), bram36: sum('bram36') });
  });
  return table(columns, [...rows, row(paperTotal, total)], style);
}
