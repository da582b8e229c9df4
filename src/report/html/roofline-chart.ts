/** The roofline as a chart: the memory's slopes at the pins and as streams get it, the arrays' peak, and a point for decode and each prompt. */
import type { Plan } from '../../plan/plan-types.js';
import { rate } from '../table.js';
import type { Picture } from './parts.js';
import { drawChart, Plot } from './plot.js';
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
      Plot.text([{ x: axes.x[1], y: peakProductsPerSecond / GIGA }], {
        ...{ x: 'x', y: 'y', textAnchor: 'end', dx: -4, dy: -10, fill: 'currentColor' },
        text: () => `peak of the arrays, ${rate(peakProductsPerSecond / GIGA)} G products/s`,
      }),
      Plot.dot(points, { ...at, r: 5, fill: 'var(--accent)', stroke: 'var(--paper)', className: 'points' }),
      Plot.text(points.slice(0, 1), {
        ...{ ...at, ...HALO, textAnchor: 'start', dx: 11, fill: 'var(--accent)', fontWeight: 600 },
        text: (p: RooflinePoint) => `${p.name}, ${rate(p.tokensPerSecond)} tokens/s`,
      }),
      ...prefillLabel(points.slice(1), axes),
    ],
  });
  return {
    svg,
    label,
    caption: `Roofline: int8 products a second against products a byte. Below the slopes the memory sets the limit, ${rate(streamBytesPerSecond / GIGA)} GB/s as streams get it (dashed: ${rate(pinBytesPerSecond / GIGA)} GB/s at the pins), below the level line the arrays do.`,
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

/** Prompts of several lengths lie close together and share a text, under the lowest; on the right it ends where the chart ends. */
function prefillLabel(prompts: readonly RooflinePoint[], { x: [left, right] }: Axes) {
  const [lowest] = [...prompts].sort((a, b) => a.productsPerSecond - b.productsPerSecond);
  if (!lowest) return [];
  const speeds = prompts.map(({ tokensPerSecond }) => tokensPerSecond);
  const [slowest, fastest] = [Math.min(...speeds), Math.max(...speeds)].map(rate);
  const text =
    prompts.length === 1
      ? `${lowest.name}, ${fastest} tokens/s`
      : `prefill, tokens/s:\n${slowest} to ${fastest}`;
  const isRight = lowest.intensity > Math.sqrt(left * right);
  const x = isRight ? right : lowest.intensity;
  return [
    Plot.text([{ x, y: lowest.productsPerSecond / GIGA }], {
      ...{
        x: 'x',
        y: 'y',
        text: () => text,
        lineAnchor: 'top',
        dy: 9,
        ...HALO,
        fill: 'var(--accent)',
        fontWeight: 600,
      },
      ...(isRight ? { textAnchor: 'end', dx: -4 } : { textAnchor: 'start', dx: 11 }),
    }),
  ];
}

const tickFormat = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 3 });
