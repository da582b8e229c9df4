import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { exampleFront, examplePage, examplePlan, exampleResults } from '../../../test/support/report-page.js';
import type { Plan } from '../../plan/plan-types.js';
import { DEFAULT_QUANT_OPTIONS } from '../../quant/quantize/quantize.js';
import { reportPage } from './page.js';

let plan: Plan;
let bare: string;
let full: string;
beforeAll(async () => {
  plan = await examplePlan();
  bare = await reportPage(examplePage(plan));
  full = await reportPage(
    examplePage({ ...plan, front: exampleFront() }, { results: exampleResults(plan.digest) }),
  );
});

/** Cells of the table with this title: heads, and rows by name. */
function tableOf(html: string, title: string) {
  const { document } = parseHTML(html);
  const found = [...document.querySelectorAll('details')].find((details) =>
    details.querySelector('summary')!.textContent.trim().startsWith(title),
  );
  if (!found) throw new Error(`no table ${title}`);
  const cells = (row: { readonly children: ArrayLike<{ readonly textContent: string }> }) =>
    Array.from(row.children).map((cell) => cell.textContent.trim());
  const heads = cells(found.querySelector('thead tr')!);
  const rows = [...found.querySelectorAll('tbody tr')].map(cells);
  return { heads, rows };
}

const paragraphs = (html: string, selector: string) =>
  [...parseHTML(html).document.querySelectorAll(selector)].map((found) => found.textContent);

describe('the page', () => {
  test('stands alone: no script, nothing fetched', () => {
    for (const html of [bare, full]) {
      expect(html).not.toMatch(/https?:\/\/|<script|<link|<img|@import|url\((?!#)|\bsrc=/i);
      expect(html.startsWith('<!DOCTYPE html>')).toBe(true);
    }
  });

  test('every element is closed where it was opened', () => {
    const childless = new Set(['meta']);
    for (const html of [bare, full]) {
      const stack: string[] = [];
      for (const [, close, name, rest] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/gi)) {
        if (close) expect(stack.pop()).toBe(name);
        else if (!childless.has(name) && !rest.endsWith('/')) stack.push(name);
      }
      expect(stack).toEqual([]);
    }
  });

  test('pictures come first, in order, and every table is folded', () => {
    const { document } = parseHTML(full);
    expect([...document.querySelectorAll('main > section')].map(({ id }) => id)).toEqual([
      'network',
      'limits',
      'timelines',
      'results',
      'accuracy',
      'plan',
    ]);
    const tables = [...document.querySelectorAll('table')];
    expect(tables.length).toBeGreaterThan(10);
    for (const found of tables) expect(found.closest('details')?.hasAttribute('open')).toBe(false);
    expect([...document.querySelectorAll('#limits .chart')]).toHaveLength(3);
  });

  test('same plan and results, same bytes', async () => {
    expect(await reportPage(examplePage(plan))).toBe(bare);
  });

  test('escapes whatever comes from outside', async () => {
    const evil = `<b>x</b> & "q" 'a'`;
    const results = exampleResults(plan.digest);
    const ablations = [{ name: evil, perplexity: 5 }];
    const html = await reportPage(
      examplePage(
        { ...plan, model: { ...plan.model, name: evil }, notes: [evil] },
        {
          results: {
            ...results,
            eval: { ...results.eval, command: evil, result: { ...results.eval.result, ablations } },
            cosim: { ...results.cosim, tool: evil, result: { ...results.cosim.result, problems: [evil] } },
          },
        },
      ),
    );
    expect(html).not.toContain('<b>');
    expect(html.match(/&lt;b&gt;x&lt;\/b&gt; &amp; &#34;q&#34; &#39;a&#39;/g)!.length).toBeGreaterThanOrEqual(
      6,
    );
  });

  test('headings go down one step at a time, links lead somewhere, and every box that scrolls has a name', () => {
    const { document } = parseHTML(full);
    const levels = [...document.querySelectorAll('h1,h2,h3')].map(({ tagName }) => Number(tagName[1]));
    expect(levels[0]).toBe(1);
    levels.forEach((level, i) => {
      expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1);
    });
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const link of document.querySelectorAll('nav a'))
      expect(ids).toContain(link.getAttribute('href')!.slice(1));
    for (const box of document.querySelectorAll('.scroll, svg[role=img]'))
      expect(box.getAttribute('aria-label')).toBeTruthy();
  });

  test('lists every process and FIFO of the plan', () => {
    const units = tableOf(bare, 'Units');
    expect(units.rows.map(([name]) => name)).toEqual(plan.processes.map(({ name }) => name));
    const fifos = tableOf(bare, 'Floor of FIFOs');
    expect(fifos.rows.map(([name, , , depth]) => [name, depth])).toEqual(
      plan.channels.map(({ name, depth }) => [name, depth.toLocaleString('en-US')]),
    );
  });
});

describe('where figures come from', () => {
  test('every table says it of all its figures or of each column', () => {
    const { document } = parseHTML(full);
    for (const table of document.querySelectorAll('details')) {
      const title = table.querySelector('summary')!.textContent.trim();
      const ofAll = table.querySelectorAll('summary .tag').length;
      const ofColumns = table.querySelectorAll('thead .tag').length;
      expect(ofAll === 1 ? ofColumns === 0 : ofColumns >= 2, title).toBe(true);
    }
  });

  test('planned, measured and synthesized stand in their own columns', () => {
    const { heads, rows } = tableOf(full, 'What is known');
    const tags = heads.slice(1).map((head) => head.split(' ').at(-1));
    expect(tags).toEqual(['planned', 'measured', 'synthesized']);
    const row = (name: string) => rows.find(([found]) => found.startsWith(name))!.slice(1);
    expect(row('co-simulated')).toEqual(['50,000', '50,500', '–']);
    expect(row('LUT')).toEqual([plan.resources.used.lut.toLocaleString('en-US'), '–', '7,101']);
  });

  test('published figures only beside the configuration that was published', async () => {
    expect(tableOf(full, 'What is known').heads.join()).not.toContain('published');
    const { heads, rows } = tableOf(
      await reportPage(examplePage({ ...plan, preset: 'paper' })),
      'What is known',
    );
    expect(heads.at(-1)).toMatch(/published$/);
    expect(rows.find(([name]) => name === 'DSP48E1')!.at(-1)).toBe('3,333');
  });
});

describe('results', () => {
  test('what did not run is said with its command', () => {
    const missing = paragraphs(bare, '.missing').map((said) => said.replace(/\s+/g, ' ').trim());
    expect(missing).toEqual([
      'C simulation did not run. This runs it: make-csim',
      'Co-simulation did not run. This runs it: make-cosim',
      'Synthesis did not run. This runs it: make-synth',
      'Implementation did not run. This runs it: make-board',
      'Perplexity was not measured. This measures it: make-eval',
      'Tasks were not scored. This scores those whose files are in a folder DIR: make-tasks',
      'Errors within the layers were not measured. This measures them: make-taps',
    ]);
  });

  test('what ran is shown with tool, command and verdict', () => {
    expect(tableOf(full, 'Perplexity').rows).toEqual([
      ['float', '4.0000', ''],
      ['golden (integers)', '4.0100', '+0.250 %'],
    ]);
    expect(tableOf(full, 'One choice').rows.at(-1)).toEqual(['no rotation', '5.5000', '+10.000 %']);
    expect(tableOf(full, 'Compared').rows).toEqual([
      ['csim', '30,201', '3', '2.5'],
      ['hls', '30,101', '0', '1.3'],
    ]);
    expect(tableOf(full, 'Cycles, layer').rows).toEqual([
      ['layer', '30,301', '0', '50,500', '50,000', '+1.00 %'],
    ]);
    expect(tableOf(full, 'Area of the accelerator').rows[1].slice(1)).toEqual(['7,101', '1.6 %', '4,202']);
    expect(paragraphs(full, '.remark')).toEqual([
      'Differs from the golden model in 3 words.',
      'Equal to the golden model in all 30,101 words.',
      'Equal to the golden model in all 30,301 words.',
      'Timing missed by 85 endpoints: worst slack -0.841 ns (setup), 0.042 ns (hold). Power 28.6 W (estimated). board.bit',
    ]);
    expect(tableOf(full, 'Area of the board').rows[1]).toEqual([
      ...['LUT', '9,201', '2.1 %', '433,200', '8,301', '8,101', '900'],
    ]);
    expect(tableOf(full, 'Clocks').rows).toEqual([['kernel_clk', '-0.841']]);
    for (const command of ['csim', 'hls', 'eval', 'cosim', 'synth', 'board'])
      expect(full).toContain(`made-by-${command}`);
    expect(full).toContain('verilator 5.006');
    expect(full).not.toMatch(/make-|not run|not measured/);
  });

  test('another plan’s are said to be so and stay out of the headline', async () => {
    const html = await reportPage(examplePage(plan, { results: exampleResults('feedfacecafebeef') }));
    const said = paragraphs(html, '.remark.bad').filter((text) => text.startsWith('Belongs to another plan'));
    expect(said).toHaveLength(5);
    expect(said[0]).toContain('feedfacecafe,');
    expect(said[0]).toContain(plan.digest.slice(0, 12));
    expect(tableOf(html, 'Compared').rows.map(([name]) => name)).toEqual([
      'csim, another plan',
      'hls, another plan',
    ]);
    const { rows } = tableOf(html, 'What is known');
    expect(rows.flat()).not.toContain('7,101');
    expect(rows.flat()).not.toContain('50,500');
  });

  test('a process alone is no area of the accelerator', async () => {
    const results = exampleResults(plan.digest);
    const synth = { ...results.synth, kernel: 'gate' };
    const html = await reportPage(examplePage(plan, { results: { synth } }));
    expect(tableOf(html, 'Area of gate').rows).toHaveLength(4);
    expect(tableOf(html, 'What is known').rows.flat()).not.toContain('7,101');
  });

  test('perplexity of another quantization is said to be so', async () => {
    const results = exampleResults(plan.digest);
    const quantized = { ...DEFAULT_QUANT_OPTIONS, weightBits: 4 as const };
    const html = await reportPage(examplePage(plan, { results, quantized }));
    expect(paragraphs(html, '.remark.bad').at(-1)).toContain('weightBits 8, not 4');
    const cards = (page: string) => paragraphs(page, '.card .label').join();
    expect(cards(html)).not.toContain('Perplexity');
    expect(cards(full)).toContain('Perplexity');
  });
});
