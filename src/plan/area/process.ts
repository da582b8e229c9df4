/**
 * Features of a process: the datapath of its nests, their control, the prologue, what asks for bursts, and memories. DSP blocks and block RAM
 * are exact and not among the features.
 */
import type { Loop, Nest, Node, Process } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { elementFor, totalBits } from '../../kernel/type.js';
import { isSettledConstant, zeroBits } from '../../kernel/zero-bits.js';
import { isMultiplier } from '../../schedule/dsp-fusion.js';
import { dspBlocks } from '../../schedule/operator-timing.js';
import { lastMove, type NestSchedule, nestSchedule, type Schedule } from '../../schedule/schedule.js';
import type { TimingTarget } from '../../schedule/target.js';
import { isBank, isWideMemory, slicesOf } from '../../schedule/wide.js';
import { indexBits } from '../../util/powers-of-two.js';
import { bitsOf, countBits, ones, operandDemand } from './demand.js';
import { FeatureCounts } from './features.js';
import { blockRam, lutramTables, rowTables } from './memory.js';
import { homeOf, type LongDemand, NestDemand } from './nest.js';
import { countNest } from './nest-features.js';
import { operatorFeatures, plainContext } from './operators.js';
import type { UnitStructure } from './structure.js';

/** There are never more walks than this: each brings a value once round a register or a memory, or one place along a row of registers. */
const MOST_WALKS = 256;

export function processStructure(process: Process, schedule: Schedule): UnitStructure {
  const counts = new FeatureCounts();
  const { target } = schedule;
  const inPrologue = new Set(process.prologue);
  const long: LongDemand = {
    rams: new Map(),
    registers: new Map(),
    settled: new Map(),
    chosen: chosenTargets(process),
  };
  const isSettled = (node: Node) =>
    node.operation.kind === 'arg' || (inPrologue.has(node) && node.shape.length === 0);
  const nests = process.nests.map((nest) => {
    const own = nestSchedule(schedule, process.name, nest.label);
    return { nest, own, demand: new NestDemand(nest, own, target, isSettled, long) };
  });
  for (let i = 0; i < MOST_WALKS; i++)
    if (nests.map(({ demand }) => demand.walk()).every((isNew) => !isNew)) break;
  let dsp = 0;
  for (const { nest, own, demand } of nests) {
    dsp += countNest(demand, target, counts);
    countControl(nest, own, counts);
    dsp += countRequests(nest, isSettled, long, target, counts);
    for (const { bound } of nest.loops) want(long, bound, ones(bitsOf(bound)));
  }
  for (const masks of long.registers.values())
    counts.add(
      'ffRegister',
      masks.reduce((sum, mask) => sum + countBits(mask), 0),
    );
  // Whether a nest runs.
  counts.add('ffControl', 1);
  countBounds(process, counts);
  dsp += countPrologue(process, long, target, counts);
  countAccesses(
    nests.map(({ demand }) => demand),
    target,
    counts,
  );
  countSharedCopies(
    nests.map(({ demand }) => demand),
    counts,
  );
  let bram36 = 0;
  for (const ram of process.rams) {
    const wanted = (long.rams.get(ram) ?? []).reduce((sum, mask) => sum + countBits(mask), 0);
    // The first register after block RAM is its own.
    counts.add('ffMemory', wanted * (ram.storage === 'bram' ? target.bramStages - 1 : target.lutramStages));
    const slices = isWideMemory(ram, target) ? slicesOf(wanted, target) : [wanted];
    // Registers before a wide memory: the word, and in each slice both addresses and the enable.
    if (isWideMemory(ram, target))
      counts.add('ffCopy', wanted + slices.length * (2 * indexBits(ram.depth) + 1));
    for (const bits of slices)
      if (ram.storage === 'bram') bram36 += blockRam(bits, ram.depth);
      else counts.add('lutram', lutramTables(bits, ram.depth));
    if (ram.storage === 'bram') counts.add('mux', wanted * rowTables(ram.depth));
  }
  for (const { registers } of process.nests)
    for (const register of registers.filter((one) => isBank(one, target)))
      counts.add(
        'ffRows',
        (register.init === null ? 1 : 2) * Math.ceil(totalBits(register.type) / target.mostLoads),
      );
  const tables = counts.take('srl') + counts.take('lutram');
  const { name, unit } = process;
  return { name, kind: 'process', unit, features: counts.toJSON(), exact: { tables, dsp, bram36 } };
}

/** What more than one place of the process writes. */
function chosenTargets(process: Process): Set<unknown> {
  const targets = process.nests
    .flatMap((nest) => nest.body)
    .flatMap(({ operation: o }) => (o.kind === 'write' ? [o.channel] : o.kind === 'ramWrite' ? [o.ram] : []));
  return new Set(targets.filter((target, i) => targets.indexOf(target) !== i));
}

function want(long: LongDemand, node: Node, mask: bigint): void {
  if (!isSettledConstant(node)) long.settled.set(node, (long.settled.get(node) ?? 0n) | mask);
}

const counterBits = ({ maxBound }: Loop) =>
  elementFor({ lo: 0n, hi: BigInt(Math.max(0, maxBound - 1)) }).bits;

function countControl(nest: Nest, own: NestSchedule, counts: FeatureCounts): void {
  const { depth, interval, issueStage } = own;
  for (const loop of nest.loops) countCounter(loop, counts);
  // Iterations to come; the last one's way; everyone's way.
  counts.add('ffControl', 1 + (depth - 1) + Math.max(issueStage, lastMove(nest, own)));
  if (interval > 1) counts.add('counter', Math.ceil(Math.log2(interval)));
  if (interval > 1) counts.add('ffControl', Math.ceil(Math.log2(interval)));
}

function countCounter(loop: Loop, counts: FeatureCounts): void {
  const bits = loop.maxBound > 1 ? counterBits(loop) : 0;
  counts.add('counter', bits);
  counts.add('ffControl', bits);
  if (!isSettledConstant(loop.bound)) counts.add('counterVaries', bits);
}

/** The registers that hold the last index of each loop, and whether the nest runs at all. */
function countBounds(process: Process, counts: FeatureCounts): void {
  const bounds = new Set(process.nests.flatMap((nest) => nest.loops.map(({ bound }) => bound)));
  for (const bound of bounds) {
    if (isSettledConstant(bound)) continue;
    const bits = elementFor({ lo: 0n, hi: bound.range.hi > 0n ? bound.range.hi - 1n : 0n }).bits;
    counts.add('ffSettled', bits);
    counts.add('inverters', bits);
  }
  for (const nest of process.nests) {
    const varying = nest.loops.filter(({ bound }) => bound.range.lo <= 0n && !isSettledConstant(bound));
    if (varying.length > 0) counts.add('ffSettled', 1);
    for (const { bound } of varying) counts.add('equal', bitsOf(bound));
  }
}

/** Operations of the prologue that something wants, each with a register after it. Returns DSP blocks. */
function countPrologue(
  process: Process,
  long: LongDemand,
  target: TimingTarget,
  counts: FeatureCounts,
): number {
  return countSettled([...process.prologue].reverse(), long.settled, target, counts);
}

/** Operations with a register each; users come before what they use. */
function countSettled(
  nodes: readonly Node[],
  wanted: Map<Node, bigint>,
  target: TimingTarget,
  counts: FeatureCounts,
): number {
  let dsp = 0;
  for (const node of nodes) {
    const mask = wanted.get(node) ?? 0n;
    const { kind } = node.operation;
    if (mask === 0n || isSettledConstant(node) || kind === 'const' || kind === 'arg') continue;
    operandsOf(node).forEach((operand, index) => {
      const [more = 0n] = operandDemand(node, operand, index, [mask]);
      wanted.set(operand, (wanted.get(operand) ?? 0n) | more);
    });
    if (kind === 'assume') continue;
    counts.addAll(operatorFeatures(node, [mask], target, plainContext));
    const o = node.operation;
    const blocks = o.kind === 'binary' && isMultiplier(node) ? dspBlocks(o.a, o.b) : 0;
    dsp += blocks;
    if (blocks === 0) counts.add('ffSettled', countBits(mask >> BigInt(Math.min(63, zeroBits(node)))));
  }
  return dsp;
}

/** The walker that asks for a nest's bursts. Returns DSP blocks. */
function countRequests(
  nest: Nest,
  isSettled: (node: Node) => boolean,
  long: LongDemand,
  target: TimingTarget,
  counts: FeatureCounts,
): number {
  if (!nest.burst) return 0;
  for (const loop of nest.loops.slice(0, -1)) countCounter(loop, counts);
  counts.add('ffControl', 1);
  const words = nest.loops.at(-1)!.bound;
  want(long, words, ones(Math.min(32, bitsOf(words))));
  const wanted = new Map<Node, bigint>([
    [nest.burst.address, ones(Math.min(32, bitsOf(nest.burst.address)))],
  ]);
  const own: Node[] = [];
  const collect = (node: Node) => {
    if (own.includes(node) || isSettled(node) || node.operation.kind === 'index') return;
    operandsOf(node).forEach(collect);
    own.push(node);
  };
  collect(nest.burst.address);
  const dsp = countSettled([...own].reverse(), wanted, target, counts);
  for (const [node, mask] of wanted) if (isSettled(node)) want(long, node, mask);
  counts.add('ffControl', own.length > 0 ? Math.min(own.length, 4) : 0);
  return dsp;
}

/** Registers that carry the same word in several nests are made once: those of the nest that has most of them. */
function countSharedCopies(demands: readonly NestDemand[], counts: FeatureCounts): void {
  const channels = new Set(demands.flatMap(({ copiesOfWords }) => [...copiesOfWords.keys()]));
  for (const channel of channels) {
    const copies = demands.map(({ copiesOfWords }) => copiesOfWords.get(channel) ?? 0);
    counts.add('ffCopy', Math.max(...copies) - copies.reduce((sum, one) => sum + one, 0));
  }
}

/** Handshakes, and words and addresses chosen between places of use. */
function countAccesses(demands: readonly NestDemand[], target: TimingTarget, counts: FeatureCounts): void {
  const places = new Set<object>();
  const words = new Map<unknown, { bits: number; values: Set<unknown> }>();
  const choose = (target: unknown, bits: number, value: unknown) => {
    const known = words.get(target) ?? { bits, values: new Set() };
    known.values.add(value);
    words.set(target, known);
  };
  for (const demand of demands) {
    // What two nests read of one memory is the same word, and so is what they take from a channel or a port as it comes, just as late.
    const source = (node: Node, user: Node) => {
      const home = homeOf(node, demand);
      if (home.operation.kind === 'ramRead') return home.operation.ram;
      const { operation } = home;
      const channel = operation.kind === 'portRead' ? operation.port : demand.wordOf(home);
      const stages = demand.stages.get(user)!.stage - demand.issueStage;
      return channel ? `${channel.name} after ${stages} stages` : home;
    };
    for (const node of demand.nest.body) {
      const { operation: o } = node;
      if (o.kind === 'read' || o.kind === 'write') places.add(o.channel);
      if (o.kind === 'portRead' || o.kind === 'portWrite') places.add(o.port);
      if (o.kind === 'write') choose(o.channel, totalBits(o.channel.type), source(o.value, node));
      if (o.kind === 'portWrite') choose(o.port, totalBits(o.port.type), source(o.value, node));
      if (o.kind === 'ramWrite') {
        // The slices of a wide memory take the word of the nest whose turn it is, the same one or not.
        choose(o.ram, totalBits(o.ram.type), isWideMemory(o.ram, target) ? o : source(o.value, node));
        choose(`write ${o.ram.name}`, indexBits(o.ram.depth), o);
      }
      if (o.kind === 'ramRead') choose(`read ${o.ram.name}`, indexBits(o.ram.depth), o);
    }
  }
  counts.add('accesses', places.size);
  for (const { bits, values } of words.values()) counts.add('joined', (values.size - 1) * bits);
}
