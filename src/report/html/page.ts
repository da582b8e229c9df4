/**
 * The report as one HTML page that needs nothing else: no script, no network, pictures inline. Same plan and results, same bytes. Every
 * figure stands under one word for where it comes from: planned, measured, synthesized or published.
 */
import { accuracySection } from './accuracy.js';
import { bindings } from './bounds.js';
import { headline } from './headline.js';
import type { PageData } from './page-data.js';
import { limitsSection, networkSection, planSection } from './plan-sections.js';
import { renderHtml, styleSheet } from './render.js';
import { resultsSection } from './results-section.js';
import { timelineSection } from './timeline-section.js';

/** The page's text. */
export async function reportPage(data: PageData): Promise<string> {
  const { heading, lead, verdict, bound, parts } = headline(data);
  const { plan } = data;
  const { decode, prefill } = bindings(data.calls);
  return renderHtml('page', {
    title: `${heading}: FastMamba report`,
    ...{ heading, lead, verdict, bound, header: parts, style: styleSheet() },
    sections: [
      await networkSection(plan, [prefill.bound.name, decode.bound.name]),
      limitsSection(plan),
      timelineSection(data),
      resultsSection(data),
      accuracySection(data),
      planSection(plan),
    ],
    footer:
      'Planned: by schedules, a timed simulation of the network and counts of operators. Measured: by running the software, or the RTL cycle by cycle. Synthesized: cells as a tool mapped them. Published: as printed in arXiv 2505.18975.',
  });
}
