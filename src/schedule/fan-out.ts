/**
 * How many input pins the values of a nest drive. A scalar that steers a wide word (a multiplexer's select, an enable) may drive thousands:
 * then it goes through a row of equal registers, each of which drives a share, and what it steers stands a stage later.
 */
import type { Nest, Node } from '../kernel/ir.js';
import { operandsOf } from '../kernel/operands.js';
import { isOf } from '../kernel/operations.js';
import { unmaskedReads } from '../kernel/relevance.js';
import { elementFor, laneCount, totalBits } from '../kernel/type.js';
import { loadNs } from './net-delay.js';
import { dspBlocks } from './operator-timing.js';
import { isBank, type LoadLimits } from './wide.js';

const bitsOf = (node: Node) => elementFor(node.range).bits;

export class FanOut {
  private readonly users = new Map<Node, Node[]>();
  private readonly body: ReadonlySet<Node>;
  private readonly known = new Map<Node, number>();
  /** Words that are as they come where they were not read (kernel/relevance.ts). */
  readonly unmasked: ReadonlySet<Node>;

  constructor(
    nest: Nest,
    private readonly limits: LoadLimits,
  ) {
    this.unmasked = unmaskedReads(nest);
    this.body = new Set(nest.body);
    for (const node of nest.body)
      for (const operand of new Set(operandsOf(node)))
        this.users.set(operand, [...(this.users.get(operand) ?? []), node]);
  }

  /** Input pins that one bit of a value drives, through views too; no more than one register's share. Of lanes, only the operation itself. */
  loadsOf(node: Node): number {
    return node.shape.length > 0 ? 1 : Math.min(this.limits.mostLoads, this.allLoadsOf(node));
  }

  private allLoadsOf(node: Node): number {
    const known = this.known.get(node);
    if (known !== undefined) return known;
    const loads = (this.users.get(node) ?? []).reduce((sum, user) => sum + this.pins(user, node), 0);
    this.known.set(node, loads);
    return loads;
  }

  /** Whether one register cannot drive all that a value steers. What holds still during a call has time. */
  isBroad(node: Node): boolean {
    if (node.shape.length > 0 || node.range.lo === node.range.hi || !this.body.has(node)) return false;
    return (
      !isOf(node.operation, 'constant') &&
      node.operation.kind !== 'arg' &&
      this.allLoadsOf(node) > this.limits.mostLoads
    );
  }

  /** Whether `user` takes a value from a row of registers, each of its lanes from one of them. */
  isSpread(user: Node, operand: Node): boolean {
    const o = user.operation;
    // A word is taken in the issue stage and a lane is picked by one value: neither has lanes that could share.
    if (o.kind === 'read' || o.kind === 'pick' || !this.isBroad(operand)) return false;
    if (o.kind === 'regWrite') return o.when === operand && isBank(o.register, this.limits);
    return laneCount(user.shape) > 1;
  }

  /**
   * Whether the lanes of a condition steer so much together that no two of them may become one register, although they are equal: rows of one head,
   * say, that share a word with rows of another.
   */
  isSteering(node: Node): boolean {
    return node.shape.length > 0 && bitsOf(node) === 1 && this.steeredBits(node) > this.limits.mostLoads;
  }

  /** Bits that the lanes of a condition choose or shift, through views too. */
  private steeredBits(node: Node): number {
    return (this.users.get(node) ?? []).reduce((sum, user) => {
      const o = user.operation;
      if (o.kind === 'perRow' || o.kind === 'perCol' || o.kind === 'reshape')
        return sum + this.steeredBits(user);
      const isSteered = (o.kind === 'select' && o.c === node) || (o.kind === 'shift' && o.by === node);
      return sum + (isSteered ? laneCount(user.shape) * bitsOf(user) : 0);
    }, 0);
  }

  /** Registers in the row for `node`; 1 where one is enough. */
  copiesOf(node: Node): number {
    return Math.ceil(this.allLoadsOf(node) / this.limits.mostLoads);
  }

  /** Pins of `user` that a bit of `operand` drives, itself or through views. */
  private pins(user: Node, operand: Node): number {
    const o = user.operation;
    const lanes = laneCount(user.shape);
    switch (o.kind) {
      case 'splat':
        return this.allLoadsOf(user);
      case 'wrap':
      case 'assume':
      case 'slice':
      case 'reshape':
        return operand.shape.length === 0 ? this.allLoadsOf(user) : lanes;
      case 'select':
        return o.c === operand ? lanes * bitsOf(user) : lanes;
      case 'shift':
        return o.by === operand ? lanes * bitsOf(user) : lanes;
      case 'binary':
        if (o.op !== 'mul' || o.a.range.lo === o.a.range.hi || o.b.range.lo === o.b.range.hi) return lanes;
        return lanes * (dspBlocks(o.a, o.b) || bitsOf(o.a === operand ? o.b : o.a));
      case 'pick':
        return o.index === operand ? (laneCount(o.a.shape) * bitsOf(user)) / 2 : lanes;
      case 'regWrite':
        return o.when === operand && isBank(o.register, this.limits) ? totalBits(o.register.type) : lanes;
      case 'read':
        return this.unmasked.has(user) ? 1 : totalBits(o.channel.type);
      case 'ramRead':
      case 'ramWrite':
        return 1;
      default:
        return lanes;
    }
  }
}

/** What the wires from a node's operands take more than a wire to one pin, where all operands stand in registers. */
export function operandLoadNs(node: Node, fanOut: FanOut): number {
  return Math.max(0, ...operandsOf(node).map((operand) => loadNs(fanOut.loadsOf(operand))));
}
