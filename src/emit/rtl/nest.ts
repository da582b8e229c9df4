/**
 * The datapath of a nest, stage by stage as the schedule says: a wire an operation (a generate loop over lanes for vectors), registers
 * for what later stages need, instances for multipliers, trees and memories. All registers move with the process's one enable. What
 * the nest asks of channels, memories and ports is left in the context.
 */
import type { Nest, Node } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { isLaneWise, isMove, isOf } from '../../kernel/operations.js';
import { laneCount } from '../../kernel/type.js';
import { biasedSums, fusedFactors, isMultiplier } from '../../schedule/dsp-fusion.js';
import { heldValues } from '../../schedule/held.js';
import type { NestSchedule } from '../../schedule/schedule.js';
import { wantedName } from '../cpp/names.js';
import { writeRamRead, writeRamWrite, writeRead, writeWrite } from './accesses.js';
import { lowBitsRead } from './bits-read.js';
import type { ProcessContext } from './context.js';
import { writeCopies } from './copies.js';
import { expressionOf } from './expression.js';
import { addMultiplier, leadingZeros, multiplier } from './instance.js';
import { eachLane, LANE } from './lane.js';
import { Lines } from './lines.js';
import type { NestControl } from './nest-control.js';
import { type Register, writeRegisters, writeUpdates } from './registers.js';
import type { Scope } from './scope.js';
import { elementOf, literal, rangeText, resize } from './term.js';
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
  // What a pass reads the next one writes, until nothing more is left out.
  let known: Reads | null = null;
  for (let count = Number.POSITIVE_INFINITY; ; ) {
    const trial: NestWriter = new NestWriter(nest, schedule, control, context.fork(), new Lines(), known);
    trial.write();
    known = trial.values.reads;
    if (known.size === count) break;
    count = known.size;
  }
  new NestWriter(nest, schedule, control, context, lines, known).write();
}

class NestWriter implements Scope {
  readonly values: Values;
  private readonly stages = new Map<Node, { stage: number; result: number }>();
  private readonly users = new Map<Node, Node[]>();
  /** Sums of a product and a constant, which the multiplier's own adder makes. */
  private readonly biased: ReadonlyMap<Node, Node>;
  /** From products to the factor that is a sum, which the multiplier's block makes too. */
  private readonly preAdded: ReadonlyMap<Node, Node>;
  private readonly inside: ReadonlySet<Node>;
  private readonly registers = new Map<string, Register>();

  constructor(
    private readonly nest: Nest,
    schedule: NestSchedule,
    readonly control: NestControl,
    readonly context: ProcessContext,
    readonly lines: Lines,
    known: Reads | null,
  ) {
    this.values = new Values(context.names, context.still, known);
    nest.body.forEach((node, i) => {
      const { stage, resultStage } = schedule.nodes[i];
      this.stages.set(node, { stage, result: resultStage });
      for (const operand of operandsOf(node))
        this.users.set(operand, [...(this.users.get(operand) ?? []), node]);
    });
    this.biased = biasedSums(nest);
    this.preAdded = fusedFactors(nest, (node) => this.stage(node));
    this.inside = new Set([...this.biased.keys(), ...this.preAdded.values()]);
    for (const [value, { write, read }] of heldValues(nest)) this.values.hold(value, read, this.stage(write));
  }

  write(): void {
    const { nest, lines, control } = this;
    nest.loops.forEach((_, loop) => {
      for (const node of nest.body)
        if (node.operation.kind === 'index' && node.operation.loop === loop) {
          this.values.place(node, { kind: 'scalar', name: control.indices[loop], block: '', stage: 0 });
        }
    });
    this.placeTables();
    writeRegisters(nest, this.registers, this.values, this.context.names, (n) => this.stage(n), lines);
    const order = nest.body
      .map((node, i) => ({ node, i, stage: this.stage(node) }))
      .sort((a, b) => a.stage - b.stage || a.i - b.i);
    let stage = -1;
    let group: Node[] = [];
    const flush = () => {
      if (group.length > 0) this.writeGroup(group);
      group = [];
    };
    this.writeCopies(this.indexNodes());
    for (const { node, stage: own } of order) {
      if (this.isSilent(node) || !this.isNeeded(node)) continue;
      if (own !== stage) {
        flush();
        stage = own;
        this.announce(
          stage,
          order.filter((o) => o.stage === stage && this.isNeeded(o.node)).map((o) => o.node),
        );
      }
      if (this.joins(node, group)) group.push(node);
      else {
        flush();
        if (this.isLooped(node)) group.push(node);
        else this.writeSingle(node);
      }
    }
    flush();
    writeUpdates(this.registers, this.values, control, lines);
  }

  stage(node: Node): number {
    return this.stages.get(node)!.stage;
  }
  result(node: Node): number {
    const mul = this.biased.get(node);
    return this.stages.get(mul ?? node)!.result;
  }
  private indexNodes(): Node[] {
    return this.nest.body.filter((node) => node.operation.kind === 'index');
  }

  private biasOf(product: Node): Node | undefined {
    return [...this.biased].find(([, mul]) => mul === product)?.[0];
  }

  /** Without text of its own. */
  private isSilent(node: Node): boolean {
    const o = node.operation;
    if (isOf(o, 'view', 'constant', 'given') || o.kind === 'regRead' || this.inside.has(node)) return true;
    if (o.kind === 'assume') return node.name === null;
    const source = o.kind === 'bitcast' ? castSource(o) : null;
    return source !== null && this.values.wordOf(source) !== null;
  }

  /** Reads or writes something outside, or is read itself. */
  private isNeeded(node: Node): boolean {
    return isMove(node) || this.values.isRead(this.biasOf(node) ?? node);
  }

  /** Stands in a loop over lanes. */
  private isLooped(node: Node): boolean {
    return node.shape.length > 0 && isLaneWise(node);
  }

  /** Whether a node can stand in the loop of the group: as many lanes, and of the group's values only those of its own lane. */
  private joins(node: Node, group: readonly Node[]): boolean {
    const first = group[0];
    if (!first || !this.isLooped(node) || laneCount(node.shape) !== laneCount(first.shape)) return false;
    const members = new Set(group);
    const crosses = (n: Node, straight: boolean): boolean => {
      if (members.has(n)) return !straight;
      const { kind } = n.operation;
      const isInside = this.inside.has(n);
      const isPassed =
        isOf(n.operation, 'view', 'constant', 'given') || kind === 'assume' || kind === 'bitcast';
      if (!isPassed && !isInside) return false;
      const same = straight && (kind === 'reshape' || kind === 'assume' || isInside);
      return operandsOf(n).some((operand) => crosses(operand, same));
    };
    return !operandsOf(node).some((operand) => crosses(operand, true));
  }

  private announce(stage: number, nodes: readonly Node[]): void {
    const names = nodes.map((n) => n.name).filter((n): n is string => n !== null);
    const list = [...new Set(names)].slice(0, 8).join(', ');
    this.lines.add('');
    this.lines.comment(`Stage ${stage}${list ? `: ${list}${names.length > 8 ? ', ...' : ''}` : ''}`);
  }

  private placeTables(): void {
    for (const node of this.nest.body) {
      const o = node.operation;
      if (o.kind !== 'const' || o.values.every((value) => value === o.values[0])) continue;
      if (!this.values.isRead(node)) continue;
      const name = this.context.names.claim(node.name ?? 'lane_constants');
      const { bits, signed } = elementOf(node);
      const list = [...o.values]
        .reverse()
        .map((value) => literal(value, bits, signed))
        .join(', ');
      this.lines.add(`localparam logic [${bits * o.values.length - 1}:0] ${name} = {${list}};`);
      this.values.place(node, { kind: 'word', name, block: '', stage: 0 });
    }
  }

  claim(node: Node): string {
    return this.context.names.claim(wantedName(node, this.users.get(node) ?? [], undefined));
  }

  /** Lane-wise operations in one loop over the lanes. */
  private writeGroup(group: readonly Node[]): void {
    const { lines, values } = this;
    const named = group.findLast((node) => node.name !== null) ?? group.at(-1)!;
    const block = this.context.names.claim(`${wantedName(named, [], undefined)}_lanes`);
    lines.open(
      `for (genvar ${LANE} = 0; ${LANE} < ${laneCount(group[0].shape)}; ++${LANE}) begin : ${block}`,
    );
    values.enter(block);
    for (const node of group) this.writeOperation(node, block);
    this.writeCopies(group.map((node) => this.biasOf(node) ?? node));
    values.enter('');
    lines.close();
  }

  private writeSingle(node: Node): void {
    const o = node.operation;
    switch (o.kind) {
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
      case 'regWrite': {
        const wants = this.wants(node, o.when);
        this.registers.get(o.register.name)?.writes.push({ wants, node: o.value, stage: this.stage(node) });
        // The value must be carried to this stage; the update itself is written at the end.
        if (this.registers.has(o.register.name))
          this.values.ref(o.value, this.stage(node), eachLane(laneCount(o.value.shape)));
        break;
      }
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
        if (node.shape.length > 0) throw new RangeError(`operation ${o.kind} on a vector`);
        this.writeOperation(node, '');
        this.writeCopies([this.biasOf(node) ?? node]);
    }
  }

  /** One wire, or one instance, for a scalar or (inside a loop) a lane. */
  private writeOperation(node: Node, block: string): void {
    const { lines, values, context } = this;
    const stage = this.stage(node);
    const lane = block ? eachLane(laneCount(node.shape)) : 0;
    const refs = (nodes: readonly Node[], reader: Node | null = null) =>
      nodes.map((operand, i) => values.ref(operand, stage, lane, reader && lowBitsRead(reader, i)));
    const factor = this.preAdded.get(node);
    if (factor?.note) lines.comment(factor.note);
    const terms = factor ? [] : refs(operandsOf(node), node);
    if (node.note) lines.comment(node.note);
    const kind = block ? ('lanes' as const) : ('scalar' as const);
    if (isMultiplier(node)) {
      const sum = this.biasOf(node);
      const target = sum ?? node;
      const name = this.claim(target);
      const element = elementOf(target);
      const so = sum?.operation;
      const bias = so?.kind === 'binary' ? (so.a === node ? so.b : so.a).range.lo : 0n;
      lines.noted(`wire ${rangeText(element)}${name};`, sum ? `${node.name ?? 'product'} + ${bias}` : '');
      const result = { name, bits: element.bits, bias };
      if (factor) {
        const [other] = refs(operandsOf(node).filter((operand) => operand !== factor));
        const sumBits = elementOf(factor).bits + (elementOf(factor).signed ? 0 : 1);
        lines.add(...addMultiplier(refs(operandsOf(factor)) as never, other, sumBits, result));
      } else lines.add(...multiplier(node, terms as never, result, context.target, 'en'));
      values.place(target, { kind, name, block, stage: this.result(target) });
      return;
    }
    const name = this.claim(node);
    const element = elementOf(node);
    const o = node.operation;
    if (o.kind === 'leadingZeros') {
      lines.add(`wire ${rangeText(element)}${name};`, ...leadingZeros(node, name, terms[0]));
    } else {
      const text =
        o.kind === 'lookup'
          ? this.lookup(node)
          : expressionOf(node, terms, (suffix, bits, signed, own, registered = false) => {
              const helper = context.names.claim(`${name}_${suffix}`);
              const type = rangeText({ bits, signed });
              if (registered)
                lines.add(`logic ${type}${helper};`, `always_ff @(posedge clk) if (en) ${helper} <= ${own};`);
              else lines.add(`wire ${type}${helper} = ${own};`);
              return { text: helper, bits, signed, plain: true };
            });
      lines.add(`wire ${rangeText(element)}${name} = ${text};`);
    }
    values.place(node, { kind, name, block, stage: this.result(node) });
  }

  private lookup(node: Node): string {
    const o = node.operation;
    if (o.kind !== 'lookup') throw new RangeError('not a lookup');
    const index = this.values.ref(
      o.index,
      this.stage(node),
      node.shape.length > 0 ? eachLane(laneCount(node.shape)) : 0,
    );
    const addressBits = Math.max(1, Math.ceil(Math.log2(o.rom.values.length)));
    const call = `${this.context.romFunction(o.rom.name)}(${resize(index, addressBits)})`;
    const { bits } = elementOf(node);
    return bits === o.rom.element.bits ? call : `${bits}'(${call})`;
  }

  wants(node: Node, when: Node | null): string {
    const stage = this.stage(node);
    const at = this.control.at(stage);
    return when ? `${at} & ${this.values.ref(when, stage).text}` : at;
  }

  private writeCopies(nodes: readonly Node[]): void {
    writeCopies(nodes, this.values, this.context.names, this.lines);
  }
}
