/**
 * The picture of a plan's network as SVG that needs no script: processes coloured by how busy they are in a prompt of four chunks, FIFOs
 * with bits of a word and depth beside them, stages of the layer as fields. Colours are the page's.
 */
import type { Plan } from '../../plan/plan-types.js';
import { percent } from '../table.js';
import { busyLabel, channelLabel, unitLabel } from './network-labels.js';
import { layoutNetwork, type Point } from './network-layout.js';
import type { Picture } from './parts.js';
import { renderHtml } from './render.js';
import { stageNames } from './stages.js';

/** Colour of the busiest process: its text stays readable on it. */
const MOST_OPACITY = 0.6;

/** Pixels left and above the process at which the picture opens. */
const MARGIN = { x: 110, y: 220 };

/** Lays out and draws, with the processes that bind marked; where a browser can, the picture opens at the first of them. */
export async function networkPicture(
  plan: Pick<Plan, 'processes' | 'channels'>,
  binding: readonly string[] = [],
): Promise<Picture> {
  const { width, height, stages, nodes, edges } = await layoutNetwork(plan);
  const label = `The process network: ${nodes.length} processes and ${edges.length} FIFOs, as listed in the tables.`;
  const busiest = Math.max(Number.EPSILON, ...nodes.map(({ process }) => process.busyPrefill));
  const start = nodes.find(({ process }) => process.name === binding[0])?.box;
  const svg = renderHtml('network', {
    label,
    start: start && rounded({ x: Math.max(0, start.x - MARGIN.x), y: Math.max(0, start.y - MARGIN.y) }),
    width,
    height,
    stages: stages.map(({ stage, box }) => ({ name: stageNames[stage], ...rounded(box) })),
    nodes: nodes.map(({ process, box }) => ({
      name: process.name,
      binds: binding.includes(process.name),
      title: `${process.name}: ${unitLabel(process)} lanes, busy ${percent(process.busyDecode)} in decode, ${percent(process.busyPrefill)} in prefill`,
      ...rounded(box),
      opacity: ((MOST_OPACITY * process.busyPrefill) / busiest).toFixed(3),
      unit: unitLabel(process),
      busy: busyLabel(process),
    })),
    edges: edges.map(({ channel, path }) => ({
      name: channel.name,
      title: `${channel.name}: ${channel.type}, ${channel.bits} bits, depth ${channel.depth}, ${channel.from} to ${channel.to}`,
      d: pathOf(path),
    })),
    labels: edges.map(({ channel, label: box }) => {
      const { x, y, height: high } = rounded(box);
      return { text: channelLabel(channel), x, y: y + high - 3 };
    }),
  });
  return {
    svg,
    label,
    caption:
      'Each box is a process: its name, its unit and lanes, and the share of the cycles in which it works, in decode · in a prompt of four chunks; its colour is the latter, against the busiest. What binds has a thick frame. Each arrow is a FIFO: bits of a word × words that it holds.',
    figures: 'planned',
    shape: 'map',
  };
}

const round = (value: number) => Math.round(10 * value) / 10;

function rounded<T extends object>(box: T): T {
  return Object.fromEntries(Object.entries(box).map(([key, value]) => [key, round(value)])) as T;
}

function pathOf(points: readonly Point[]): string {
  return points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}
