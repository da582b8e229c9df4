/** Single statements: a value, the bits of a word, a word's copy, and reads and writes of whatever lies outside the body. */
import type { Node } from '../../kernel/ir.js';
import type { DataType, ElementType } from '../../kernel/type.js';
import { totalBits } from '../../kernel/type.js';
import type { Lines } from '../network/lines.js';
import type { FunctionContext } from './context.js';
import { field } from './element.js';
import { cast } from './expression.js';
import type { Item } from './items.js';
import { packedIn } from './items.js';
import { linear, subscripts } from './lane-index.js';
import type { Spelling } from './spell.js';
import { elementName, formatNote, wordName } from './type.js';

export class Statements {
  constructor(
    private readonly context: FunctionContext,
    private readonly lines: Lines,
    private readonly spell: Spelling,
    /** Word of a burst: the address in the port's array. */
    private readonly portAddress: string,
  ) {}

  value({ node, definition }: Item): void {
    const variable = this.context.variables.get(node)!;
    this.note(node);
    const at = this.spell.here(node.shape.length);
    const e = definition ? this.spell.at(definition, at) : this.spell.definition(node, at);
    if (variable.storage !== 'scalar') {
      this.lines.add(`${this.spell.lane(variable, at)} = ${this.spell.stored(e, variable.element)};`);
      return;
    }
    const type = e.kind === 'ap' ? elementName(variable.element) : e.kind;
    const format = node.name ? formatNote(variable.element) : '';
    this.lines.noted(
      `const ${type} ${variable.name} = ${e.kind === 'ap' ? this.spell.stored(e, variable.element) : e.text};`,
      format,
    );
    this.context.variables.set(node, { ...variable, kind: e.kind });
    const binding = this.context.binding(node);
    if (binding) {
      const latency = binding.latency === undefined ? '' : ` latency=${binding.latency}`;
      this.lines.atMargin(
        `#pragma HLS BIND_OP variable=${variable.name} op=mul impl=${binding.implementation}${latency}`,
      );
    }
  }

  copy(item: Item): void {
    const o = item.node.operation as Extract<Node['operation'], { kind: 'write' }>;
    const at = this.spell.here(item.loop.length);
    const target = subscripts(at);
    this.lines.add(`${this.copyName(item)}.lane${target} = ${this.spell.at(o.value, at).text};`);
  }

  pack(item: Item): void {
    const o = item.node.operation;
    const source = o.kind === 'bitcast' ? o.a : o.kind === 'portWrite' ? o.value : null;
    const own = this.packedElement(item.node);
    const at = this.spell.here(item.loop.length);
    const value = cast(this.spell.at(source!, at), own);
    const { name } = this.context.variables.get(item.node)!;
    this.lines.add(`${name}.range(${field(linear(at, item.loop), own.bits)}) = ${value.text};`);
  }
  private packedElement(node: Node): ElementType {
    const o = node.operation;
    if (o.kind === 'portWrite') return o.port.type.element;
    if (o.kind === 'bitcast') return o.from;
    throw new Error('emit: bits of a value without a declared width');
  }
  packedBits(node: Node): number {
    const o = node.operation;
    const type: DataType | null = o.kind === 'portWrite' ? o.port.type : o.kind === 'bitcast' ? o.to : null;
    return totalBits(type!);
  }

  effect(node: Node, item: Item): void {
    const o = node.operation;
    this.note(node);
    const at = this.spell.here(item.loop.length);
    const lanes = subscripts(at);
    switch (o.kind) {
      case 'read':
        this.channelRead(node);
        return;
      case 'write': {
        const name = this.context.variables.get(o.value);
        const word =
          this.copies.get(node) ??
          (o.channel.type.shape.length
            ? name!.name
            : this.spell.stored(this.spell.scalar(o.value), o.channel.type.element));
        this.lines.add(`${this.spell.guard(o.when)}${o.channel.name}.write(${word});`);
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
        const word = own ? own.name : cast(this.spell.scalar(o.value), o.port.type.element).text;
        this.lines.add(`${o.port.name}[${this.portAddress}] = ${word};`);
        return;
      }
      case 'ramWrite': {
        const address = this.spell.scalar(o.address).text;
        const value = this.spell.stored(this.spell.at(o.value, at), o.ram.type.element);
        this.lines.add(
          `${item.guard ? '' : this.spell.guard(o.when)}${o.ram.name}[${address}]${lanes} = ${value};`,
        );
        return;
      }
      case 'regWrite': {
        const value = this.spell.stored(this.spell.at(o.value, at), o.register.type.element);
        this.lines.add(`${item.guard ? '' : this.spell.guard(o.when)}${o.register.name}${lanes} = ${value};`);
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
    this.lines.add(`${this.spell.guard(o.when)}${name} = ${o.channel.name}.read();`);
    if (type.shape.length) this.lines.add(`else clear(${name}.lane);`);
  }

  note(node: Node): void {
    if (node.note) this.lines.comment(node.note);
  }
  private readonly copies = new Map<Node, string>();
  copyName(item: Item): string {
    const o = item.node.operation as Extract<Node['operation'], { kind: 'write' }>;
    if (!this.copies.has(item.node))
      this.copies.set(item.node, this.context.nameOf(item.node) || o.channel.name);
    return this.copies.get(item.node)!;
  }
}
