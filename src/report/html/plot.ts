/** Charts by Observable Plot without a browser. Colours are the page's CSS variables, so that a chart follows light and dark. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const size = { width: 460, height: 340, marginLeft: 54, marginRight: 16, marginTop: 30, marginBottom: 44 };

/** SVG text of a chart. `label` says what it shows to those who do not see it. */
export function drawChart(label: string, options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const look = { className: 'plot', style: { fontSize: '13px', background: 'none' } };
  const svg = Plot.plot({ document, ...size, ...look, ...options });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  return svg.outerHTML;
}

export { Plot };
