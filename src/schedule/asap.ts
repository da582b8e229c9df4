/**
 * The scheduler: every operation as soon as its operands allow, chained within a stage while the clock period lasts; reads of registers and
 * RAMs are then moved later until loop-carried distances hold, which is repeated until nothing moves. Refuses, with the number that would do,
 * a nest whose loop-carried path does not fit its interval. What steers the nest is placed first; its end is the issue stage, and all else
 * stands there or later (issue.ts). At last, loop-carried paths sink to where fewer bits are carried (sink.ts).
 */
import type { Nest, Network, Node, Ram, Register } from '../kernel/ir.js';
import { KernelError } from '../kernel/kernel-error.js';
import { operandsOf } from '../kernel/operands.js';
import { hintOf } from '../kernel/operations.js';
import { earlyAddends } from './dsp-fusion.js';
import { FanOut, operandLoadNs } from './fan-out.js';
import { isIssued, isOfBank, issuedNodes, issueStage } from './issue.js';
import { nestTiming } from './nest-timing.js';
import { loadNs } from './net-delay.js';
import type { OperatorTiming } from './operator-timing.js';
import type { NestSchedule, Schedule, ScheduledNode } from './schedule.js';
import { type Placement, sinkRecurrences } from './sink.js';
import { stageBudgetNs, type TimingTarget } from './target.js';

/** Extra stages before an operation may start: 0 for the scheduler proper, random for the scheduler of odd but legal schedules. */
export type Reluctance = (process: string, nest: string, node: Node) => number;

/** A nest that is being scheduled. */
interface NestToSchedule {
  readonly nest: Nest;
  readonly target: TimingTarget;
  readonly timingOf: (node: Node) => OperatorTiming;
  readonly fanOut: FanOut;
  /** What dot products take beside their factors. */
  readonly addends: ReadonlyMap<Node, Node>;
}

/** Rounds of moving reads later before a nest counts as infeasible; a feasible one needs at most one a loop-carried path. */
const maxRounds = 64;

/** Schedules every nest of a network; with a `reluctance`, nothing sinks. Throws KernelError naming process, nest and what is short. */
export function scheduleNetwork(network: Network, target: TimingTarget, reluctance?: Reluctance): Schedule {
  const nests = network.processes.flatMap((process) =>
    process.nests.map((nest) =>
      scheduleNest(
        process.name,
        nest,
        target,
        reluctance && ((node) => reluctance(process.name, nest.label, node)),
      ),
    ),
  );
  return { network: network.name, target, nests };
}

function scheduleNest(
  process: string,
  nest: Nest,
  target: TimingTarget,
  extraStages?: (node: Node) => number,
): NestSchedule {
  const extra = new Map(nest.body.map((node) => [node, isIssued(node) ? 0 : (extraStages?.(node) ?? 0)]));
  const work: NestToSchedule = {
    nest,
    target,
    timingOf: nestTiming(nest, target),
    fanOut: new FanOut(nest, target),
    addends: earlyAddends(nest),
  };
  const settleWith = (earliest: ReadonlyMap<Node, number>) => settle(work, earliest, extra);
  const refuse = (text: string) => new KernelError(`process ${process}, nest ${nest.label}: ${text}`);
  const tooShort = () =>
    refuse(`interval ${nest.interval} is too short for a loop-carried path${advice(work)}`);
  // What steers comes first, and nothing that follows from the issue stage moves it.
  const steering = settleWith(new Map());
  if (!steering) throw tooShort();
  const issue = issueStage(nest, steering, target);
  const issued = issuedNodes(nest);
  const settleFrom = (earliest: ReadonlyMap<Node, number>) =>
    settleWith(
      new Map([
        ...issued.map((node): [Node, number] => [node, isOfBank(node, target) ? issue + 1 : issue]),
        ...earliest,
      ]),
    );
  const placed = settleFrom(new Map());
  if (!placed) throw tooShort();
  for (const node of nest.body)
    if (isIssued(node) && placed.get(node)!.stage !== issue)
      throw refuse(
        `${hintOf(node)} is moved in stage ${placed.get(node)!.stage}, and iterations are issued in stage ${issue}: leave the port to a process that only moves words`,
      );
  return summarize(process, work, issue, extraStages ? placed : sinkRecurrences(nest, placed, settleFrom));
}

/** As soon as operands, `given` stages and loop-carried paths allow; null where those do not fit the interval. */
function settle(
  work: NestToSchedule,
  given: ReadonlyMap<Node, number>,
  extra: ReadonlyMap<Node, number>,
): Placement | null {
  const earliest = new Map(given);
  for (let round = 0; round < maxRounds; round++) {
    const placed = place(work, earliest, extra);
    const moves = lateReads(work.nest, placed);
    if (moves.size === 0) return placed;
    for (const [node, stage] of moves) earliest.set(node, stage);
  }
  return null;
}

/** One pass in body order: operands come before their users. */
function place(
  { nest, target, timingOf, fanOut, addends }: NestToSchedule,
  earliest: ReadonlyMap<Node, number>,
  extra: ReadonlyMap<Node, number>,
): Map<Node, ScheduledNode> {
  const budget = stageBudgetNs(target);
  const placed = new Map<Node, ScheduledNode>();
  for (const node of nest.body) {
    let stage = earliest.get(node) ?? 0;
    const registered = target.clockToOutNs + operandLoadNs(node, fanOut);
    let startNs = registered;
    const addend = addends.get(node);
    for (const operand of addend ? [...operandsOf(node), addend] : operandsOf(node)) {
      const done = placed.get(operand);
      if (!done || operand.operation.kind === 'const') continue;
      const isSpread = fanOut.isSpread(node, operand);
      const ready = done.resultStage + (isSpread ? 1 : 0);
      if (ready > stage) {
        stage = ready;
        startNs = registered;
      }
      if (ready === stage && !isSpread)
        startNs = Math.max(startNs, done.resultNs + loadNs(fanOut.loadsOf(operand)));
    }
    const wait = extra.get(node) ?? 0;
    if (wait > 0) {
      stage += wait;
      startNs = registered;
    }
    const timing = timingOf(node);
    if (startNs + timing.inNs > budget && startNs > registered) {
      stage += 1;
      startNs = registered;
    }
    const resultStage = stage + timing.stages;
    const resultNs = timing.stages > 0 ? timing.outNs : startNs + timing.inNs;
    placed.set(node, { node: node.id, stage, startNs, resultStage, resultNs });
  }
  return placed;
}

/** Reads that must move to a later stage so that they see what earlier iterations wrote, and with which stage. */
function lateReads(nest: Nest, placed: ReadonlyMap<Node, ScheduledNode>): Map<Node, number> {
  const moves = new Map<Node, number>();
  const stageOf = (node: Node) => placed.get(node)!.stage;
  const raise = (node: Node, stage: number) => {
    if (stageOf(node) < stage) moves.set(node, stage);
  };
  for (const register of nest.registers) {
    const { reads, writes } = accesses(nest, register);
    const last = Math.max(0, ...writes.map(stageOf), ...reads.map(stageOf));
    // All reads in one stage, the write in the same one (or up to interval - 1 later): see verify.ts for why.
    for (const read of reads)
      raise(read, Math.max(last - (nest.interval - 1), Math.max(...reads.map(stageOf))));
    for (const write of writes) raise(write, Math.max(0, ...reads.map(stageOf)));
  }
  for (const [ram, distance] of nest.distances) {
    const { reads, writes } = ramAccesses(nest, ram);
    for (const read of reads)
      for (const write of writes) {
        raise(read, stageOf(write) + 1 - distance * nest.interval);
        raise(write, stageOf(read));
      }
  }
  return moves;
}

function accesses(nest: Nest, register: Register): { reads: Node[]; writes: Node[] } {
  const of = (kind: 'regRead' | 'regWrite') =>
    nest.body.filter(
      (n) => n.operation.kind === kind && 'register' in n.operation && n.operation.register === register,
    );
  return { reads: of('regRead'), writes: of('regWrite') };
}

function ramAccesses(nest: Nest, ram: Ram): { reads: Node[]; writes: Node[] } {
  const of = (kind: 'ramRead' | 'ramWrite') =>
    nest.body.filter((n) => n.operation.kind === kind && 'ram' in n.operation && n.operation.ram === ram);
  return { reads: of('ramRead'), writes: of('ramWrite') };
}

/** What would work: the interval or distance that the schedule without the loop-carried constraints needs. */
function advice(work: NestToSchedule): string {
  const { nest } = work;
  const placed = place(work, new Map(), new Map());
  const notes: string[] = [];
  for (const register of nest.registers) {
    const { reads, writes } = accesses(nest, register);
    const path = longestPath(work, reads, writes);
    if (path > nest.interval) notes.push(`register ${register.name} needs interval ${path}`);
  }
  for (const [ram, distance] of nest.distances) {
    const { reads, writes } = ramAccesses(nest, ram);
    const path = longestPath(work, reads, writes);
    if (path > distance * nest.interval)
      notes.push(`ram ${ram.name} needs distance ${path}, has ${distance}`);
  }
  return notes.length > 0 ? `: ${notes.join('; ')}` : ` (${placed.size} operations)`;
}

/** Stages from the first of `from` to the last of `to` that depends on it, plus one. */
function longestPath(
  { nest, target, timingOf }: NestToSchedule,
  from: readonly Node[],
  to: readonly Node[],
): number {
  const sources = new Set(from);
  const reached = new Map<Node, { stage: number; ns: number }>();
  const budget = stageBudgetNs(target);
  for (const node of nest.body) {
    const before = operandsOf(node).flatMap((operand) => reached.get(operand) ?? []);
    if (!sources.has(node) && before.length === 0) continue;
    let stage = Math.max(0, ...before.map((b) => b.stage));
    let ns = Math.max(target.clockToOutNs, ...before.filter((b) => b.stage === stage).map((b) => b.ns));
    const timing = timingOf(node);
    if (ns + timing.inNs > budget && ns > target.clockToOutNs) {
      stage += 1;
      ns = target.clockToOutNs;
    }
    reached.set(node, {
      stage: stage + timing.stages,
      ns: timing.stages > 0 ? timing.outNs : ns + timing.inNs,
    });
  }
  return 1 + Math.max(0, ...to.map((node) => reached.get(node)?.stage ?? 0));
}

function summarize(
  process: string,
  work: NestToSchedule,
  issueStage: number,
  placed: ReadonlyMap<Node, ScheduledNode>,
): NestSchedule {
  const { nest } = work;
  const writeStage: Record<string, number> = {};
  for (const node of nest.body) {
    const at = placed.get(node)!;
    const o = node.operation;
    if (o.kind === 'write') writeStage[o.channel.name] = at.stage;
    if (o.kind === 'portWrite') writeStage[o.port.name] = at.stage;
  }
  const last = [...placed.values()].reduce((most, n) => Math.max(most, n.stage, n.resultStage), 0);
  return {
    process,
    nest: nest.label,
    interval: nest.interval,
    depth: last + 1,
    nodes: nest.body.map((node) => placed.get(node)!),
    issueStage,
    writeStage,
    critical: criticalStage(work, placed),
  };
}

function criticalStage(
  { nest, timingOf }: NestToSchedule,
  placed: ReadonlyMap<Node, ScheduledNode>,
): NestSchedule['critical'] {
  let worst: { node: Node; at: ScheduledNode; endNs: number } | null = null;
  for (const node of nest.body) {
    const at = placed.get(node)!;
    const endNs = at.startNs + timingOf(node).inNs;
    if (!worst || endNs > worst.endNs) worst = { node, at, endNs };
  }
  if (!worst) return { stage: 0, ns: 0, path: [] };
  const path: string[] = [];
  let node: Node | undefined = worst.node;
  while (node) {
    const at: ScheduledNode = placed.get(node)!;
    if (timingOf(node).inNs > 0) path.unshift(node.name ?? node.operation.kind);
    node = operandsOf(node).find((operand): boolean => {
      const done = placed.get(operand);
      return (
        done !== undefined &&
        done.resultStage === at.stage &&
        done.resultNs === at.startNs &&
        done.stage === at.stage
      );
    });
  }
  return { stage: worst.at.stage, ns: worst.endNs, path };
}
