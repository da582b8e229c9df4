/** The Pareto front of the search as charts: tokens a second, decode and prefill, against the largest share of a device resource. */
import type { FrontPoint } from '../../plan/plan-types.js';
import { percent, rate } from '../table.js';
import type { Picture } from './parts.js';
import { drawChart, Plot } from './plot.js';

const speeds = [
  { name: 'decode', of: (point: FrontPoint) => point.decodeTokensPerSecond },
  { name: 'prefill', of: (point: FrontPoint) => point.prefillTokensPerSecond },
] as const;

/** A chart each for decode and prefill. */
export function frontCharts(front: readonly FrontPoint[]): Picture[] {
  const points = [...front].sort((a, b) => a.areaShare - b.areaShare);
  const chosen = points.filter(({ isChosen }) => isChosen);
  return speeds.map(({ name, of }) => {
    const label = `Pareto front of the search, ${name}: ${points.map((p) => `${rate(of(p))} tokens/s at ${percent(p.areaShare)}`).join('; ')}.`;
    const at = { x: (p: FrontPoint) => 100 * p.areaShare, y: of };
    const svg = drawChart(label, {
      x: { label: 'largest share of a device resource, % →', grid: true, nice: true, zero: true },
      y: { label: `↑ tokens/s, ${name}`, grid: true, nice: true, zero: true },
      marks: [
        Plot.line(best(points, of), { ...at, curve: 'step-after', stroke: 'var(--quiet)' }),
        Plot.dot(points, {
          ...at,
          r: 4,
          fill: 'var(--paper)',
          stroke: 'var(--accent)',
          strokeWidth: 1.5,
          className: 'points',
        }),
        Plot.dot(chosen, { ...at, r: 6, fill: 'var(--other)', stroke: 'var(--paper)', className: 'chosen' }),
        Plot.text(chosen, {
          ...at,
          ...{ text: (p: FrontPoint) => `chosen, ${rate(of(p))}`, dy: -15 },
          // Towards the middle of the chart.
          ...(chosen.some((p) => p.areaShare > 0.5)
            ? { dx: 8, textAnchor: 'end' }
            : { dx: 4, textAnchor: 'start' }),
          ...{ fill: 'var(--other)', stroke: 'var(--paper)', strokeWidth: 4, fontWeight: 600 },
        }),
      ],
    });
    const caption = `${points.length} shapes that no other beats in speed and area at once: ${name} speed by the search's estimate.`;
    return { svg, label, caption, figures: 'planned', shape: 'chart' };
  });
}

/** The fastest of all shapes so far, in order of area: a front in decode and prefill at once need not rise in each. */
function best(points: readonly FrontPoint[], of: (point: FrontPoint) => number): FrontPoint[] {
  let most = 0;
  return points.filter((point) => {
    const isFaster = of(point) > most;
    if (isFaster) most = of(point);
    return isFaster;
  });
}
