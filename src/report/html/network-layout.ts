/**
 * Where the processes and FIFOs of a plan stand in its picture, by the layered algorithm of ELK. Sizes are in pixels of a text of 11 pixels,
 * whose width is estimated: no browser measures anything here, and the same plan gives the same picture everywhere.
 */
import ELKModule, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { ChannelPlan, Plan, ProcessPlan } from '../../plan/plan-types.js';
import { networkGraph, pieceIds, stageId } from './network-graph.js';
import { STAGES, type Stage } from './stages.js';

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

/** Lays the plan's network out. */
export async function layoutNetwork(plan: Pick<Plan, 'processes' | 'channels'>): Promise<NetworkLayout> {
  const ELK = ELKModule.default;
  return placed(plan, await new ELK().layout(networkGraph(plan)));
}

/** All positions against the picture's own corner: ELK gives those of a child against its parent. */
function placed({ processes, channels }: Pick<Plan, 'processes' | 'channels'>, done: ElkNode): NetworkLayout {
  const corners = new Map<string, Point>([['network', { x: 0, y: 0 }]]);
  const boxes = new Map<string, Box>();
  const routes = new Map<string, Route>();
  const walk = (node: ElkNode, corner: Point) => {
    for (const child of node.children ?? []) {
      const box = boxAt(child, corner);
      boxes.set(child.id, box);
      corners.set(child.id, box);
      walk(child, box);
    }
    for (const edge of node.edges ?? []) routes.set(edge.id, edge);
  };
  walk(done, { x: 0, y: 0 });
  const cornerOf = ({ container = 'network' }: Route) => corners.get(container)!;
  return {
    width: Math.ceil(done.width!),
    height: Math.ceil(done.height!),
    stages: STAGES.flatMap((stage) => {
      const box = boxes.get(stageId(stage));
      return box ? [{ stage, box }] : [];
    }),
    nodes: processes.map((process) => ({ process, box: boxes.get(process.name)! })),
    edges: channels.map((channel) => {
      const pieces = pieceIds(channel.name).flatMap((id) => routes.get(id) ?? []);
      const path = pieces.flatMap((piece) => pointsOf(piece, cornerOf(piece)));
      const [first] = pieces;
      return { channel, path, label: boxAt(first.labels![0], cornerOf(first)) };
    }),
  };
}

/** A routed edge; its points are against the corner of its container. */
type Route = ElkExtendedEdge & { readonly container?: string };

function pointsOf({ sections = [] }: Route, corner: Point): Point[] {
  return sections
    .flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint])
    .map(({ x, y }) => ({ x: x + corner.x, y: y + corner.y }));
}

type Sized = { readonly x?: number; readonly y?: number; readonly width?: number; readonly height?: number };

function boxAt({ x = 0, y = 0, width = 0, height = 0 }: Sized, corner: Point): Box {
  return { x: x + corner.x, y: y + corner.y, width, height };
}
