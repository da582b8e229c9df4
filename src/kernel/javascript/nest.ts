/**
 * Generates the JavaScript of one loop nest. An iteration reads the state as it was at its start: RAM writes and register updates are
 * collected and take effect at its end. Every check of the language that needs data or addresses (empty channels, assumptions, RAM
 * distances, port bounds) is a branch to a method of `X`, the call's state (state.ts).
 */

import type { Nest, Node, Operation, Port, Ram } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { operandsOf } from '../operands.js';
import { laneCount, rangeOf } from '../type.js';
import { Block } from './block.js';
import { declareState, type Numbering, storageOf } from './declare.js';
import type { Atom } from './expression.js';
import { inRepresentation } from './expression.js';
import { storedNodes } from './fusion.js';
import { LaneWriter, type View } from './lanes.js';
import { fitsNumber, type Storage, storageFor } from './storage.js';

export interface NestSource {
  /** Prologue nodes that the function takes after `X`, in order. */
  readonly outer: readonly Node[];
  readonly lines: readonly string[];
}

/** Source of `function <name>(X, ...outer)`. `checkAll`: every result is checked against the range the builder inferred. */
export function nestSource(nest: Nest, name: string, numbers: Numbering, checkAll: boolean): NestSource {
  const writer = new NestWriter(nest, numbers, checkAll);
  return writer.write(name);
}

type Of<K extends Operation['kind']> = Extract<Operation, { kind: K }>;

class NestWriter {
  private readonly head: string[] = [];
  private readonly tail: string[] = [];
  private readonly body = new Block();
  /** At the end of an iteration: first the RAM writes, which may still look at registers, then the registers. */
  private readonly ramWrites: (() => void)[] = [];
  private readonly updates = new Set<string>();
  private readonly position: string;
  private readonly lanes: LaneWriter;
  private readonly tracked: Set<Ram>;

  constructor(
    private readonly nest: Nest,
    private readonly numbers: Numbering,
    checkAll: boolean,
  ) {
    this.position = `[${nest.loops.map((_, i) => `l${i}`).join(', ')}]`;
    this.lanes = new LaneWriter((node, value) => this.guard(node, value), checkAll);
    const written = new Set(
      nest.body.flatMap((n) => (n.operation.kind === 'ramWrite' ? [n.operation.ram] : [])),
    );
    const read = nest.body.flatMap((n) => (n.operation.kind === 'ramRead' ? [n.operation.ram] : []));
    this.tracked = new Set(read.filter((ram) => written.has(ram)));
  }

  write(name: string): NestSource {
    const { nest } = this;
    const outer = this.outerNodes();
    for (const node of outer) {
      const text = `p${node.id}`;
      if (node.shape.length > 0)
        this.lanes.views.set(node, { array: text, base: '0', storage: storageFor(node.range) });
      else this.lanes.scalars.set(node, { text, range: node.range, big: !fitsNumber(node.range) });
    }
    const state = declareState(nest, this.numbers, this.tracked);
    this.head.push(...state.head);
    this.tail.push(...state.tail);
    if (this.tracked.size > 0) this.body.push('iteration++;');
    const stored = storedNodes(nest.body);
    for (const node of nest.body) this.emit(node, stored);
    for (const finish of this.ramWrites) finish();
    this.body.push(...this.updates);
    let lines: string[] = this.body.lines;
    nest.loops.forEach((_, i) => {
      const position = nest.loops.length - 1 - i;
      const index = `l${position}`;
      const bound = inRepresentation(this.lanes.scalar(new Block(), nest.loops[position].bound), false);
      lines = [
        `for (let ${index} = 0; ${index} < ${bound}; ${index}++) {`,
        ...lines.map((l) => `  ${l}`),
        '}',
      ];
    });
    const parameters = ['X', ...outer.map((node) => `p${node.id}`)].join(', ');
    const all = [...this.head, ...lines, ...this.tail].map((line) => `  ${line}`);
    return { outer, lines: [`function ${name}(${parameters}) {`, ...all, '}'] };
  }

  private outerNodes(): Node[] {
    const inside = new Set(this.nest.body);
    const used = [
      ...this.nest.body.flatMap(operandsOf),
      ...this.nest.loops.map((loop) => loop.bound),
      ...(this.nest.burst ? [this.nest.burst.address] : []),
    ];
    return [...new Set(used)].filter((node) => !inside.has(node) && node.operation.kind !== 'const');
  }

  private emit(node: Node, stored: ReadonlySet<Node>): void {
    const o = node.operation;
    switch (o.kind) {
      case 'const':
        this.constant(node, o);
        return;
      case 'index':
        this.lanes.scalars.set(node, { text: `l${o.loop}`, range: node.range, big: false });
        return;
      case 'read':
        this.channelRead(node, o);
        return;
      case 'write':
        this.channelWrite(o);
        return;
      case 'ramRead':
        this.ramRead(node, o);
        return;
      case 'ramWrite':
        this.ramWrite(o);
        return;
      case 'regRead':
        this.result(node, `r${this.nest.registers.indexOf(o.register)}`, null, storageOf(o.register.type));
        return;
      case 'regWrite':
        this.registerWrite(o);
        return;
      case 'portRead':
        this.portRead(node, o);
        return;
      case 'portWrite':
        this.portWrite(node, o);
        return;
      case 'bitcast':
        this.lanes.store(this.body, node, this.head);
        return;
      default:
        if (node.shape.length === 0) this.lanes.scalars.set(node, this.lanes.scalar(this.body, node));
        else if (!this.lanes.view(this.body, node) && stored.has(node))
          this.lanes.store(this.body, node, this.head);
    }
  }

  private constant(node: Node, o: Of<'const'>): void {
    if (node.shape.length === 0) return;
    const storage = storageFor(node.range);
    const array = `K.${this.numbers.constants(o.values, storage)}`;
    this.lanes.views.set(node, { array, base: '0', storage });
  }

  /** Makes a word known that lies at `base` of an array, or (base null) in a variable. */
  private result(node: Node, array: string, base: string | null, storage: Storage): void {
    if (node.shape.length > 0) {
      this.lanes.views.set(node, { array, base: base ?? '0', storage });
      return;
    }
    let atom: Atom = { text: array, range: node.range, big: storage.big };
    if (base !== null) {
      const name = this.lanes.fresh('n');
      this.body.push(`const ${name} = ${array}[${base}];`);
      atom = { ...atom, text: name };
    }
    const big = !fitsNumber(node.range);
    this.lanes.scalars.set(node, { ...atom, text: inRepresentation(atom, big), big });
  }

  private channelRead(node: Node, o: Of<'read'>): void {
    const c = this.numbers.channel(o.channel);
    const words = laneCount(o.channel.type.shape);
    const base = this.lanes.fresh('b');
    const take = [
      `if (c${c}r + ${words} > c${c}n) X.empty(${this.numbers.site(this.nest, node)}, ${c}, ${this.position});`,
      `${base} = c${c}r; c${c}r += ${words};`,
    ];
    const array = this.lanes.fresh('v');
    if (o.when) {
      const condition = this.lanes.scalar(this.body, o.when).text;
      this.head.push(`const f${array} = X.filler(${c});`);
      this.body.push(`let ${array} = f${array}, ${base} = 0;`);
      this.body.push(`if (${condition}) {`, ...take.map((l) => `  ${l}`), `  ${array} = c${c};`, '}');
      this.result(node, array, base, storageOf(o.channel.type));
    } else {
      this.body.push(`let ${base};`, ...take);
      this.result(node, `c${c}`, base, storageOf(o.channel.type));
    }
  }

  private channelWrite(o: Of<'write'>): void {
    const c = this.numbers.channel(o.channel);
    const words = laneCount(o.channel.type.shape);
    this.when(o.when, (block) => {
      block.push(`if (c${c}n + ${words} > c${c}.length) c${c} = X.grow(${c}, c${c}n);`);
      this.lanes.fill(block, o.value, { array: `c${c}`, base: `c${c}n`, storage: storageOf(o.channel.type) });
      block.push(`c${c}n += ${words};`);
    });
  }

  private ramRead(node: Node, o: Of<'ramRead'>): void {
    const m = this.numbers.ram(o.ram);
    const address = this.lanes.scalar(this.body, o.address).text;
    if (this.tracked.has(o.ram)) {
      // Stamps hold the iteration of the last write, 0 for none; without a declared distance any write of this nest is too near.
      const distance = this.nest.distances.get(o.ram);
      const near = distance === undefined ? '' : ` && iteration - m${m}t[${address}] < ${distance}`;
      this.body.push(
        `if (m${m}t[${address}] > 0${near}) X.near(${this.numbers.site(this.nest, node)}, ${address}, iteration - m${m}t[${address}], ${distance ?? 0}, ${this.position});`,
      );
    }
    const base = this.lanes.fresh('b');
    this.body.push(`const ${base} = ${address} * ${laneCount(o.ram.type.shape)};`);
    this.result(node, `m${m}`, base, storageOf(o.ram.type));
  }

  private ramWrite(o: Of<'ramWrite'>): void {
    const m = this.numbers.ram(o.ram);
    if (o.value.shape.length > 0 && this.readsTracked(o.value)) {
      // Other writes at the end of the iteration may come first: take the value now.
      this.lanes.store(this.body, o.value, this.head);
    }
    this.ramWrites.push(() => {
      const address = this.lanes.scalar(this.body, o.address).text;
      this.when(o.when, (block) => {
        const base = this.lanes.fresh('b');
        block.push(`const ${base} = ${address} * ${laneCount(o.ram.type.shape)};`);
        this.lanes.fill(block, o.value, { array: `m${m}`, base, storage: storageOf(o.ram.type) });
        if (this.tracked.has(o.ram)) block.push(`m${m}t[${address}] = iteration;`);
      });
    });
  }

  /** True where lanes of the value come straight from a RAM that this nest also writes. */
  private readsTracked(node: Node): boolean {
    const o = node.operation;
    if (node.shape.length === 0) return false;
    if (o.kind === 'ramRead') return this.tracked.has(o.ram);
    if (this.lanes.views.get(node)?.base === '0' && o.kind !== 'reshape' && o.kind !== 'lanes') return false;
    return operandsOf(node).some((operand) => this.readsTracked(operand));
  }

  private registerWrite(o: Of<'regWrite'>): void {
    const r = this.nest.registers.indexOf(o.register);
    const storage = storageOf(o.register.type);
    const scalar = o.register.type.shape.length === 0;
    this.when(o.when, (block) => {
      if (scalar) {
        block.push(`r${r}_ = ${inRepresentation(this.lanes.scalar(block, o.value), storage.big)};`);
      } else {
        this.registerLanes(block, o, { array: `r${r}_`, base: '0', storage });
      }
    });
    this.updates.add(
      scalar
        ? `r${r} = r${r}_;`
        : `if (r${r}w) { const s = r${r}; r${r} = r${r}_; r${r}_ = s; r${r}w = false; }`,
    );
  }

  /** A selection between a new value and the register's own is no more than a condition. */
  private registerLanes(block: Block, { register, value }: Of<'regWrite'>, to: View): void {
    const o = value.operation;
    const keeps =
      o.kind === 'select' &&
      o.c.shape.length === 0 &&
      o.b.operation.kind === 'regRead' &&
      o.b.operation.register === register;
    const store = (inner: Block) => {
      this.lanes.fill(inner, keeps ? o.a : value, to);
      inner.push(`r${this.nest.registers.indexOf(register)}w = true;`);
    };
    if (keeps) block.nested(`if (${this.lanes.scalar(block, o.c).text})`, store);
    else store(block);
  }

  /** The lane number of the word the iteration moves, checked against the memory. */
  private portBase(node: Node, port: Port): string {
    const p = this.numbers.port(port);
    const words = laneCount(port.type.shape);
    if (this.nest.burst?.port !== port)
      throw new KernelError(`nest ${this.nest.label}: port ${port.name} is used without a burst of it`);
    const address = this.lanes.scalar(this.body, this.nest.burst.address);
    const base = this.lanes.fresh('b');
    const word = `${inRepresentation(address, false)} + l${this.nest.loops.length - 1}`;
    this.body.push(
      `const ${base} = (${word}) * ${words};`,
      `if (${base} < 0 || ${base} + ${words} > P${p}n) X.portRange(${this.numbers.site(this.nest, node)}, ${p}, ${word}, ${this.position});`,
    );
    return base;
  }

  private portRead(node: Node, o: Of<'portRead'>): void {
    const p = this.numbers.port(o.port);
    const base = this.portBase(node, o.port);
    const storage = storageOf(o.port.type);
    const range = rangeOf(o.port.type.element);
    if (storage.range.lo !== range.lo || storage.range.hi !== range.hi)
      this.body.push(
        `X.portWord(${this.numbers.site(this.nest, node)}, P${p}, ${base}, ${laneCount(o.port.type.shape)}, ${range.lo}n, ${range.hi}n, ${this.position});`,
      );
    this.result(node, `P${p}`, base, storage);
  }

  private portWrite(node: Node, o: Of<'portWrite'>): void {
    const base = this.portBase(node, o.port);
    const view = { array: `P${this.numbers.port(o.port)}`, base, storage: storageOf(o.port.type) };
    this.lanes.fill(this.body, o.value, view);
  }

  private when(condition: Node | null, body: (block: Block) => void): void {
    if (!condition) body(this.body);
    else this.body.nested(`if (${this.lanes.scalar(this.body, condition).text})`, body);
  }

  private guard(node: Node, value: string): string {
    const { lo, hi } = node.range;
    const limit = (v: bigint) => (fitsNumber({ lo: v, hi: v }) ? `${v}` : `${v}n`);
    return `if (${value} < ${limit(lo)} || ${value} > ${limit(hi)}) ${value} = X.outside(${this.numbers.site(this.nest, node)}, ${value}, ${this.position});`;
  }
}
