/**
 * Checks a schedule against the network it claims to be for, sharing no code with the schedulers: operands before users, every stage within
 * the clock period, registers and RAMs read in time, memory and channel ports used once a cycle. Returns what is wrong, one line each.
 *
 * Registers: iteration i reads in stage r at cycle i * II + r; iteration i-1 writes at the end of cycle (i-1) * II + w. The read sees it
 * iff w < r + II, and does not see its own iteration's write iff r <= w. All reads of a register share a stage.
 * RAMs at declared distance d: the write of iteration i-d ends in cycle (i-d) * II + w, before the read in i * II + r iff w + 1 <= r + d * II.
 */
import type { Nest, Network, Node } from '../kernel/ir.js';
import { operandsOf } from '../kernel/operands.js';
import { earlyAddends } from './dsp-fusion.js';
import { FanOut, operandLoadNs } from './fan-out.js';
import { isOfBank, issueNs } from './issue.js';
import { nestTiming } from './nest-timing.js';
import { loadNs } from './net-delay.js';
import type { NestSchedule, Schedule, ScheduledNode } from './schedule.js';

const slackNs = 1e-9;

/** Violations found; empty for a legal schedule. */
export function verifySchedule(network: Network, schedule: Schedule): string[] {
  const problems: string[] = [];
  for (const process of network.processes) {
    for (const nest of process.nests) {
      const own = schedule.nests.filter((s) => s.process === process.name && s.nest === nest.label);
      if (own.length !== 1) {
        problems.push(`${process.name}.${nest.label}: ${own.length} schedules, expected 1`);
        continue;
      }
      problems.push(...verifyNest(nest, own[0], schedule).map((p) => `${process.name}.${nest.label}: ${p}`));
    }
  }
  return problems;
}

function verifyNest(nest: Nest, own: NestSchedule, schedule: Schedule): string[] {
  const problems: string[] = [];
  const at = new Map<number, ScheduledNode>(own.nodes.map((n) => [n.node, n]));
  const say = (node: Node, text: string) =>
    problems.push(`operation ${node.name ?? node.id} (${node.operation.kind}): ${text}`);
  const { clockNs, marginFraction } = schedule.target;
  const budget = clockNs - clockNs * marginFraction;
  const timingOf = nestTiming(nest, schedule.target);
  const fanOut = new FanOut(nest, schedule.target);
  const moved = issueNs(nest, schedule.target);
  const addends = earlyAddends(nest);
  for (const node of nest.body) {
    const mine = at.get(node.id);
    if (!mine) {
      say(node, 'not scheduled');
      continue;
    }
    const timing = timingOf(node);
    for (const operand of [...operandsOf(node), ...(addends.has(node) ? [addends.get(node)!] : [])]) {
      const from = at.get(operand.id);
      if (!from || operand.operation.kind === 'const') continue;
      const ready = from.resultStage + (fanOut.isSpread(node, operand) ? 1 : 0);
      const arrives = from.resultNs + loadNs(fanOut.loadsOf(operand));
      if (ready > mine.stage) say(node, `in stage ${mine.stage}, an operand comes in stage ${ready}`);
      else if (from.resultStage === mine.stage && arrives > mine.startNs + slackNs)
        say(node, `starts at ${mine.startNs} ns, an operand comes at ${arrives} ns`);
    }
    const o = node.operation;
    if ((o.kind === 'read' || o.kind === 'write') && o.when) {
      const gate = at.get(o.when.id);
      if (gate && gate.resultStage > own.issueStage)
        say(
          node,
          `its condition comes in stage ${gate.resultStage}, after the issue stage ${own.issueStage}`,
        );
      const known = gate?.resultStage === own.issueStage ? gate.resultNs : 0;
      if (known + moved > budget + slackNs)
        say(node, `its condition leaves ${(budget - known).toFixed(2)} ns for what an issue moves`);
    }
    const atIssue = o.kind === 'read' || o.kind === 'portRead' || o.kind === 'portWrite';
    if (atIssue && mine.stage !== own.issueStage)
      say(node, `in stage ${mine.stage}, expected in the issue stage ${own.issueStage}`);
    if (isOfBank(node, schedule.target) && mine.stage <= own.issueStage)
      say(node, `a wide register in stage ${mine.stage}, expected after the issue stage ${own.issueStage}`);
    const isEarly = mine.stage < own.issueStage && !['const', 'index', 'arg'].includes(o.kind);
    const isControl = o.kind === 'regWrite' ? o.value.control : node.control;
    if (isEarly && !isControl)
      say(node, `data in stage ${mine.stage}, before the issue stage ${own.issueStage}`);
    if (isEarly && mine.resultStage > own.issueStage)
      say(node, `begins before the issue stage ${own.issueStage} and ends after it`);
    const end = mine.startNs + timing.inNs;
    const alone = mine.startNs <= schedule.target.clockToOutNs + operandLoadNs(node, fanOut) + slackNs;
    if (end > budget + slackNs && !(alone && end <= clockNs))
      say(node, `ends at ${end.toFixed(2)} ns of ${budget.toFixed(2)} ns`);
    if (mine.resultStage !== mine.stage + timing.stages)
      say(node, `takes ${mine.resultStage - mine.stage} stages, expected ${timing.stages}`);
    if (mine.resultStage >= own.depth)
      say(node, `result in stage ${mine.resultStage} of a pipeline ${own.depth} deep`);
  }
  problems.push(...registerProblems(nest, own, at), ...ramProblems(nest, own, at));
  return problems;
}

function registerProblems(nest: Nest, own: NestSchedule, at: ReadonlyMap<number, ScheduledNode>): string[] {
  const problems: string[] = [];
  for (const register of nest.registers) {
    const stages = (kind: string) =>
      nest.body
        .filter(
          (n) => n.operation.kind === kind && (n.operation as { register?: unknown }).register === register,
        )
        .map((n) => at.get(n.id)!.stage);
    const reads = stages('regRead');
    const writes = stages('regWrite');
    if (new Set(reads).size > 1)
      problems.push(`register ${register.name}: read in stages ${reads.join(', ')}, expected one`);
    for (const r of reads)
      for (const w of writes)
        if (w < r || w >= r + own.interval)
          problems.push(
            `register ${register.name}: read in stage ${r}, written in stage ${w}, interval ${own.interval}`,
          );
  }
  return problems;
}

function ramProblems(nest: Nest, own: NestSchedule, at: ReadonlyMap<number, ScheduledNode>): string[] {
  const problems: string[] = [];
  for (const read of nest.body) {
    if (read.operation.kind !== 'ramRead') continue;
    for (const write of nest.body) {
      if (write.operation.kind !== 'ramWrite' || write.operation.ram !== read.operation.ram) continue;
      const ram = read.operation.ram;
      const r = at.get(read.id)!.stage;
      const w = at.get(write.id)!.stage;
      const distance = nest.distances.get(ram);
      if (distance === undefined) continue;
      if (w < r) problems.push(`ram ${ram.name}: written in stage ${w}, before the read in stage ${r}`);
      if (w + 1 > r + distance * own.interval)
        problems.push(
          `ram ${ram.name}: needs distance ${Math.ceil((w + 1 - r) / own.interval)}, has ${distance}`,
        );
    }
  }
  return problems;
}
