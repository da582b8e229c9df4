/**
 * Writes a straight-line body: blocks of scalar lines and loops over lanes, each item in the words of C++. A lane loop has no label: it is
 * unrolled, and no report names it. A value that only its own loop needs is a scalar inside it.
 */
import type { Node } from '../../kernel/ir.js';
import type { ElementType } from '../../kernel/type.js';
import { elementFor } from '../../kernel/type.js';
import type { Lines } from '../network/lines.js';
import type { FunctionContext, Variable } from './context.js';
import type { Expression } from './expression.js';
import { number } from './expression.js';
import type { Block, Dependences } from './fuse.js';
import { dependencesOf, fused } from './fuse.js';
import { guarded } from './guard.js';
import type { Item } from './items.js';
import { itemsOf } from './items.js';
import type { Index } from './lane-index.js';
import { placeOf, plus, sum, times } from './lane-index.js';
import { inRegisters } from './registers.js';
import { Spelling } from './spell.js';
import { Statements } from './statement.js';
import { chooseStorage } from './storage.js';
import { dimensions, elementName, formatNote, wordName } from './type.js';

export class BodyWriter {
  private readonly items: readonly Item[];
  private readonly dependences: Dependences;
  private readonly spell: Spelling;
  private readonly statements: Statements;

  constructor(
    private readonly context: FunctionContext,
    body: readonly Node[],
    private readonly lines: Lines,
    loopIndex: (loop: number) => Expression,
    /** Word of a burst: the address in the port's array. */
    portAddress: string = '',
  ) {
    this.items = guarded(itemsOf(body, context.holding), context.holding);
    this.dependences = dependencesOf(this.items);
    this.spell = new Spelling(context, loopIndex);
    this.statements = new Statements(context, lines, this.spell, portAddress);
  }

  write(): void {
    const blocks = fused(this.items, this.dependences);
    chooseStorage(this.items, blocks, this.dependences, this.context);
    for (let from = 0, to = 0; from < blocks.length; from = to) {
      const { guard } = blocks[from];
      while (to < blocks.length && blocks[to].guard === guard && (guard || to === from)) to++;
      const run = blocks.slice(from, to);
      // Outside the condition, because a later block under the same one may need them too.
      for (const block of run) for (const item of block.items) this.declare(item, 0);
      if (guard) this.lines.open(`if (${this.scalar(guard).text}) {`);
      for (const block of run) this.block(block, 0);
      if (guard) this.lines.close('}');
    }
  }

  /** The text of a scalar value where the body stands. */
  scalar(node: Node): Expression {
    return this.spell.scalar(node);
  }

  // ---- blocks

  private block(block: Block, depth: number): void {
    if (block.lanes === null) {
      for (const item of block.items) this.item(item);
      return;
    }
    if (block.alone) {
      this.weave(block.items[0]);
      return;
    }
    if (depth > 0) for (const item of block.items) this.declare(item, depth);
    const rows = depth === 0 && block.items.some((item) => item.loop.length > 1);
    const index = depth === 1 ? 'col' : rows ? 'row' : 'lane';
    // A single lane needs no loop.
    const single = block.lanes === 1;
    if (!single) this.openLoop(index, block.lanes);
    this.spell.axis[depth] = single ? 0 : placeOf(index);
    if (rows) {
      for (const inside of fused(block.items, this.dependences, 1)) this.block(inside, 1);
    } else for (const item of block.items) this.item(item);
    this.spell.axis.length = depth;
    if (!single) this.lines.close('}');
    for (const item of block.items) this.conclude(item, depth);
  }

  private openLoop(index: string, lanes: number): void {
    this.lines.open(`for (int ${index} = 0; ${index} < ${lanes}; ++${index}) {`);
    this.lines.atMargin('#pragma HLS UNROLL');
  }

  /** Variables that must exist before the loop that fills them. */
  private declare(item: Item, depth: number): void {
    const { node, role } = item;
    if (role === 'copy') {
      const o = node.operation as Extract<Node['operation'], { kind: 'write' }>;
      if (depth === 0) this.lines.add(`${wordName(o.channel.type)} ${this.statements.copyName(item)};`);
      return;
    }
    const variable = this.context.variables.get(node);
    if (!variable || item.into) return;
    if (role === 'pack') {
      if (depth === 0) this.lines.add(`ap_uint<${this.statements.packedBits(node)}> ${variable.name} = 0;`);
      return;
    }
    if (role === 'reduce') {
      if (item.loop.length === 2 && depth === 0) this.declareArray(node, variable);
      else this.declareSum(item, variable);
    } else if ((role === 'value' || role === 'place') && depth === 0) this.declareArray(node, variable);
  }

  private declareArray(node: Node, variable: Variable): void {
    if (this.declared.has(node)) return;
    const { name, element: own } = variable;
    const note = formatNote(own);
    if (variable.storage === 'struct') {
      this.lines.noted(`${wordName({ element: own, shape: node.shape })} ${name};`, note);
    } else if (variable.storage === 'array') {
      this.lines.noted(`${elementName(own)} ${name}${dimensions(node.shape)};`, note);
      for (const pragma of inRegisters(name, node)) this.lines.atMargin(pragma);
    } else return;
    this.declared.add(node);
  }
  private readonly declared = new Set<Node>();

  private declareSum(item: Item, variable: Variable): void {
    const o = item.node.operation as Extract<Node['operation'], { kind: 'reduce' }>;
    const start = o.op === 'add' ? 0n : o.op === 'min' ? o.a.range.hi : o.a.range.lo;
    const type = this.sumType(item);
    this.statements.note(item.node);
    const note = formatNote(variable.element);
    this.lines.noted(`${elementName(type)} ${this.sumName(item)} = ${number(start).text};`, note);
  }
  /** Sums are kept in a machine word while they run, for the sake of simulation, and cut to their exact width after. */
  private sumType(item: Item): ElementType {
    const o = item.node.operation as Extract<Node['operation'], { kind: 'reduce' }>;
    if (o.op !== 'add') return elementFor(o.a.range);
    const { lo, hi } = item.node.range;
    const exact = elementFor({ lo: lo > 0n ? 0n : lo, hi: hi < 0n ? 0n : hi });
    return { ...exact, bits: exact.bits <= 32 ? 32 : 64 };
  }
  /** Where the running sum differs from the value's own variable, its name. */
  private sumName(item: Item): string {
    const { name, storage, element: own } = this.context.variables.get(item.node)!;
    if (storage === 'scalar' && own.bits === this.sumType(item).bits) return name;
    return `${name}_sum`;
  }

  /** A sum goes into its place when its loop is done. */
  private conclude(item: Item, depth: number): void {
    if (item.role !== 'reduce' || depth !== item.loop.length - 1) return;
    const variable = this.context.variables.get(item.node)!;
    const sum = this.sumName(item);
    if (sum === variable.name) return;
    const cut = `${elementName(variable.element)}(${sum})`;
    if (variable.storage === 'scalar')
      this.lines.add(`const ${elementName(variable.element)} ${variable.name} = ${cut};`);
    else this.lines.add(`${this.spell.lane(variable, [this.spell.axis[0]])} = ${cut};`);
  }

  /** Runs of lanes from a few vectors in turn: its own two loops. */
  private weave(item: Item): void {
    const part = item.part!;
    if (part.kind !== 'weave') return;
    const { turns, count, sources } = part.weave;
    const variable = this.context.variables.get(item.node)!;
    this.statements.note(item.node);
    this.declareArray(item.node, variable);
    this.openLoop('part', turns);
    if (count > 1) this.openLoop('lane', count);
    sources.forEach((source, j) => {
      const lane: Index = count === 1 ? 0 : placeOf('lane');
      const at = (step: number, start: number) => plus(sum(times(placeOf('part'), step), lane), start);
      const target = at(sources.length * count, j * count);
      const from = at(source.step, source.start);
      const value = this.spell.at(source.node, [from]);
      this.lines.add(
        `${this.spell.lane(variable, [target])} = ${this.spell.stored(value, variable.element)};`,
      );
    });
    if (count > 1) this.lines.close('}');
    this.lines.close('}');
  }

  // ---- items

  private item(item: Item): void {
    const { node, role } = item;
    switch (role) {
      case 'value':
        this.statements.value(item);
        return;
      case 'reduce':
        this.accumulate(item);
        return;
      case 'place': {
        const part = item.part!;
        if (part.kind !== 'run') return;
        const variable = this.context.variables.get(node)!;
        this.declareArray(node, variable);
        const at = this.spell.here(item.loop.length);
        const index = part.asRow ? [part.offset, ...at] : [plus(at[0], part.offset), ...at.slice(1)];
        const value = this.spell.at(part.node, at);
        this.lines.add(
          `${this.spell.lane(variable, index)} = ${this.spell.stored(value, variable.element)};`,
        );
        return;
      }
      case 'pack':
        this.statements.pack(item);
        return;
      case 'copy':
        this.statements.copy(item);
        return;
      case 'effect':
        this.statements.effect(node, item);
        return;
    }
  }

  private accumulate(item: Item): void {
    const o = item.node.operation as Extract<Node['operation'], { kind: 'reduce' }>;
    const value = this.spell.at(o.a, this.spell.here(item.loop.length));
    const name = this.sumName(item);
    if (o.op === 'add') this.lines.add(`${name} += ${value.text};`);
    else {
      const pick = o.op === 'min' ? 'smaller' : 'larger';
      this.lines.add(`${name} = ${pick}<${elementName(this.sumType(item))}>(${name}, ${value.text});`);
    }
  }
}
