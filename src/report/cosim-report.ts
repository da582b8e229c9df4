/** The result of a co-simulation as tables: who worked and who waited, how full the FIFOs got, and cycles beside the planned ones. */
import type { CosimFigures } from '../schema/cosim.js';
import { count, percent, type ReportStyle, reportStyle, table } from './table.js';

/** A row a process, a row a FIFO that anything crossed, and a verdict. */
export function cosimReport(figures: CosimFigures, style: ReportStyle = reportStyle()): string {
  const { engine, words, mismatches, cycles, plannedCycles, processes, channels, seconds, problems } =
    figures;
  const { stalls } = figures;
  const right = { align: 'right' } as const;
  const work = table(
    [
      { head: `Process (cycles measured in ${engine})` },
      ...['busy', 'starved', 'blocked', 'memory'].map((head) => ({ head, ...right })),
    ],
    processes.map(({ name, busy, starved, blocked, waiting }) => [
      name,
      ...[busy, starved, blocked, waiting].map(count),
    ]),
    style,
  );
  const used = channels.filter(({ highest }) => highest > 0);
  const fills = table(
    [{ head: 'FIFO' }, { head: 'depth', ...right }, { head: 'highest fill', ...right }],
    used.map(({ name, depth, highest }) => [name, count(depth), count(highest)]),
    style,
  );
  const off = plannedCycles === 0 ? 0 : cycles / plannedCycles - 1;
  const lines = [
    `Cycles: ${count(cycles)} measured, ${count(plannedCycles)} planned (${stalls ? 'without the stalls' : `${off < 0 ? '' : '+'}${percent(off)}`}).`,
    mismatches === 0 && problems.length === 0 && words > 0
      ? `Equal to the golden model in all ${count(words)} words, ${seconds.toFixed(1)} s.`
      : `Differs from the golden model: ${problems[0] ?? 'nothing was compared'}`,
  ];
  return [work, ...(used.length > 0 ? [fills] : []), ...lines, ''].join('\n');
}
