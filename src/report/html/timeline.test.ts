import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { exampleAccelerator, examplePage } from '../../../test/support/report-page.js';
import { boundOf, type PlannedCalls, steadyCall } from '../../plan/time/speed.js';
import { reportPage } from './page.js';
import type { PageData } from './page-data.js';
import { outline } from './timeline-rows.js';

let data: PageData;
let calls: PlannedCalls;
let document: ReturnType<typeof parseHTML>['document'];
beforeAll(async () => {
  const made = await exampleAccelerator();
  calls = made.calls;
  data = examplePage(made.plan);
  document = parseHTML(await reportPage(data)).document;
});

/** Area between a closed path of h, v and V steps and the line y = 0. */
function area(d: string): number {
  let height = 0;
  let total = 0;
  for (const [, step, value] of d.matchAll(/([hv])(-?[\d.]+)/g)) {
    if (step === 'v') height -= Number(value);
    else total += height * Number(value);
  }
  return total;
}

const figures = () => [...document.querySelectorAll('.timeline')];
const shareIn = (text: string) => Number(text.replace(/[^\d.]/g, '')) / 100;

test('the outline of bins has their sum as its area', () => {
  expect(outline([3, 3, 0, 5.25])).toBe('M0 0v-3h2v3h1v-5.25h1V0z');
  expect(area(outline([3, 3, 0, 5.25]))).toBe(11.25);
  expect(outline([0, 0])).toBe('M0 0h2V0z');
});

describe('timelines on the page', () => {
  test('there is one of a decode and one of a prefill call', () => {
    expect(figures()).toHaveLength(2);
    const text = document.querySelector('#timelines')!.textContent;
    for (const call of [calls.decode, calls.prefill[1]])
      expect(text).toContain(`${call.cycles.toLocaleString('en-US')} cycles`);
  });

  test('blue is as large as the busy cycles of the plan, all colours together as the time until the process ends', () => {
    const timed = [calls.decode, calls.prefill[1]];
    figures().forEach((figure, i) => {
      const { cycles, busy } = timed[i];
      const rows = [...figure.querySelectorAll('li[data-row]')].filter(
        (row) => busy[row.getAttribute('data-row')!] !== undefined,
      );
      expect(rows.length).toBeGreaterThanOrEqual(15);
      for (const row of rows) {
        const name = row.getAttribute('data-row')!;
        const areaOf = (kind: string) => area(row.querySelector(`path.${kind}`)!.getAttribute('d')!);
        expect(areaOf('busy') / cycles, name).toBeCloseTo(busy[name], 9);
        expect(shareIn(row.querySelector('.share')!.textContent), name).toBeCloseTo(busy[name], 2);
        const nested = ['busy', 'memory', 'room', 'word'].map(areaOf);
        expect(nested, name).toEqual([...nested].sort((a, b) => a - b));
        expect(nested.at(-1)!).toBeLessThanOrEqual(cycles);
      }
    });
  });

  test('what binds stands on top and is said to', () => {
    figures().forEach((figure, i) => {
      const { kind, name } = boundOf([calls.decode, calls.prefill[1]][i]);
      const first = figure.querySelector('li[data-row]')!;
      expect(first.querySelector('em')?.textContent).toBe('binds');
      if (kind === 'engine') expect(first.getAttribute('data-row')).toBe(name);
    });
  });

  test('waits are named by what is waited for', () => {
    const row = figures()[0]!.querySelector('[data-row=mat_out]')!;
    const [longest] = data.timelines.decode.processes.find(({ process }) => process === 'mat_out')!.waits;
    expect(row.querySelector('.waits')!.textContent).toMatch(
      new RegExp(`^waits for a word of ${longest.on} `),
    );
  });
});

describe('what binds', () => {
  test('is said before any section, with bars that have the shares of the plan', () => {
    const bounds = [boundOf(calls.decode), boundOf(steadyCall(...calls.prefill))];
    const header = document.querySelector('header')!;
    const cards = [...header.querySelectorAll('.card')];
    bounds.forEach(({ name, share }, i) => {
      expect(header.querySelector('.bound')!.textContent).toContain(`: ${name} binds, busy `);
      const bar = cards[i]!.querySelector('.bars li')!;
      expect(bar.querySelector('span')!.textContent).toBe(name);
      expect(shareIn(bar.querySelector('.number')!.textContent)).toBeCloseTo(share, 3);
      const width = /h([\d.]+)v10H0z/.exec(bar.innerHTML)![1];
      expect(Number(width) / 100).toBeCloseTo(Math.min(1, share), 4);
    });
    // The longest prompt of the plan has a beginning and an end beside its further chunks.
    const { kind, name, share } = data.plan.prefill.at(-1)!.bound;
    expect(bounds[1]).toMatchObject({ kind, name });
    expect(Math.abs(bounds[1].share - share)).toBeLessThan(0.02);
  });
});
