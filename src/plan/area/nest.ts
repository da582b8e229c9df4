/**
 * What a nest wants of each of its values, and in which stages: its operations walked backwards from what it writes. What only rearranges bits
 * is looked through.
 */
import type { Channel, Nest, Node, Ram, Register } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { isView, isWiring } from '../../kernel/operations.js';
import { laneCount } from '../../kernel/type.js';
import { isSettledConstant } from '../../kernel/zero-bits.js';
import { dotProducts } from '../../schedule/dot-products.js';
import { biasedSums, earlyAddends, fusedFactors } from '../../schedule/dsp-fusion.js';
import { FanOut } from '../../schedule/fan-out.js';
import { type Held, heldValues } from '../../schedule/held.js';
import type { NestSchedule } from '../../schedule/schedule.js';
import type { TimingTarget } from '../../schedule/target.js';
import { bitsOf, type LaneBits, ones, operandDemand, powerOf } from './demand.js';

/** Bits that are wanted of what lives longer than an iteration, by process: grows until it stands. */
export interface LongDemand {
  readonly rams: Map<Ram, bigint[]>;
  readonly registers: Map<Register, bigint[]>;
  /** Of prologue values and scalars. */
  readonly settled: Map<Node, bigint>;
  /** Channels, ports and memories that are written in more than one place: each has a multiplexer before it. */
  readonly chosen: ReadonlySet<unknown>;
}

/** Adds to a demand; true where that was new. */
export function addDemand(into: bigint[], more: LaneBits): boolean {
  let isNew = false;
  more.forEach((mask, lane) => {
    const sum = (into[lane] ?? 0n) | mask;
    if (sum !== (into[lane] ?? 0n)) isNew = true;
    into[lane] = sum;
  });
  return isNew;
}

export class NestDemand {
  /** Wanted bits of each node, by stage. */
  readonly wanted = new Map<Node, Map<number, bigint[]>>();
  readonly users = new Map<Node, Node[]>();
  readonly stages = new Map<Node, { stage: number; result: number }>();
  /** Sums that a product's DSP block makes, to the product. */
  readonly biased: ReadonlyMap<Node, Node>;
  /** Dot products, to their products. */
  readonly dots: ReadonlyMap<Node, Node>;
  /** Sums that a product's DSP block makes before its multiplier. */
  readonly preAdded: ReadonlySet<Node>;
  /** What dot products take with their factors. */
  private readonly addends: ReadonlyMap<Node, Node>;
  readonly issueStage: number;
  readonly fanOut: FanOut;
  /** Bits of flip-flops that carry the words of a channel as they come: several nests have them once. */
  readonly copiesOfWords = new Map<Channel, number>();
  /** Values that later stages take from a register. */
  private readonly held: ReadonlyMap<Node, Held>;
  /** Wires whose bits a stage has taken, whatever later stage wants them: from there on they have copies. */
  private readonly taken = new Map<Node, number>();

  constructor(
    readonly nest: Nest,
    schedule: NestSchedule,
    target: TimingTarget,
    readonly isSettled: (node: Node) => boolean,
    readonly long: LongDemand,
  ) {
    nest.body.forEach((node, i) => {
      const { stage, resultStage } = schedule.nodes[i];
      this.stages.set(node, { stage, result: resultStage });
      for (const operand of operandsOf(node))
        this.users.set(operand, [...(this.users.get(operand) ?? []), node]);
    });
    this.biased = biasedSums(nest);
    this.dots = dotProducts(nest);
    this.addends = earlyAddends(nest);
    this.preAdded = new Set(fusedFactors(nest, (node) => this.stages.get(node)!.stage).values());
    this.held = heldValues(nest);
    this.issueStage = schedule.issueStage;
    this.fanOut = new FanOut(nest, target);
  }

  /** One walk backwards. True where more is wanted of memories, registers or settled values than before. */
  walk(): boolean {
    let isNew = false;
    this.wanted.clear();
    this.taken.clear();
    for (const node of [...this.nest.body].reverse()) isNew = this.visit(node) || isNew;
    return isNew;
  }

  private visit(node: Node): boolean {
    const o = node.operation;
    const { stage } = this.stages.get(node)!;
    const union = this.union(node);
    switch (o.kind) {
      case 'write':
      case 'portWrite': {
        const { element } = o.kind === 'write' ? o.channel.type : o.port.type;
        this.want(
          o.value,
          stage,
          new Array<bigint>(laneCount(o.value.shape)).fill(valueBits(o.value, element.bits)),
        );
        break;
      }
      case 'ramWrite': {
        const wanted = this.long.rams.get(o.ram) ?? [];
        this.want(o.value, stage, fitLanes(o.value, wanted));
        this.want(o.address, stage, [ones(bitsOf(o.address))]);
        break;
      }
      case 'regWrite':
        this.want(o.value, stage, fitLanes(o.value, this.long.registers.get(o.register) ?? []));
        break;
      case 'ramRead': {
        const known = this.long.rams.get(o.ram) ?? [];
        this.long.rams.set(o.ram, known);
        if (union.some((mask) => mask !== 0n)) this.want(o.address, stage, [ones(bitsOf(o.address))]);
        return addDemand(known, union);
      }
      case 'regRead': {
        const known = this.long.registers.get(o.register) ?? [];
        this.long.registers.set(o.register, known);
        return addDemand(known, union);
      }
      default:
        this.visitOperands(node, union);
    }
    const when = 'when' in o ? o.when : null;
    // A word that comes late has its place from the issue on.
    if (when && o.kind === 'write') this.want(when, this.issueStage, [1n]);
    if (when) this.want(when, stage, [1n]);
    return false;
  }

  private visitOperands(node: Node, union: bigint[]): void {
    if (node.operation.kind === 'read' || node.operation.kind === 'portRead') return;
    const { stage } = this.stages.get(node)!;
    const taken = Math.min(
      this.taken.get(node) ?? Number.POSITIVE_INFINITY,
      isView(node) ? Number.POSITIVE_INFINITY : stage,
    );
    const dot = this.biased.get(node);
    operandsOf(node).forEach((operand, index) => {
      if (dot && this.addends.get(dot) === operand)
        this.want(operand, this.stages.get(dot)!.stage, operandDemand(node, operand, index, union));
      else if (this.isWire(node))
        for (const [at, mask] of this.wanted.get(node) ?? [])
          this.want(operand, at, operandDemand(node, operand, index, mask), taken);
      else this.want(operand, stage, operandDemand(node, operand, index, union));
    });
  }

  /** The channel whose word a value is, as it comes; null for other values. */
  wordOf(node: Node): Channel | null {
    const o = node.operation;
    return o.kind === 'read' && (!o.when || this.fanOut.unmasked.has(node)) ? o.channel : null;
  }

  /** Without hardware of its own: its registers are those of its operands, which synthesis makes once. */
  isWire(node: Node): boolean {
    const o = node.operation;
    if (isWiring(node)) return true;
    if (powerOf(node) > 0) return true;
    if (o.kind === 'shift') return isSettledConstant(o.by) && (o.op !== 'roundShift' || o.by.range.lo === 0n);
    return false;
  }

  /** `taken`: the latest stage that takes the value itself, where later ones want copies of wires that follow from it. */
  private want(node: Node, stage: number, mask: LaneBits, taken = stage): void {
    if (isSettledConstant(node) || node.operation.kind === 'const') return;
    if (this.isSettled(node)) {
      this.long.settled.set(node, (this.long.settled.get(node) ?? 0n) | (mask[0] ?? 0n));
      return;
    }
    const held = this.held.get(node);
    if (held && Math.min(stage, taken) > this.stages.get(held.write)!.stage) {
      this.want(held.read, this.stages.get(held.read)!.stage, mask);
      return;
    }
    if (taken < stage && this.isWire(node))
      this.taken.set(node, Math.min(taken, this.taken.get(node) ?? taken));
    const stages = this.wanted.get(node) ?? new Map<number, bigint[]>();
    this.wanted.set(node, stages);
    const into = stages.get(stage) ?? [];
    stages.set(stage, into);
    addDemand(into, mask);
  }

  union(node: Node): bigint[] {
    const all = new Array<bigint>(laneCount(node.shape)).fill(0n);
    for (const mask of this.wanted.get(node)?.values() ?? []) addDemand(all, mask);
    return all;
  }

  /** Whether a write is one of several to the same place. */
  isChosen({ operation: o }: Node): boolean {
    if (o.kind === 'write') return this.long.chosen.has(o.channel);
    return o.kind === 'ramWrite' && this.long.chosen.has(o.ram);
  }

  /** Who reads a value, through wires; not those that take the register which holds it. */
  readersOf(node: Node): Node[] {
    const held = this.held.get(node);
    return this.readersUpTo(held ? this.stages.get(held.write)!.stage : Number.POSITIVE_INFINITY, node);
  }

  private readersUpTo(last: number, node: Node): Node[] {
    return (this.users.get(node) ?? []).flatMap((user) => {
      if (isView(user)) return this.readersUpTo(last, user);
      if (this.stages.get(user)!.stage > last) return [];
      return this.isWire(user) ? this.readersUpTo(Number.POSITIVE_INFINITY, user) : [user];
    });
  }
}

export const isZero = (node: Node): boolean => isSettledConstant(node) && node.range.lo === 0n;

/** The node whose bits these are. */
export function homeOf(node: Node, demand: NestDemand): Node {
  const o = node.operation;
  if (!demand.isWire(node) || !('a' in o)) return node;
  return homeOf(o.kind === 'binary' && isSettledConstant(o.a) ? o.b : o.a, demand);
}

function valueBits(value: Node, bits: number): bigint {
  return ones(Math.min(bits, bitsOf(value)));
}

function fitLanes(value: Node, wanted: LaneBits): bigint[] {
  const bits = bitsOf(value);
  return Array.from({ length: laneCount(value.shape) }, (_, lane) => {
    const mask = wanted[lane] ?? 0n;
    const low = mask & ones(bits);
    return mask >> BigInt(bits) !== 0n && value.range.lo < 0n ? low | (1n << BigInt(bits - 1)) : low;
  });
}
