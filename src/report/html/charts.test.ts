import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { exampleFront, examplePlan } from '../../../test/support/report-page.js';
import type { Plan } from '../../plan/plan-types.js';
import { frontCharts } from './front-chart.js';
import { limitsSection } from './plan-sections.js';
import { rooflineOfPlan } from './roofline.js';
import { rooflineChart } from './roofline-chart.js';

let plan: Plan;
beforeAll(async () => {
  plan = await examplePlan();
});

/** Places of the dots of this class, in order of their drawing. */
function dots(svg: string, name: string) {
  const { document } = parseHTML(svg);
  return [...document.querySelectorAll(`.${name} circle`)].map((circle) => ({
    x: Number(circle.getAttribute('cx')),
    y: Number(circle.getAttribute('cy')),
  }));
}

describe('rooflineOfPlan', () => {
  test('counts products weight by weight', () => {
    const { dims, layers } = plan.model;
    let products = 0;
    // z and x, B and C of one group, dt; then out_proj, and at the end the head.
    for (let layer = 0; layer < layers; layer++) products += (2 * 128 + 2 * 32 + 4) * 64 + 64 * 128;
    products += 97 * 64;
    expect([dims.dModel, dims.dInner, dims.vocabRows]).toEqual([64, 128, 97]);
    const [decode] = rooflineOfPlan(plan).points;
    expect(decode.productsPerSecond).toBeCloseTo(products * plan.decode.tokensPerSecond, 3);
    expect(decode.intensity).toBeCloseTo(products / plan.roofline.decodeBytes, 9);
  });

  test('a prompt of one token moves what a token in decode does, but for the states, which it only gives', () => {
    const [decode, prompt] = rooflineOfPlan(plan).points;
    expect(prompt.name).toBe('prefill 1');
    const states = plan.traffic.decodeToken.state / 2;
    const bytes = plan.roofline.decodeBytes;
    expect(prompt.intensity).toBeCloseTo((decode.intensity * bytes) / (bytes - states), 9);
  });

  test('a long prompt reads weights once a chunk, states once a call, rows once a token', () => {
    const { traffic, model, shape } = plan;
    const { weights, rescale, parameters, state, residual } = traffic.prefillChunk;
    const chunks = 512 / shape.chunkTokens;
    // What a token in decode moves more than a chunk, but for rows, is the head.
    const { decodeToken } = traffic;
    const headRow = 64 * 4;
    const head = decodeToken.weights - weights + decodeToken.rescale - rescale + headRow + decodeToken.logits;
    const bytes = chunks * (weights + rescale + residual) + parameters + state + head;
    const products = 512 * model.layers * ((2 * 128 + 2 * 32 + 4) * 64 + 64 * 128) + 97 * 64;
    expect(rooflineOfPlan(plan).points.at(-1)!.intensity).toBeCloseTo(products / bytes, 9);
  });

  test('longer prompts use a byte more often, and no point is above the roof', () => {
    const { points, pinBytesPerSecond, peakProductsPerSecond } = rooflineOfPlan(plan);
    const prompts = points.slice(1).map(({ intensity }) => intensity);
    expect(prompts).toEqual([...prompts].sort((a, b) => a - b));
    expect(new Set(prompts).size).toBe(3);
    for (const { intensity, productsPerSecond } of points)
      expect(productsPerSecond).toBeLessThan(Math.min(peakProductsPerSecond, intensity * pinBytesPerSecond));
  });
});

describe('rooflineChart', () => {
  test('has a dot for decode and each prompt, farther right for more products a byte, higher for more a second', () => {
    const { svg } = rooflineChart(plan);
    const found = dots(svg, 'points');
    const { points } = rooflineOfPlan(plan);
    expect(found).toHaveLength(points.length);
    const order = (values: readonly number[]) =>
      values.map((_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
    expect(order(found.map(({ y }) => -y))).toEqual(order(points.map((p) => p.productsPerSecond)));
    expect(found.at(-1)!.x).toBeGreaterThan(found[0].x);
    expect(svg).toContain(
      `decode, ${plan.decode.tokensPerSecond.toLocaleString('en-US', { maximumFractionDigits: 0 })} tokens/s`,
    );
  });

  test('follows light and dark: no colour of its own', () => {
    for (const { svg } of [rooflineChart(plan), ...frontCharts(exampleFront())])
      expect(svg.match(/(?:fill|stroke)="(?!none|currentColor|var\()[^"]*"/g)).toBeNull();
  });
});

describe('frontCharts', () => {
  test('have every point, and the chosen one marked on its place', () => {
    const charts = frontCharts(exampleFront());
    expect(charts).toHaveLength(2);
    for (const { svg } of charts) {
      const found = dots(svg, 'points');
      expect(found).toHaveLength(3);
      for (const [a, b] of [found.slice(0, 2), found.slice(1, 3)]) {
        expect(b.x).toBeGreaterThan(a.x);
        expect(b.y).toBeLessThan(a.y);
      }
      expect(dots(svg, 'chosen')).toEqual([found[1]]);
      // The axis is linear: 25 % lies where 10 % and 50 % say.
      expect((found[1].x - found[0].x) / (found[2].x - found[0].x)).toBeCloseTo(0.15 / 0.4, 3);
    }
    expect(charts[0].svg).toContain('chosen, 200');
    expect(charts[1].svg).toContain('chosen, 6,000');
  });

  test('are left out with a sentence where the preset was not searched', () => {
    const kinds = (shown: Plan) => limitsSection(shown).parts.map((part) => part.kind);
    expect(kinds(plan)).toEqual(['figure', 'text']);
    expect(kinds({ ...plan, front: exampleFront() })).toEqual(['figure', 'figure', 'figure']);
    expect(limitsSection(plan).parts[1]).toMatchObject({ text: expect.stringContaining('preset small') });
  });
});
