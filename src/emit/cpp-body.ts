/**
 * Writes a straight-line body: blocks of scalar lines and loops over lanes, each item in the words of C++. Lane loops are
 * `Unroll_Lane`, or `Unroll_Row` around `Unroll_Col`; a value that only its own loop needs is a scalar inside it.
 */
import type { Node, Process } from '../kernel/ir.js';
import type { DataType, ElementType } from '../kernel/type.js';
import { elementFor, totalBits } from '../kernel/type.js';
import type { Speller } from './cpp-element.js';
import { element, field, unpacked } from './cpp-element.js';
import type { Expression } from './cpp-expression.js';
import { ap, bool, cast, int, number } from './cpp-expression.js';
import type { Block, Dependences } from './cpp-fuse.js';
import { dependencesOf, fused } from './cpp-fuse.js';
import { guarded } from './cpp-guard.js';
import type { Holding } from './cpp-hold.js';
import type { Index } from './cpp-index.js';
import { linear, plus } from './cpp-index.js';
import type { Item } from './cpp-items.js';
import { itemsOf, packedIn } from './cpp-items.js';
import type { Lines } from './cpp-lines.js';
import { dimensions, elementName, formatNote, wordName } from './cpp-type.js';

/** How a multiplication is built: `#pragma HLS BIND_OP`. */
export interface Binding {
  readonly implementation: 'dsp' | 'fabric';
  /** Pipeline registers inside the operator, in cycles; the tool chooses where absent. */
  readonly latency?: number;
}

/** What the bodies of one function share. */
export interface FunctionContext {
  readonly process: Process;
  readonly holding: Holding;
  readonly variables: Map<Node, Variable>;
  readonly binding: (node: Node) => Binding | null;
  /** A loop label that is free in this function. */
  label(wanted: string): string;
  /** Name for a counter of a flat loop: its index, or with a number where another flat loop of the function has that one. */
  counter(index: string): string;
  /** Name for a held value or a table, claimed once. */
  nameOf(node: Node): string;
}

/** A variable in the emitted code. `scalar` also stands for a lane's temporary inside its loop. */
export interface Variable {
  readonly name: string;
  readonly storage: 'scalar' | 'struct' | 'array' | 'bits';
  readonly element: ElementType;
  readonly kind: Expression['kind'];
}

export class BodyWriter {
  private readonly items: readonly Item[];
  private readonly dependences: Dependences;
  private readonly axis: Index[] = [];

  constructor(
    private readonly context: FunctionContext,
    body: readonly Node[],
    private readonly lines: Lines,
    private readonly loopIndex: (loop: number) => Expression,
    /** Word of a burst: the address in the port's array. */
    private readonly portAddress: string = '',
  ) {
    this.items = guarded(itemsOf(body, context.holding), context.holding);
    this.dependences = dependencesOf(this.items);
  }

  write(): void {
    const blocks = fused(this.items, this.dependences);
    this.chooseStorage(blocks);
    let guard: Node | null = null;
    for (const block of blocks) {
      if (block.guard !== guard && guard) this.lines.close();
      for (const item of block.items) this.declare(item, 0);
      if (block.guard && block.guard !== guard) this.lines.open(`if (${this.scalar(block.guard).text})`);
      guard = block.guard;
      this.block(block, 0);
    }
    if (guard) this.lines.close();
  }

  /** The text of a scalar value where the body stands. */
  scalar(node: Node): Expression {
    return element(node, [], this.speller());
  }

  // ---- where values live

  private chooseStorage(blocks: readonly Block[]): void {
    const scopes = new Map<Item, { block: Block; inside: Block | null }>();
    for (const block of blocks) {
      const inner = block.lanes === null || block.alone ? [] : fused(block.items, this.dependences, 1);
      for (const item of block.items)
        scopes.set(item, { block, inside: inner.find((one) => one.items.includes(item)) ?? null });
    }
    for (const maker of this.items) {
      if (maker.role === 'effect' && !maker.node.result) continue;
      if (maker.role === 'copy') continue;
      const { node } = maker;
      const word = this.context.holding.words.get(node);
      const rank = node.shape.length;
      const name = maker.into ? '' : this.context.nameOf(node);
      const narrow = elementFor(node.range, node.fracBits);
      let variable: Variable = { name, storage: 'scalar', element: narrow, kind: 'ap' };
      const o = node.operation;
      if (maker.role === 'pack' || o.kind === 'portRead') variable = { ...variable, storage: 'bits' };
      else if (maker.into)
        variable = { name: maker.into.name, storage: 'array', element: maker.into.type.element, kind: 'ap' };
      else if (o.kind === 'read')
        variable = { ...variable, storage: rank ? 'struct' : 'scalar', element: o.channel.type.element };
      else if (word) variable = { ...variable, storage: 'struct', element: word.element };
      else if (rank > 0 && (maker.role === 'place' || this.seenOutside(maker, scopes)))
        variable = { ...variable, storage: 'array' };
      this.context.variables.set(node, variable);
    }
  }

  /** True where some item reads a lane of it that is not the one being computed, or from another loop. */
  private seenOutside(maker: Item, scopes: Map<Item, { block: Block; inside: Block | null }>): boolean {
    const own = scopes.get(maker)!;
    const rank = maker.node.shape.length;
    return this.items.some((item) => {
      const there = scopes.get(item)!;
      return item.accesses.some(({ node, match }) => {
        if (node !== maker.node || item === maker) return false;
        if (match < rank || there.block !== own.block) return true;
        return rank === 2 && there.inside !== own.inside;
      });
    });
  }

  // ---- blocks

  private block(block: Block, depth: number): void {
    if (block.lanes === null) {
      for (const item of block.items) this.item(item);
      return;
    }
    if (block.alone) {
      this.weave(block.items[0]!);
      return;
    }
    if (depth > 0) for (const item of block.items) this.declare(item, depth);
    const rows = depth === 0 && block.items.some((item) => item.loop.length > 1);
    const index = depth === 1 ? 'col' : rows ? 'row' : 'lane';
    this.openLoop(index, block.lanes);
    this.axis[depth] = index;
    if (rows) {
      for (const inside of fused(block.items, this.dependences, 1)) this.block(inside, 1);
    } else for (const item of block.items) this.item(item);
    this.axis.length = depth;
    this.lines.close();
    for (const item of block.items) this.conclude(item, depth);
  }

  private openLoop(index: string, lanes: number): void {
    this.lines.add(`${this.context.label(`Unroll_${index[0]!.toUpperCase()}${index.slice(1)}`)}:`);
    this.lines.open(`for (int ${index} = 0; ${index} < ${lanes}; ++${index})`);
    this.lines.pragma('UNROLL');
  }

  /** Variables that must exist before the loop that fills them. */
  private declare(item: Item, depth: number): void {
    const { node, role } = item;
    if (role === 'copy') {
      const o = node.operation as Extract<Node['operation'], { kind: 'write' }>;
      if (depth === 0) this.lines.add(`${wordName(o.channel.type)} ${this.copyName(item)};`);
      return;
    }
    const variable = this.context.variables.get(node);
    if (!variable || item.into) return;
    if (role === 'pack') {
      if (depth === 0) this.lines.add(`ap_uint<${this.packedBits(node)}> ${variable.name} = 0;`);
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
      this.lines.pragma(`ARRAY_PARTITION variable=${name} complete dim=0`);
    } else return;
    this.declared.add(node);
  }
  private readonly declared = new Set<Node>();

  private declareSum(item: Item, variable: Variable): void {
    const o = item.node.operation as Extract<Node['operation'], { kind: 'reduce' }>;
    const start = o.op === 'add' ? 0n : o.op === 'min' ? o.a.range.hi : o.a.range.lo;
    const type = this.sumType(item);
    this.note(item.node);
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
    if (variable.storage === 'scalar')
      this.lines.add(`const ${elementName(variable.element)} ${variable.name} = ${sum};`);
    else this.lines.add(`${this.lane(variable, [this.axis[0]!])} = ${sum};`);
  }

  /** Runs of lanes from a few vectors in turn: its own two loops. */
  private weave(item: Item): void {
    const part = item.part!;
    if (part.kind !== 'weave') return;
    const { turns, count, sources } = part.weave;
    const variable = this.context.variables.get(item.node)!;
    this.note(item.node);
    this.declareArray(item.node, variable);
    this.openLoop('part', turns);
    if (count > 1) this.openLoop('lane', count);
    sources.forEach((source, j) => {
      const scaled = (factor: number): Index =>
        factor === 1 ? 'part' : factor === 0 ? 0 : `part * ${factor}`;
      const join = (base: Index): Index => (count === 1 ? base : base === 0 ? 'lane' : `${base} + lane`);
      const target = plus(join(scaled(sources.length * count)), j * count);
      const from = plus(join(scaled(source.step)), source.start);
      const value = element(source.node, [from], this.speller());
      this.lines.add(`${this.lane(variable, [target])} = ${this.stored(value, variable.element)};`);
    });
    if (count > 1) this.lines.close();
    this.lines.close();
  }

  // ---- items

  private item(item: Item): void {
    const { node, role } = item;
    switch (role) {
      case 'value':
        this.value(item);
        return;
      case 'reduce':
        this.accumulate(item);
        return;
      case 'place': {
        const part = item.part!;
        if (part.kind !== 'run') return;
        const variable = this.context.variables.get(node)!;
        this.declareArray(node, variable);
        const at = this.here(item.loop.length);
        const index = part.asRow ? [part.offset, ...at] : [plus(at[0]!, part.offset), ...at.slice(1)];
        const value = element(part.node, at, this.speller());
        this.lines.add(`${this.lane(variable, index)} = ${this.stored(value, variable.element)};`);
        return;
      }
      case 'pack':
        this.pack(item);
        return;
      case 'copy': {
        const o = node.operation as Extract<Node['operation'], { kind: 'write' }>;
        const at = this.here(item.loop.length);
        const target = at.map((i) => `[${i}]`).join('');
        const value = element(o.value, at, this.speller());
        this.lines.add(`${this.copyName(item)}.lane${target} = ${value.text};`);
        return;
      }
      case 'effect':
        this.effect(node, item);
        return;
    }
  }

  private value({ node, definition }: Item): void {
    const variable = this.context.variables.get(node)!;
    this.note(node);
    const at = this.here(node.shape.length);
    const e = definition ? element(definition, at, this.speller()) : element(node, at, this.speller(node));
    if (variable.storage !== 'scalar') {
      this.lines.add(`${this.lane(variable, at)} = ${this.stored(e, variable.element)};`);
      return;
    }
    const type = e.kind === 'ap' ? elementName(variable.element) : e.kind;
    const format = node.name ? formatNote(variable.element) : '';
    this.lines.noted(
      `const ${type} ${variable.name} = ${e.kind === 'ap' ? this.stored(e, variable.element) : e.text};`,
      format,
    );
    this.context.variables.set(node, { ...variable, kind: e.kind });
    const binding = this.context.binding(node);
    if (binding) {
      const latency = binding.latency === undefined ? '' : ` latency=${binding.latency}`;
      this.lines.pragma(`BIND_OP variable=${variable.name} op=mul impl=${binding.implementation}${latency}`);
    }
  }

  private accumulate(item: Item): void {
    const o = item.node.operation as Extract<Node['operation'], { kind: 'reduce' }>;
    const value = element(o.a, this.here(item.loop.length), this.speller());
    const name = this.sumName(item);
    if (o.op === 'add') this.lines.add(`${name} += ${value.text};`);
    else {
      const pick = o.op === 'min' ? 'smaller' : 'larger';
      this.lines.add(`${name} = ${pick}<${elementName(this.sumType(item))}>(${name}, ${value.text});`);
    }
  }

  private pack(item: Item): void {
    const o = item.node.operation;
    const source = o.kind === 'bitcast' ? o.a : o.kind === 'portWrite' ? o.value : null;
    const own = this.packedElement(item.node);
    const at = this.here(item.loop.length);
    const value = cast(element(source!, at, this.speller()), own);
    const { name } = this.context.variables.get(item.node)!;
    const [hi, lo] = field(linear(at, item.loop), own.bits);
    this.lines.add(`${name}.range(${hi}, ${lo}) = ${value.text};`);
  }
  private packedElement(node: Node): ElementType {
    const o = node.operation;
    if (o.kind === 'portWrite') return o.port.type.element;
    if (o.kind === 'bitcast' && o.a.operation.kind === 'wrap') return o.a.operation.to;
    throw new Error('emit: bits of a value without a declared width');
  }
  private packedBits(node: Node): number {
    const o = node.operation;
    const type: DataType | null = o.kind === 'portWrite' ? o.port.type : o.kind === 'bitcast' ? o.to : null;
    return totalBits(type!);
  }

  private effect(node: Node, item: Item): void {
    const o = node.operation;
    this.note(node);
    const at = this.here(item.loop.length);
    const lanes = at.map((i) => `[${i}]`).join('');
    switch (o.kind) {
      case 'read':
        this.channelRead(node);
        return;
      case 'write': {
        const name = this.context.variables.get(o.value);
        const word =
          this.copies.get(node) ??
          (o.channel.type.shape.length ? name!.name : this.scalarFor(o.value, o.channel.type.element));
        this.lines.add(`${this.guard(o.when)}${o.channel.name}.write(${word});`);
        return;
      }
      case 'portRead': {
        const { name } = this.context.variables.get(node)!;
        this.lines.add(
          `const ap_uint<${totalBits(o.port.type)}> ${name} = ${o.port.name}[${this.portAddress}];`,
        );
        return;
      }
      case 'portWrite': {
        const packed = packedIn(o.value);
        const own = this.context.variables.get(packed ?? node);
        const word = own ? own.name : cast(element(o.value, [], this.speller()), o.port.type.element).text;
        this.lines.add(`${o.port.name}[${this.portAddress}] = ${word};`);
        return;
      }
      case 'ramWrite': {
        const address = element(o.address, [], this.speller()).text;
        const value = this.stored(element(o.value, at, this.speller()), o.ram.type.element);
        this.lines.add(
          `${item.guard ? '' : this.guard(o.when)}${o.ram.name}[${address}]${lanes} = ${value};`,
        );
        return;
      }
      case 'regWrite': {
        const value = this.stored(element(o.value, at, this.speller()), o.register.type.element);
        this.lines.add(`${item.guard ? '' : this.guard(o.when)}${o.register.name}${lanes} = ${value};`);
        return;
      }
      default:
        throw new Error(`emit: ${o.kind} has no effect`);
    }
  }

  private channelRead(node: Node): void {
    const o = node.operation as Extract<Node['operation'], { kind: 'read' }>;
    const { name } = this.context.variables.get(node)!;
    const { type } = o.channel;
    const note = formatNote(type.element);
    if (!o.when) {
      this.lines.noted(`const ${wordName(type)} ${name} = ${o.channel.name}.read();`, note);
      return;
    }
    const zero = type.shape.length ? '' : ' = 0';
    this.lines.noted(`${wordName(type)} ${name}${zero};`, note);
    this.lines.add(`${this.guard(o.when)}${name} = ${o.channel.name}.read();`);
    if (type.shape.length) this.lines.add(`else clear(${name}.lane);`);
  }

  private scalarFor(node: Node, to: ElementType): string {
    return this.stored(element(node, [], this.speller()), to);
  }
  /** Text of a value that is assigned to `to`: a cast to that very type is left to the assignment. */
  private stored(e: Expression, to: ElementType): string {
    return e.of !== undefined && e.bits === to.bits && e.signed === to.signed ? e.of : e.text;
  }
  private guard(when: Node | null): string {
    return when ? `if (${element(when, [], this.speller()).text}) ` : '';
  }
  private note(node: Node): void {
    if (node.note) this.lines.comment(node.note);
  }
  private readonly copies = new Map<Node, string>();
  private copyName(item: Item): string {
    const o = item.node.operation as Extract<Node['operation'], { kind: 'write' }>;
    if (!this.copies.has(item.node))
      this.copies.set(item.node, this.context.nameOf(item.node) || o.channel.name);
    return this.copies.get(item.node)!;
  }

  // ---- spelling

  private here(rank: number): Index[] {
    return this.axis.slice(0, rank);
  }
  private lane({ name, storage }: Variable, index: readonly Index[]): string {
    if (storage === 'scalar') return name;
    return `${name}${storage === 'struct' ? '.lane' : ''}${index.map((i) => `[${i}]`).join('')}`;
  }

  private speller(defining: Node | null = null): Speller {
    const { held } = this.context.holding;
    return {
      held: (node) => node !== defining && held.has(node),
      variable: (node, index) => this.variable(node, index),
      leaf: (node, index) => this.leaf(node, index),
      loopIndex: this.loopIndex,
    };
  }
  private variable(node: Node, index: readonly Index[]): Expression {
    const packed = packedIn(node);
    if (packed) {
      const { name } = this.context.variables.get(packed)!;
      const o = node.operation;
      const type = o.kind === 'portRead' ? o.port.type : o.kind === 'bitcast' ? o.to : null;
      const { bits, signed } = type!.element;
      if (node.shape.length === 0) return cast(ap(name, { bits, signed: false, fracBits: 0 }), type!.element);
      return unpacked(name, node, index, bits, signed);
    }
    const variable = this.context.variables.get(node);
    if (!variable) throw new Error(`emit: ${this.context.nameOf(node)} is used before it is computed`);
    const text = this.lane(variable, index);
    if (variable.kind === 'bool') return bool(text);
    return variable.kind === 'int' ? int(text) : ap(text, variable.element);
  }
  private leaf(node: Node, index: readonly Index[]): Expression {
    const o = node.operation;
    const lanes = index.map((i) => `[${i}]`).join('');
    if (o.kind === 'regRead') return ap(`${o.register.name}${lanes}`, o.register.type.element);
    if (o.kind === 'ramRead') {
      const address = element(o.address, [], this.speller()).text;
      return ap(`${o.ram.name}[${address}]${lanes}`, o.ram.type.element);
    }
    return ap(`${this.context.nameOf(node)}${lanes}`, elementFor(node.range, node.fracBits));
  }
}
