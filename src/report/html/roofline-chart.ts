/** The roofline as a chart: the memory's slopes at the pins and as streams get it, the arrays' peak, and a point for decode and each prompt. */
import type { Plan } from '../../plan/plan-types.js';
import { rate } from '../table.js';
import type { Picture } from './parts.js';
import { CHART, drawChart, Plot } from './plot.js';
import { type Roofline, type RooflinePoint, rooflineOfPlan } from './roofline.js';

const GIGA = 1e9;
/** Room beside the outermost point, as a factor. */
const ROOM = 3;
const HALO = { stroke: 'var(--paper)', strokeWidth: 4 };

/** Draws it. */
export function rooflineChart(plan: Plan): Picture {
  const roofline = rooflineOfPlan(plan);
  const { points, pinBytesPerSecond, streamBytesPerSecond, peakProductsPerSecond } = roofline;
  const axes = axesOf(roofline);
  const at = { x: 'intensity', y: (p: RooflinePoint) => p.productsPerSecond / GIGA };
  const label = `Roofline: ${points.map(({ name, intensity, productsPerSecond }) => `${name} ${rate(productsPerSecond / GIGA)} G products/s at ${rate(intensity)} products a byte`).join('; ')}; peak of the arrays ${rate(peakProductsPerSecond / GIGA)} G products/s.`;
  const svg = drawChart(label, {
    x: { type: 'log', domain: axes.x, label: 'products a byte of memory traffic →', grid: true, tickFormat },
    y: { type: 'log', domain: axes.y, label: '↑ G products/s', grid: true, tickFormat },
    marks: [
      Plot.line(roof(roofline, pinBytesPerSecond, axes), {
        ...{ x: 'x', y: 'y', stroke: 'var(--quiet)', strokeDasharray: '5 4' },
      }),
      Plot.line(roof(roofline, streamBytesPerSecond, axes), {
        ...{ x: 'x', y: 'y', stroke: 'var(--ink)', strokeWidth: 1.5 },
      }),
      slopeText(roofline, axes, pinBytesPerSecond, 'at the pins', -14),
      slopeText(roofline, axes, streamBytesPerSecond, 'as streams get it', 17),
      Plot.text([{ x: axes.x[1], y: peakProductsPerSecond / GIGA }], {
        ...{ x: 'x', y: 'y', textAnchor: 'end', dx: -4, dy: -10, fill: 'currentColor' },
        text: () => `peak of the arrays, ${rate(peakProductsPerSecond / GIGA)} G products/s`,
      }),
      Plot.dot(points, { ...at, r: 5, fill: 'var(--accent)', stroke: 'var(--paper)', className: 'points' }),
      Plot.text(points.slice(0, 1), {
        ...{ ...at, ...HALO, textAnchor: 'start', dx: 11, fill: 'var(--accent)', fontWeight: 600 },
        text: (p: RooflinePoint) => `${p.name}, ${rate(p.tokensPerSecond)} tokens/s`,
      }),
      Plot.text(lowest(points.slice(1)), {
        ...{ ...at, ...HALO, textAnchor: 'start', dx: 11, dy: 14, fill: 'var(--accent)', fontWeight: 600 },
        text: () => prefillText(points.slice(1)),
      }),
    ],
  });
  return {
    svg,
    label,
    caption:
      'Roofline: int8 products a second against products a byte. Below the slopes the memory sets the limit, below the level line the arrays do.',
    figures: 'planned',
    shape: 'chart',
  };
}

interface Axes {
  /** Products a byte, and G products/s, from and to. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

function axesOf({ points, streamBytesPerSecond, peakProductsPerSecond }: Roofline): Axes {
  const ridge = peakProductsPerSecond / streamBytesPerSecond;
  const intensities = [...points.map(({ intensity }) => intensity), ridge];
  const left = Math.min(...intensities) / ROOM;
  const least = Math.min(left * streamBytesPerSecond, ...points.map((p) => p.productsPerSecond));
  return {
    x: [left, Math.max(...intensities) * ROOM],
    y: [least / ROOM / GIGA, (peakProductsPerSecond * 2) / GIGA],
  };
}

/** The limit with a memory of so many bytes a second. */
function roof({ peakProductsPerSecond: peak }: Roofline, bytesPerSecond: number, { x: [left, right] }: Axes) {
  return [left, peak / bytesPerSecond, right].map((x) => ({
    x,
    y: Math.min(peak, x * bytesPerSecond) / GIGA,
  }));
}

/** Where on the way up a slope its text stands: above the text of decode, before that of the peak. */
const ALONG_SLOPE = 0.62;

/** A text along a memory's slope; `dy` pixels beside it. */
function slopeText(
  { peakProductsPerSecond }: Roofline,
  { x: [left, right], y: [bottom, top] }: Axes,
  bytesPerSecond: number,
  name: string,
  dy: number,
) {
  const ridge = peakProductsPerSecond / bytesPerSecond;
  const x = left * (ridge / left) ** ALONG_SLOPE;
  const rise = CHART.innerHeight / Math.log(top / bottom) / (CHART.innerWidth / Math.log(right / left));
  const angle = Math.atan(rise);
  return Plot.text([{ x, y: (x * bytesPerSecond) / GIGA }], {
    ...{ x: 'x', y: 'y', text: () => `${name}, ${rate(bytesPerSecond / GIGA)} GB/s`, fill: 'currentColor' },
    ...{ rotate: (-angle * 180) / Math.PI, dx: -dy * Math.sin(angle), dy: dy * Math.cos(angle) },
  });
}

/** Prompts of several lengths lie close together and share a text, under the lowest. */
function prefillText(prompts: readonly RooflinePoint[]): string {
  const speeds = prompts.map(({ tokensPerSecond }) => tokensPerSecond);
  const [slowest, fastest] = [Math.min(...speeds), Math.max(...speeds)].map(rate);
  return prompts.length === 1
    ? `${prompts[0]!.name}, ${fastest} tokens/s`
    : `prefill, ${slowest} to ${fastest} tokens/s`;
}

function lowest(points: readonly RooflinePoint[]): RooflinePoint[] {
  return [...points].sort((a, b) => a.productsPerSecond - b.productsPerSecond).slice(0, 1);
}

const tickFormat = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 3 });
