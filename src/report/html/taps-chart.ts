/** Errors of taps as a heat map, a row a layer and a column a tap: the darker, the farther from float. */
import type { TapFigures, TapsVariant } from '../../schema/eval-taps.js';
import { worstFirst } from '../taps-report.js';
import type { Picture } from './parts.js';
import { drawChart, Plot } from './plot.js';

const CELL = { width: 44, height: 20 };
const MARGIN = { left: 54, top: 84, right: 8, bottom: 8 };

/** From the best to the worst SQNR of some quantizations: one scale for pictures that are set beside each other. */
export function sqnrRange(variants: readonly TapsVariant[]): readonly [best: number, worst: number] {
  const all = variants.flatMap(({ taps }) => taps.flatMap(({ sqnr }) => sqnr ?? []));
  return [Math.max(...all), Math.min(...all)];
}

/** The picture of one quantization. */
export function tapsChart({ name, taps }: TapsVariant, [best, worst]: readonly [number, number]): Picture {
  const shown = taps.filter(({ tap }) => tap !== 'logits');
  const columns = [...new Set(shown.map(({ tap }) => tap))];
  const layers = [...new Set(shown.map(({ layer }) => layer))];
  const [first] = worstFirst(taps);
  const label = `Signal to noise of every tap, ${name}: worst ${first.tap} of layer ${first.layer}, ${shownDecibels(first)} dB.`;
  const place = { x: 'tap', y: 'layer' };
  const width = MARGIN.left + MARGIN.right + CELL.width * columns.length;
  const height = MARGIN.top + MARGIN.bottom + CELL.height * layers.length;
  const svg = drawChart(label, {
    ...{ width, height, marginLeft: MARGIN.left, marginTop: MARGIN.top },
    ...{ marginRight: MARGIN.right, marginBottom: MARGIN.bottom, padding: 0.06 },
    x: { domain: columns, axis: 'top', label: null, tickRotate: -45 },
    y: { domain: layers, label: 'layer' },
    opacity: { type: 'identity' },
    marks: [
      Plot.cell(shown, {
        ...place,
        fill: 'var(--accent)',
        fillOpacity: ({ sqnr }: TapFigures) => shade(sqnr, best, worst),
        title: (tap: TapFigures) => `layer ${tap.layer}, ${tap.tap}: ${shownDecibels(tap)} dB`,
        className: 'taps',
      }),
      Plot.text(shown, { ...place, text: shownDecibels, fill: 'currentColor', fontSize: 10 }),
    ],
  });
  return {
    ...{ svg, label, figures: 'measured', shape: 'map' },
    caption: `${name}: signal to quantization noise, dB, of every tap of every layer alone; the darker, the farther from float.`,
  };
}

/** 0 for the best and for a tap without any error, 1 for the worst. */
function shade(sqnr: number | null, best: number, worst: number): number {
  return sqnr === null || best === worst ? 0 : (best - sqnr) / (best - worst);
}

const shownDecibels = ({ sqnr }: TapFigures) => (sqnr === null ? '∞' : sqnr.toFixed(0));
