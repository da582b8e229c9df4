/**
 * Where the processes and FIFOs of a plan stand in its picture, by the layered algorithm of ELK, top down. Sizes are in pixels of a text of
 * 11 pixels, whose width is estimated: no browser measures anything here, and the same plan gives the same picture everywhere.
 */
import ELKModule, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { ChannelPlan, Plan, ProcessPlan } from '../../plan/plan-types.js';
import { STAGES, type Stage, stagesOf } from './stages.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A picture without looks. */
export interface NetworkLayout {
  readonly width: number;
  readonly height: number;
  readonly stages: readonly { readonly stage: Stage; readonly box: Box }[];
  readonly nodes: readonly { readonly process: ProcessPlan; readonly box: Box }[];
  /** `path` from the writer to the reader, `label` the box of the text beside it. */
  readonly edges: readonly {
    readonly channel: ChannelPlan;
    readonly path: readonly Point[];
    readonly label: Box;
  }[];
}

const NODE_HEIGHT = 46;
/** Of a character: bold at 11 pixels, plain at 10 and at 9.5; on the safe side for the fonts that systems use. */
const NAME_PIXELS = 7;
const UNIT_PIXELS = 6;
const LABEL_PIXELS = 5.3;
const LABEL_HEIGHT = 12;
/** Room for the shares. */
const LEAST_TEXT = 76;

/** What a FIFO's label says: bits of a word, and words that it holds. */
export function channelLabel({ bits, depth }: ChannelPlan): string {
  return `${bits} b × ${depth}`;
}

/** The second line of a process. */
export function unitLabel({ unit, lanes }: ProcessPlan): string {
  return `${unit}, ${lanes.length === 0 ? '1' : lanes.join(' × ')}`;
}

/** The third line: shares of the cycles in which it works. */
export function busyLabel({ busyDecode, busyPrefill }: ProcessPlan): string {
  return `${whole(busyDecode)} · ${whole(busyPrefill)}`;
}

const whole = (share: number) => (share > 0 && share < 0.005 ? '<1 %' : `${Math.round(100 * share)} %`);

const layered = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.randomSeed': '1',
  'elk.spacing.nodeNode': '12',
  'elk.spacing.edgeNode': '9',
  'elk.spacing.edgeEdge': '7',
  'elk.spacing.edgeLabel': '3',
  'elk.layered.spacing.nodeNodeBetweenLayers': '11',
  'elk.layered.spacing.edgeNodeBetweenLayers': '8',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '7',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
};

/** Lays the plan's network out. */
export async function layoutNetwork(plan: Pick<Plan, 'processes' | 'channels'>): Promise<NetworkLayout> {
  const stageOf = stagesOf(plan);
  const graph = {
    id: 'network',
    layoutOptions: layered,
    children: STAGES.map((stage) => ({
      id: `stage ${stage}`,
      layoutOptions: { 'elk.padding': '[top=30,left=14,bottom=14,right=14]' },
      children: plan.processes.filter(({ name }) => stageOf.get(name) === stage).map(nodeOf),
    })).filter(({ children }) => children.length > 0),
    edges: plan.channels.map(edgeOf),
  };
  const ELK = ELKModule.default;
  const done = await new ELK().layout(graph);
  return placed(plan, done);
}

function nodeOf(process: ProcessPlan): ElkNode {
  const text = Math.max(
    process.name.length * NAME_PIXELS,
    unitLabel(process).length * UNIT_PIXELS,
    LEAST_TEXT,
  );
  return { id: process.name, width: Math.round(text + 12), height: NODE_HEIGHT };
}

function edgeOf(channel: ChannelPlan): ElkExtendedEdge {
  const text = channelLabel(channel);
  const width = Math.round(text.length * LABEL_PIXELS);
  return {
    id: channel.name,
    sources: [channel.from],
    targets: [channel.to],
    labels: [{ text, width, height: LABEL_HEIGHT }],
  };
}

/** All positions against the picture's own corner: ELK gives those of a child against its parent. */
function placed({ processes, channels }: Pick<Plan, 'processes' | 'channels'>, done: ElkNode): NetworkLayout {
  const corners = new Map<string, Point>([['network', { x: 0, y: 0 }]]);
  const boxes = new Map<string, Box>();
  const walk = (node: ElkNode, corner: Point) => {
    for (const child of node.children ?? []) {
      const box = boxAt(child, corner);
      boxes.set(child.id, box);
      corners.set(child.id, box);
      walk(child, box);
    }
  };
  walk(done, { x: 0, y: 0 });
  const routes = new Map((done.edges ?? []).map((edge) => [edge.id, edge]));
  return {
    width: Math.ceil(done.width!),
    height: Math.ceil(done.height!),
    stages: STAGES.flatMap((stage) => {
      const box = boxes.get(`stage ${stage}`);
      return box ? [{ stage, box }] : [];
    }),
    nodes: processes.map((process) => ({ process, box: boxes.get(process.name)! })),
    edges: channels.map((channel) => {
      const route = routes.get(channel.name)! as ElkExtendedEdge & { container?: string };
      const corner = corners.get(route.container ?? 'network')!;
      const [section] = route.sections!;
      const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
      const [label] = route.labels!;
      return {
        channel,
        path: points.map(({ x, y }) => ({ x: x + corner.x, y: y + corner.y })),
        label: boxAt(label, corner),
      };
    }),
  };
}

type Sized = { readonly x?: number; readonly y?: number; readonly width?: number; readonly height?: number };

function boxAt({ x = 0, y = 0, width = 0, height = 0 }: Sized, corner: Point): Box {
  return { x: x + corner.x, y: y + corner.y, width, height };
}
