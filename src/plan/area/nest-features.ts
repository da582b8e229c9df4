/** Features of a nest's datapath: each operation, and the registers that carry values to later stages as the RTL emitter makes them. */
import type { Node } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { laneCount } from '../../kernel/type.js';
import { isSettledConstant, zeroBits } from '../../kernel/zero-bits.js';
import { isMultiplier } from '../../schedule/dsp-fusion.js';
import { stopsOf } from '../../schedule/issue.js';
import { dspBlocks } from '../../schedule/operator-timing.js';
import type { TimingTarget } from '../../schedule/target.js';
import { absorbedNodes } from './absorb.js';
import { bitsOf, countBits, type LaneBits, ones } from './demand.js';
import { dotFeatures } from './dot-features.js';
import type { FeatureCounts } from './features.js';
import { addDemand, homeOf, isZero, type NestDemand } from './nest.js';
import { type OperatorContext, operatorFeatures, repeatedBits } from './operators.js';

/** From so many registers in a row on, they are a shift register. */
const SHORTEST_SHIFT = 3;
/** Stages of one SRLC32E. */
const LONGEST_SHIFT = 32;

/** Counts operations and registers of a nest whose demand stands. Returns its DSP blocks. */
export function countNest(demand: NestDemand, target: TimingTarget, counts: FeatureCounts): number {
  let dsp = 0;
  const absorbed = absorbedNodes(demand);
  const inDots = new Set(demand.dots.values());
  for (const node of demand.nest.body) {
    if (!node.result || isSettledConstant(node) || demand.isWire(node)) continue;
    const union = demand.union(node);
    const isSeparate = !demand.biased.has(node) && !demand.preAdded.has(node) && !absorbed.has(node);
    const dot = demand.dots.get(node);
    if (dot) counts.addAll(dotFeatures(dot, union.filter((mask) => mask !== 0n).length));
    else if (isSeparate && !inDots.has(node))
      counts.addAll(operatorFeatures(node, union, target, contextOf(node, demand)));
    if (isMultiplier(node)) dsp += countProduct(node, union, demand, counts);
    if (![...demand.biased.values()].includes(node)) countCopies(node, demand, counts);
  }
  return dsp;
}

function contextOf(node: Node, demand: NestDemand): OperatorContext {
  const o = node.operation;
  const { stage, result } = demand.stages.get(node)!;
  const index = o.kind === 'lookup' ? homeOf(o.index, demand) : null;
  return {
    isHold: isHold(node, demand),
    isUnmasked: demand.fanOut.unmasked.has(node),
    isRegistered: [...(demand.wanted.get(node)?.keys() ?? [])].every((at) => at > result),
    isIndexChosen: index !== null && isChosenOnce(index, stage, demand),
  };
}

const isChoiceIn = (stage: number, node: Node, demand: NestDemand): boolean =>
  node.operation.kind === 'select' && demand.stages.get(node)?.stage === stage;

/** One multiplexer alone before it, in that stage. */
function isChosenOnce(index: Node, stage: number, demand: NestDemand): boolean {
  if (!isChoiceIn(stage, index, demand)) return false;
  return operandsOf(index).every((operand) => !isChoiceIn(stage, homeOf(operand, demand), demand));
}

/** A register that keeps its value or is cleared: its own enable and reset do that. */
function isHold(node: Node, demand: NestDemand): boolean {
  const o = node.operation;
  if (o.kind !== 'select') return false;
  return demand.readersOf(node).every(({ operation: u }) => {
    if (u.kind !== 'regWrite') return false;
    return [o.a, o.b].some((b) => {
      const { operation: own } = homeOf(b, demand);
      return isZero(b) || (own.kind === 'regRead' && own.register === u.register);
    });
  });
}

/** A multiplier: its DSP blocks, and the registers of an operand that several share. */
function countProduct(node: Node, union: LaneBits, demand: NestDemand, counts: FeatureCounts): number {
  const o = node.operation;
  if (o.kind !== 'binary') return 0;
  const blocks = dspBlocks(o.a, o.b);
  const lanes = union.filter((mask) => mask !== 0n).length;
  if (blocks === 0) return 0;
  if (blocks === 2) {
    const low = ones(lowPart(o.a, o.b));
    counts.add(
      'ffCopy',
      union.reduce((all, mask) => all + countBits(mask & low), 0),
    );
  }
  for (const operand of [o.a, o.b]) {
    if (demand.preAdded.has(operand)) countAddend(operand, demand, counts);
    const home = homeOf(operand, demand);
    const shared = laneCount(home.shape) < laneCount(node.shape) && !demand.isSettled(home);
    if (shared) counts.add('ffDspShared', laneCount(home.shape) * bitsOf(operand));
  }
  return blocks * lanes;
}

/** Bits of the product that two blocks in a cascade have a stage early, as `dsp_multiplier` cuts the wider operand: they wait in a register. */
function lowPart(a: Node, b: Node): number {
  const widths = [a, b].map((operand) => bitsOf(operand) + (operand.range.lo < 0n ? 0 : 1));
  return Math.min(...widths) <= 18 && Math.max(...widths) > 35 ? 24 : 17;
}

/** A register whose lanes go to one reader each, some as the second addend of a sum before a product: those are the blocks' own. */
function countAddend(sum: Node, demand: NestDemand, counts: FeatureCounts): void {
  const addend = operandsOf(sum)[1];
  const home = homeOf(addend, demand);
  const lanesRead = demand.readersOf(home).reduce((all, reader) => all + laneCount(reader.shape), 0);
  if (home.operation.kind !== 'regRead' || lanesRead > laneCount(home.shape)) return;
  const bits = laneCount(sum.shape) * bitsOf(addend);
  counts.add('ffRegister', -bits);
  counts.add('ffDsp', bits);
}

/** Registers that carry a value to later stages: flip-flops, or shift registers where the way is long. */
function countCopies(node: Node, demand: NestDemand, counts: FeatureCounts): void {
  const uses = demand.wanted.get(node);
  if (!uses) return;
  const home = demand.stages.get(demand.biased.get(node) ?? node)!.result;
  const wanted = [...uses.keys()].filter((stage) => stage > home).sort((a, b) => a - b);
  const stages = stopsOf(wanted, home, demand.issueStage);
  const low = Math.min(63, zeroBits(node));
  const repeated = repeatedBits(node);
  // What a memory gives stands in a register, with which a way through copies or into a DSP block may begin.
  const isMemory = node.operation.kind === 'ramRead';
  if (isMemory && isTakenByDsp(node, home, demand)) {
    const own = uses.get(home) ?? [];
    counts.add('ffMemory', -own.reduce((all, mask) => all + countBits(mask), 0));
  }
  countRows(node, wanted, demand, counts);
  const channel = demand.wordOf(node);
  let from = home;
  stages.forEach((stage, i) => {
    const left: bigint[] = [];
    for (const later of stages.slice(i)) addDemand(left, uses.get(later) ?? []);
    const bits = left.reduce((all, mask) => all + countBits((mask & ~repeated) >> BigInt(low)), 0);
    const gap = stage - from;
    const taken = i === stages.length - 1 && isTakenByDsp(node, stage, demand) ? 1 : 0;
    counts.add('ffDsp', taken * bits);
    const isFromMemory = i === 0 && isMemory && !uses.has(home);
    const length = gap - taken + (isFromMemory ? 1 : 0);
    if (length >= SHORTEST_SHIFT) {
      counts.add('srl', bits * Math.ceil(length / LONGEST_SHIFT));
      if (isFromMemory) counts.add('ffMemory', -bits);
    } else {
      const copies = bits * (gap - taken);
      counts.add('ffCopy', copies);
      if (channel) demand.copiesOfWords.set(channel, copies + (demand.copiesOfWords.get(channel) ?? 0));
    }
    from = stage;
  });
}

/** Of a scalar that one register cannot drive: the others, in each stage that lanes read it in. */
function countRows(node: Node, stages: readonly number[], demand: NestDemand, counts: FeatureCounts): void {
  if (!demand.fanOut.isBroad(node)) return;
  const isSpread = (stage: number) =>
    demand
      .readersOf(node)
      .some((user) => demand.stages.get(user)!.stage === stage && laneCount(user.shape) > 1);
  counts.add('ffRows', stages.filter(isSpread).length * (demand.fanOut.copiesOf(node) - 1) * bitsOf(node));
}

/** Whether only multipliers in DSP blocks read a value in a stage, each lane one: its register is the block's second. */
function isTakenByDsp(node: Node, stage: number, demand: NestDemand): boolean {
  const readers = demand.readersOf(node).filter((user) => demand.stages.get(user)!.stage === stage);
  const takers = readers.filter((reader) => canTake(reader, node, demand));
  const lanes = takers.reduce((sum, reader) => sum + laneCount(reader.shape), 0);
  return readers.length > 0 && takers.length === readers.length && lanes <= laneCount(node.shape);
}

/** An unsigned operand gets one more zero bit on top, which keeps its register outside. */
function canTake(reader: Node, node: Node, demand: NestDemand): boolean {
  const o = reader.operation;
  if (o.kind !== 'binary' || !isMultiplier(reader) || dspBlocks(o.a, o.b) !== 1) return false;
  return [o.a, o.b].some((operand) => operand.range.lo < 0n && homesOf(operand, demand).includes(node));
}

function homesOf(node: Node, demand: NestDemand): Node[] {
  return demand.isWire(node) ? operandsOf(node).flatMap((operand) => homesOf(operand, demand)) : [node];
}
