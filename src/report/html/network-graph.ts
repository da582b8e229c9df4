/**
 * A plan's network as ELK takes it: the stages are columns from left to right, the processes of a stage go top down. A FIFO between two stages
 * has three pieces: to the edge of its writer's stage, to the edge of its reader's stage, and to its reader. One layout of all processes top
 * down would be several screens tall.
 */
import type { ElkExtendedEdge, ElkNode, ElkPort } from 'elkjs/lib/elk.bundled.js';
import type { ChannelPlan, Plan, ProcessPlan } from '../../plan/plan-types.js';
import { channelLabel, unitLabel } from './network-labels.js';
import { STAGES, type Stage, stagesOf } from './stages.js';

const NODE_HEIGHT = 46;
/** Of a character: bold at 11 pixels, plain at 10 and at 9.5; on the safe side for the fonts that systems use. */
const NAME_PIXELS = 7;
const UNIT_PIXELS = 6;
const LABEL_PIXELS = 5.3;
const LABEL_HEIGHT = 12;
/** Room for the shares. */
const LEAST_TEXT = 76;

const layered = {
  'elk.algorithm': 'layered',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.randomSeed': '1',
  'elk.spacing.nodeNode': '12',
  'elk.spacing.edgeNode': '9',
  'elk.spacing.edgeEdge': '7',
  'elk.spacing.edgeLabel': '3',
  'elk.layered.spacing.nodeNodeBetweenLayers': '11',
  'elk.layered.spacing.edgeNodeBetweenLayers': '8',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '7',
};

/** Columns with their middles at one height, whatever bends the FIFOs between them need. */
const columns = {
  ...layered,
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'SEPARATE_CHILDREN',
  'elk.layered.nodePlacement.strategy': 'SIMPLE',
};

const column = {
  ...layered,
  'elk.direction': 'DOWN',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.padding': '[top=30,left=14,bottom=14,right=14]',
  'elk.portConstraints': 'FIXED_SIDE',
};

/** Id of a stage's node. */
export const stageId = (stage: Stage) => `stage ${stage}`;
/** Ids of the pieces of a FIFO, from writer to reader; one inside a stage is the first alone. */
export const pieceIds = (channel: string) => [channel, `${channel} between`, `${channel} arriving`];
const portIds = (channel: string) => ({ leave: `${channel} leaves`, enter: `${channel} enters` });

/** The graph, without positions. */
export function networkGraph(plan: Pick<Plan, 'processes' | 'channels'>): ElkNode {
  const stageOf = stagesOf(plan);
  const crosses = ({ from, to }: ChannelPlan) => stageOf.get(from) !== stageOf.get(to);
  const crossing = plan.channels.filter(crosses);
  const stages = STAGES.filter((stage) => [...stageOf.values()].includes(stage));
  return {
    id: 'network',
    layoutOptions: columns,
    children: stages.map((stage) => {
      const leaving = crossing.filter(({ from }) => stageOf.get(from) === stage);
      const entering = crossing.filter(({ to }) => stageOf.get(to) === stage);
      const within = plan.channels.filter((one) => stageOf.get(one.from) === stage && !crosses(one));
      return {
        id: stageId(stage),
        layoutOptions: column,
        children: plan.processes.filter(({ name }) => stageOf.get(name) === stage).map(nodeOf),
        ports: [
          ...leaving.map(({ name }) => portOf(portIds(name).leave, 'EAST')),
          ...entering.map(({ name }) => portOf(portIds(name).enter, 'WEST')),
        ],
        edges: [
          ...within.map((one) => labelled(one, one.to)),
          ...leaving.map((one) => labelled(one, portIds(one.name).leave)),
          ...entering.map(({ name, to }) => edgeOf(pieceIds(name)[2], portIds(name).enter, to)),
        ],
      };
    }),
    edges: crossing.map(({ name }) => edgeOf(pieceIds(name)[1], portIds(name).leave, portIds(name).enter)),
  };
}

function nodeOf(process: ProcessPlan): ElkNode {
  const text = Math.max(
    process.name.length * NAME_PIXELS,
    unitLabel(process).length * UNIT_PIXELS,
    LEAST_TEXT,
  );
  return { id: process.name, width: Math.round(text + 12), height: NODE_HEIGHT };
}

const portOf = (id: string, side: 'EAST' | 'WEST'): ElkPort => ({
  ...{ id, width: 0, height: 0 },
  layoutOptions: { 'elk.port.side': side },
});

const edgeOf = (id: string, from: string, to: string): ElkExtendedEdge => ({
  id,
  sources: [from],
  targets: [to],
});

/** The piece that begins at the writer carries the label. */
function labelled(channel: ChannelPlan, to: string): ElkExtendedEdge {
  const text = channelLabel(channel);
  const width = Math.round(text.length * LABEL_PIXELS);
  const [id] = pieceIds(channel.name);
  return { ...edgeOf(id, channel.from, to), labels: [{ text, width, height: LABEL_HEIGHT }] };
}
