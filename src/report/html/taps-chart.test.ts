import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { DEFAULT_QUANT_OPTIONS } from '../../quant/quantize/quantize.js';
import { comparedTables, differentTaps, tapsTable, worstFirst } from '../taps-report.js';
import { sqnrRange, tapsChart } from './taps-chart.js';

const tap = (layer: number, name: string, sqnr: number | null) => ({
  ...{ layer, tap: name, sqnr, sqnrInPlace: 20, largest: 0.5, largestInPlace: 0.75, saturated: 0.25 },
});
const variant = {
  ...{ name: 'as quantized', quantized: DEFAULT_QUANT_OPTIONS },
  taps: [
    tap(0, 'norm', 80),
    tap(0, 'gate', 30),
    tap(1, 'norm', 55),
    tap(1, 'gate', null),
    tap(2, 'logits', 40),
  ],
};

describe('the heat map', () => {
  const { svg } = tapsChart(variant, [80, 30]);
  const { document } = parseHTML(svg);
  const cells = [...document.querySelectorAll('.taps rect')];

  test('has a cell for each layer and tap: the worst darkest, the best and one without error not at all', () => {
    expect(cells.map((cell) => Number(cell.getAttribute('fill-opacity')))).toEqual([0, 1, 0.5, 0]);
    const at = (name: string) => cells.map((cell) => Number(cell.getAttribute(name)));
    const [x, y] = [at('x'), at('y')];
    expect([x[0], x[1], y[0], y[2]]).toEqual([x[2], x[3], y[1], y[3]]);
    expect(x[1]).toBeGreaterThan(x[0]);
    expect(y[2]).toBeGreaterThan(y[0]);
  });

  test('has the figure in each cell, and no colour of its own', () => {
    const texts = [...document.querySelectorAll('text')].map((one) => one.textContent);
    for (const figure of ['80', '30', '55', '∞']) expect(texts).toContain(figure);
    expect(svg.match(/(?:fill|stroke)="(?!none|currentColor|var\()[^"]*"/g)).toBeNull();
  });

  test('shares its scale with the others beside it', () => {
    const other = { ...variant, taps: [tap(0, 'norm', 10)] };
    expect(sqnrRange([variant, other])).toEqual([80, 10]);
  });
});

test('the table has the worst first', () => {
  expect(worstFirst(variant.taps).map(({ sqnr }) => sqnr)).toEqual([30, 40, 55, 80, null]);
  const { title, rows } = tapsTable(variant, 2);
  expect(title).toBe('as quantized: the worst 2 of 5 taps');
  expect(rows).toEqual([
    ['layer 0, gate', '30.0 dB', '20.0 dB', '0.500 rms', '25.000 %'],
    ['logits', '40.0 dB', '20.0 dB', '0.500 rms', '25.000 %'],
  ]);
});

test('golden and an accelerator side by side: what differs first, and where', () => {
  const equal = {
    sqnrInPlace: 20,
    largestInPlace: 0.75,
    saturated: 0.25,
    compared: 10,
    different: 0,
    first: null,
  };
  const wrong = { ...equal, sqnrInPlace: 3, different: 2, first: 'token 1, value 0: found 3, expected 2' };
  const taps = [
    { ...tap(0, 'norm', 80), kernel: equal },
    { ...tap(1, 'gate', 30), kernel: wrong },
  ];
  const [{ title, rows }] = comparedTables({ ...variant, taps }, 'csim');
  expect(title).toBe('as quantized: golden and csim, 1 of 2 taps differ');
  const same = ['0.750 rms', '0.750 rms', '25.000 %', '25.000 %', '10'];
  expect(rows).toEqual([
    ['layer 1, gate', '20.0 dB', '3.0 dB', ...same, '2'],
    ['layer 0, norm', '20.0 dB', '20.0 dB', ...same, '0'],
  ]);
  expect(comparedTables({ ...variant, taps: [taps[0]] }, 'csim')[0].title).toContain('all 1 taps equal');
  expect(comparedTables(variant, 'csim')).toEqual([]);
  const result = { model: 'm', ranOn: {} as never, tokens: 10, window: 10, variants: [{ ...variant, taps }] };
  expect(differentTaps(result)).toEqual([
    'layer 1, gate: 2 of 10 values, first token 1, value 0: found 3, expected 2',
  ]);
});
