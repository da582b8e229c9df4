import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { examplePlan } from '../../../test/support/report-page.js';
import type { ChannelPlan, Plan, ProcessPlan } from '../../plan/plan-types.js';
import { type Box, layoutNetwork, type NetworkLayout, type Point } from './network-layout.js';
import { networkPicture } from './network-picture.js';
import { stagesOf } from './stages.js';

let plan: Plan;
let layout: NetworkLayout;
beforeAll(async () => {
  plan = await examplePlan();
  layout = await layoutNetwork(plan);
});

const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name).sort();
const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const inside = (inner: Box, outer: Box) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

describe('layoutNetwork', () => {
  test('has every process and every FIFO exactly once', () => {
    expect(names(layout.nodes.map(({ process }) => process))).toEqual(names(plan.processes));
    expect(names(layout.edges.map(({ channel }) => channel))).toEqual(names(plan.channels));
  });

  test('no two processes cover each other, none leaves its stage, no label lies on a process or a label', () => {
    const stageOf = stagesOf(plan);
    const boxes = layout.nodes.map(({ box }) => box);
    const labels = layout.edges.map(({ label }) => label);
    boxes.forEach((box, i) => {
      for (const other of [...boxes.slice(i + 1), ...labels]) expect(overlap(box, other)).toBe(false);
    });
    labels.forEach((label, i) => {
      for (const other of labels.slice(i + 1)) expect(overlap(label, other)).toBe(false);
    });
    for (const { process, box } of layout.nodes) {
      const stage = layout.stages.find((found) => found.stage === stageOf.get(process.name))!;
      expect(inside(box, stage.box), process.name).toBe(true);
      expect(inside(stage.box, { x: 0, y: 0, ...layout })).toBe(true);
    }
  });

  test('the stages stand side by side: the picture is no taller than the tallest of them', () => {
    const [first, ...others] = layout.stages;
    let right = first.box.x + first.box.width;
    for (const { box } of others) {
      expect(box.x).toBeGreaterThan(right);
      right = box.x + box.width;
    }
    const tallest = Math.max(...layout.stages.map(({ box }) => box.height));
    expect(layout.height).toBeLessThan(1.1 * tallest);
  });

  test('an arrow goes from the lower edge of its writer to the upper edge of its reader', () => {
    const boxOf = new Map(layout.nodes.map(({ process, box }) => [process.name, box]));
    const within = ({ x }: Point, box: Box) => x >= box.x && x <= box.x + box.width;
    for (const { channel, path } of layout.edges) {
      const writer = boxOf.get(channel.from)!;
      const reader = boxOf.get(channel.to)!;
      const [start, end] = [path[0], path.at(-1)!];
      expect(within(start, writer) && within(end, reader), channel.name).toBe(true);
      expect(start.y).toBeCloseTo(writer.y + writer.height, 3);
      expect(end.y).toBeCloseTo(reader.y, 3);
    }
  });
});

describe('stagesOf', () => {
  test('knows the stages of a layer by who feeds whom', () => {
    const stages = stagesOf(plan);
    const expected = {
      in_proj: ['read_residual_in', 'norm_in_scale', 'read_weights_in_0', 'mat_in', 'rescale_in'],
      ssm: ['turn_z', 'silu_z', 'conv', 'read_state', 'write_state', 'state_output', 'read_layer_params'],
      out_proj: ['gate', 'mat_out', 'read_weights_out_0', 'read_residual_again', 'write_residual'],
    };
    for (const [stage, members] of Object.entries(expected))
      for (const name of members) expect(stages.get(name), name).toBe(stage);
    expect(stages.size).toBe(plan.processes.length);
  });

  test('a network without these units is one stage', () => {
    const processes = plan.processes.slice(0, 2).map((process, i) => ({ ...process, name: `p${i}` }));
    const channels = [{ ...plan.channels[0], from: 'p0', to: 'p1' }];
    expect([...stagesOf({ processes, channels }).values()]).toEqual(['in_proj', 'in_proj']);
  });
});

describe('networkPicture', () => {
  const process = (name: string, busyDecode: number, busyPrefill: number): ProcessPlan => ({
    ...{ name, unit: 'MAT', lanes: [4, 8], interval: 1, depth: 1, busyDecode, busyPrefill },
    resources: { lut: 0, ff: 0, dsp: 0, bram36: 0 },
  });
  const channel: ChannelPlan = {
    ...{ name: 'w', type: 's8 x 64', bits: 512, depth: 37, from: 'a', to: 'b' },
    resources: { lut: 0, ff: 0, dsp: 0, bram36: 0 },
  };

  test('says rates on processes, width and depth on FIFOs, and colours by how busy they are', async () => {
    const processes = [process('a', 0.5, 0.2), process('b', 0.001, 0.4), process('<c>', 0, 0)];
    const { svg } = await networkPicture({ processes, channels: [channel] });
    const { document } = parseHTML(svg);
    const groups = [...document.querySelectorAll('[data-process]')];
    expect(
      groups.map((group) => [...group.querySelectorAll('text')].map((text) => text.textContent)),
    ).toEqual([
      ['a', 'MAT, 4 × 8', '50 % · 20 %'],
      ['b', 'MAT, 4 × 8', '<1 % · 40 %'],
      ['<c>', 'MAT, 4 × 8', '0 % · 0 %'],
    ]);
    const colours = groups.map((group) => Number(group.querySelector('.busy')!.getAttribute('fill-opacity')));
    expect(colours[0]).toBeCloseTo(colours[1] / 2);
    expect(colours[2]).toBe(0);
    expect([...document.querySelectorAll('[data-channel]')]).toHaveLength(1);
    expect(document.querySelector('.size')!.textContent).toBe('512 b × 37');
    expect(svg).not.toContain('<c>');
  });

  test('draws every process and FIFO of a plan exactly once', async () => {
    const { svg } = await networkPicture(plan);
    const { document } = parseHTML(svg);
    const drawn = (attribute: string) =>
      [...document.querySelectorAll(`[${attribute}]`)].map((found) => found.getAttribute(attribute)!).sort();
    expect(drawn('data-process')).toEqual(names(plan.processes));
    expect(drawn('data-channel')).toEqual(names(plan.channels));
  });
});
