/** Charts by Observable Plot without a browser. Colours are the page's CSS variables, so that a chart follows light and dark. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const size = { width: 720, height: 400, marginLeft: 62, marginRight: 24, marginTop: 30, marginBottom: 44 };

/** Pixels between the axes of a chart of the usual size. */
export const CHART = {
  innerWidth: size.width - size.marginLeft - size.marginRight,
  innerHeight: size.height - size.marginTop - size.marginBottom,
};

/** SVG text of a chart. `label` says what it shows to those who do not see it. */
export function drawChart(label: string, options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const look = { className: 'plot', style: { fontSize: '12px', background: 'none' } };
  const svg = Plot.plot({ document, ...size, ...look, ...options });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  return svg.outerHTML;
}

export { Plot };
