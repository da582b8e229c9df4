/** The stage in which the iterations of a nest are issued, what may not stand before it, and the values that pass it. */
import type { Nest, Node } from '../kernel/ir.js';
import { isOf } from '../kernel/operations.js';
import { steeringNodes } from '../kernel/steering.js';
import { totalBits } from '../kernel/type.js';
import { ENABLE_NS, TABLE_NS, wireNs } from './net-delay.js';
import type { ScheduledNode } from './schedule.js';
import { stageBudgetNs, type TimingTarget } from './target.js';
import { isBank, type LoadLimits } from './wide.js';

/** The first stage in which all conditions of channel accesses are known, with time left for what an issue moves. */
export function issueStage(
  nest: Nest,
  placed: ReadonlyMap<Node, ScheduledNode>,
  target: TimingTarget,
): number {
  const latest = stageBudgetNs(target) - issueNs(nest, target);
  return nest.body.reduce((stage, { operation: o }) => {
    const gate = (o.kind === 'read' || o.kind === 'write') && o.when ? placed.get(o.when) : undefined;
    return gate ? Math.max(stage, gate.resultStage + (gate.resultNs > latest ? 1 : 0)) : stage;
  }, 0);
}

/** Input pins that an issue moves: each counter with its carry, and the flags of the channels. */
const MOVED_LOADS = 64;

/**
 * From the condition of a channel access to what an issue moves: tables that bring conditions and flags of all channels together, one that takes
 * the word, one of the FIFO, and the enable of a slice of its words. Delays as in net-delay.ts.
 */
export function issueNs(nest: Nest, { sliceBits }: LoadLimits): number {
  const channels = new Set(
    nest.body.flatMap(({ operation: o }) => (o.kind === 'read' || o.kind === 'write' ? [o.channel] : [])),
  );
  // A table takes condition and flag of three channels, those after it six results.
  const levels = 1 + Math.ceil(Math.log(Math.max(1, Math.ceil(channels.size / 3))) / Math.log(6));
  const tables = levels * (TABLE_NS + wireNs(1));
  const widest = Math.max(1, ...[...channels].map(({ type }) => Math.min(sliceBits, totalBits(type))));
  return tables + 2 * TABLE_NS + wireNs(MOVED_LOADS) + wireNs(1) + wireNs(widest) + ENABLE_NS;
}

/** What stands in the issue stage or later: all but what steers the nest, and what holds still or counts. */
export function issuedNodes(nest: Nest): Node[] {
  const steering = steeringNodes(nest);
  return nest.body.filter((node) => !steering.has(node) && !isOf(node.operation, 'constant', 'given'));
}

/** Reads or writes a wide register: its enable is made in the stage before, and that is the issue stage at the earliest. */
export function isOfBank({ operation: o }: Node, limits: LoadLimits): boolean {
  return (o.kind === 'regRead' || o.kind === 'regWrite') && isBank(o.register, limits);
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
