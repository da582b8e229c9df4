/** The stage in which the iterations of a nest are issued, what may not stand before it, and the values that pass it. */
import type { Nest, Node } from '../kernel/ir.js';
import { isOf } from '../kernel/operations.js';
import { steeringNodes } from '../kernel/steering.js';
import type { ScheduledNode } from './schedule.js';
import { stageBudgetNs, type TimingTarget } from './target.js';

/** The first stage in which all conditions of channel accesses are known, with time left for what an issue moves. */
export function issueStage(
  nest: Nest,
  placed: ReadonlyMap<Node, ScheduledNode>,
  target: TimingTarget,
): number {
  const latest = stageBudgetNs(target) - target.issueNs;
  return nest.body.reduce((stage, { operation: o }) => {
    const gate = (o.kind === 'read' || o.kind === 'write') && o.when ? placed.get(o.when) : undefined;
    return gate ? Math.max(stage, gate.resultStage + (gate.resultNs > latest ? 1 : 0)) : stage;
  }, 0);
}

/** What stands in the issue stage or later: all but what steers the nest, and what holds still or counts. */
export function issuedNodes(nest: Nest): Node[] {
  const steering = steeringNodes(nest);
  return nest.body.filter((node) => !steering.has(node) && !isOf(node.operation, 'constant', 'given'));
}

/** Must stand in the issue stage itself: words are taken there, and a memory port has no places to keep for later. */
export function isIssued({ operation: { kind } }: Node): boolean {
  return kind === 'read' || kind === 'portRead' || kind === 'portWrite';
}

/** The stages in which a value of stage `home` is wanted, in order, and the issue stage on its way, where what moves it changes. */
export function stopsOf(stages: readonly number[], home: number, issueStage: number): number[] {
  const last = stages.at(-1);
  if (last === undefined || home >= issueStage || last <= issueStage || stages.includes(issueStage))
    return [...stages];
  return [...stages, issueStage].sort((a, b) => a - b);
}
