/**
 * The datapath of a nest, stage by stage as the schedule says: a wire an operation (a generate loop over lanes for vectors), registers
 * for what later stages need, instances for multipliers, trees and memories. After the issue stage registers take what comes in every cycle;
 * only what is written to memories, channels and registers of the nest asks whether an iteration stands there. What the nest asks
 * of channels, memories and ports is left in the context.
 */
import type { Nest, Node } from '../../kernel/ir.js';
import { isMove, isOf } from '../../kernel/operations.js';
import { laneCount } from '../../kernel/type.js';
import { FanOut } from '../../schedule/fan-out.js';
import { heldValues } from '../../schedule/held.js';
import type { NestSchedule } from '../../schedule/schedule.js';
import { isBank } from '../../schedule/wide.js';
import { Lines } from '../network/lines.js';
import { writeRamRead, writeRamWrite, writeRead, writeWrite } from './accesses.js';
import type { ProcessContext } from './context.js';
import { writeCopies } from './copies.js';
import { Fusions } from './fusions.js';
import { LANE, lanesIn } from './lane.js';
import { placeLaneConstants } from './lane-constants.js';
import { isLooped, joins } from './lane-group.js';
import type { NestControl } from './nest-control.js';
import { writeOperation } from './operation.js';
import { type Register, writeRegisters, writeUpdates } from './registers.js';
import type { Scope } from './scope.js';
import { castSource, type Reads, Values } from './values.js';
import { writePick, writeReduce, writeWord } from './words.js';

/** Writes the datapath of `nest`. Throws RangeError for a schedule that does not fit. */
export function writeDatapath(
  nest: Nest,
  schedule: NestSchedule,
  control: NestControl,
  context: ProcessContext,
  lines: Lines,
): void {
  const fanOut = new FanOut(nest, context.target);
  // What a pass reads the next one writes, until nothing more is left out.
  let known: Reads | null = null;
  for (let count = Number.POSITIVE_INFINITY; ; ) {
    const trial: Datapath = new Datapath(
      nest,
      schedule,
      control,
      context.fork(),
      fanOut,
      new Lines(1),
      known,
    );
    trial.write();
    known = trial.values.reads;
    const found = known.bits.size + known.rows.size;
    if (found === count) break;
    count = found;
  }
  new Datapath(nest, schedule, control, context, fanOut, lines, known).write();
}

class Datapath implements Scope {
  readonly values: Values;
  readonly fusions: Fusions;
  readonly unmasked: ReadonlySet<Node>;
  private readonly stages = new Map<Node, { stage: number; result: number }>();
  private readonly registers = new Map<string, Register>();

  constructor(
    private readonly nest: Nest,
    schedule: NestSchedule,
    readonly control: NestControl,
    readonly context: ProcessContext,
    fanOut: FanOut,
    readonly lines: Lines,
    known: Reads | null,
  ) {
    this.values = new Values(context.names, context.still, fanOut, known);
    this.unmasked = fanOut.unmasked;
    nest.body.forEach((node, i) => {
      const { stage, resultStage } = schedule.nodes[i];
      this.stages.set(node, { stage, result: resultStage });
    });
    this.fusions = new Fusions(nest, (node) => this.stage(node));
    for (const [value, { write, read }] of heldValues(nest)) this.values.hold(value, read, this.stage(write));
  }

  write(): void {
    const { nest, lines, control } = this;
    this.placeIndices();
    placeLaneConstants(this, nest);
    writeRegisters(this, nest, this.registers);
    this.writeCopies(nest.body.filter((node) => node.operation.kind === 'index'));
    const needed = nest.body.filter((node) => this.isNeeded(node));
    const stages = new Set(needed.map((node) => this.stage(node)));
    for (const stage of [...stages].sort((a, b) => a - b))
      this.writeStage(
        stage,
        needed.filter((node) => this.stage(node) === stage),
      );
    writeUpdates(this.registers, this.values, control, this.context, lines);
  }

  stage(node: Node): number {
    return this.stages.get(node)!.stage;
  }
  result(node: Node): number {
    return this.stages.get(this.fusions.producer(node))!.result;
  }
  claim(node: Node): string {
    return this.claimName(this.context.nameOf(node));
  }
  claimName(wanted: string): string {
    return this.context.names.claim(wanted, `${this.control.prefix}${wanted}`);
  }
  wants(stage: number, when: Node | null): string {
    return this.both(this.control.at(stage), stage, when);
  }
  leaves(stage: number, when: Node | null): string {
    return this.both(this.control.leaves(stage), stage, when);
  }
  private both(condition: string, stage: number, when: Node | null): string {
    return when ? `${condition} & ${this.values.ref(when, stage).text}` : condition;
  }

  private placeIndices(): void {
    for (const node of this.nest.body) {
      const o = node.operation;
      if (o.kind === 'index')
        this.values.place(node, { kind: 'scalar', name: this.control.indices[o.loop], block: '', stage: 0 });
    }
  }

  /** The operations of a stage in program order; those on lanes that follow each other share a loop. */
  private writeStage(stage: number, nodes: readonly Node[]): void {
    const own = nodes.filter((node) => !this.isSilent(node));
    if (own.length === 0) return;
    this.announce(stage, nodes);
    let group: Node[] = [];
    const flush = () => {
      if (group.length > 0) this.writeGroup(group);
      group = [];
    };
    for (const node of own) {
      if (!joins(node, group, this.fusions)) flush();
      if (isLooped(node)) group.push(node);
      else this.writeSingle(node);
    }
    flush();
  }

  private announce(stage: number, nodes: readonly Node[]): void {
    const names = nodes.map((n) => n.name).filter((n): n is string => n !== null);
    const list = [...new Set(names)].slice(0, 8).join(', ');
    this.lines.add('');
    this.lines.comment(`Stage ${stage}${list ? `: ${list}${names.length > 8 ? ', ...' : ''}` : ''}`);
  }

  /** Without text of its own. */
  private isSilent(node: Node): boolean {
    const o = node.operation;
    if (isOf(o, 'view', 'constant', 'given') || o.kind === 'regRead' || this.fusions.isInside(node))
      return true;
    if (o.kind === 'assume') return node.name === null;
    const source = o.kind === 'bitcast' ? castSource(o) : null;
    return source !== null && this.values.wordOf(source) !== null;
  }

  /** Reads or writes something outside, or is read itself. */
  private isNeeded(node: Node): boolean {
    return isMove(node) || this.values.isRead(this.fusions.whole(node));
  }

  /** Lane-wise operations in one loop over the lanes. */
  private writeGroup(group: readonly Node[]): void {
    const { lines, values } = this;
    const named = group.findLast((node) => node.name !== null) ?? group[group.length - 1];
    const block = this.claimName(`${this.context.nameOf(named)}_lanes`);
    lines.open(
      `for (genvar ${LANE} = 0; ${LANE} < ${laneCount(group[0].shape)}; ++${LANE}) begin : ${block}`,
    );
    values.enter(block);
    for (const node of group) writeOperation(this, node, block);
    this.writeCopies(group.map((node) => this.fusions.whole(node)));
    values.enter('');
    lines.close('end');
  }

  private writeSingle(node: Node): void {
    switch (node.operation.kind) {
      case 'read':
      case 'portRead':
        writeRead(this, node);
        break;
      case 'ramRead':
        writeRamRead(this, node);
        break;
      case 'write':
      case 'portWrite':
        writeWrite(this, node);
        break;
      case 'ramWrite':
        writeRamWrite(this, node);
        break;
      case 'regWrite':
        this.noteUpdate(node);
        break;
      case 'reduce':
        writeReduce(this, node);
        break;
      case 'gather':
      case 'bitcast':
        writeWord(this, node);
        break;
      case 'pick':
        writePick(this, node);
        break;
      default:
        if (node.shape.length > 0) throw new RangeError(`operation ${node.operation.kind} on a vector`);
        writeOperation(this, node, '');
        this.writeCopies([this.fusions.whole(node)]);
    }
  }

  /** The update itself is written at the end; its value must be carried to its stage. */
  private noteUpdate(node: Node): void {
    const o = node.operation;
    if (o.kind !== 'regWrite') return;
    const stage = this.stage(node);
    const register = this.registers.get(o.register.name);
    // The enable of a bank is a row of registers, made of what the stage before has.
    const ahead = isBank(o.register, this.context.target) ? 1 : 0;
    register?.writes.push({ wants: this.leaves(stage - ahead, o.when), node: o.value, stage });
    if (register) this.values.ref(o.value, stage, lanesIn(o.value));
  }

  private writeCopies(nodes: readonly Node[]): void {
    writeCopies(this, nodes);
  }
}
