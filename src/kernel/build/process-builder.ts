/**
 * Writes one process: memories, prologue and loop nests, straight-line code on `Val`s. Operations made outside a nest form the prologue
 * (control values for bounds). Stores are checked at once: a value whose inferred range does not fit where it goes is refused, unless it was
 * saturated or wrapped.
 */
import type {
  Channel,
  Loop,
  Nest,
  Node,
  Operation,
  Port,
  Process,
  Ram,
  Register,
  Rom,
  Scalar,
} from '../ir.js';
import { operandsOf } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { exactly } from '../range.js';
import { type Count, countOf, type Size, sizeOf } from '../size.js';
import { RegisterHandle, type RegisterSink } from './register-handle.js';
import type { DataType, ElementType, Range, Shape } from '../type.js';
import { contains, elementFor, printType, rangeOf, sameShape } from '../type.js';
import type { Operand } from './value.js';
import { Val } from './value.js';

/** One loop of a nest: the name of its index and its bound (a constant or a prologue value), with what a constant of the prologue is called. */
export interface LoopSpec {
  readonly index: string;
  readonly bound: Val | Count;
  readonly size?: Size | null;
}

/** What a nest may say beside its loops. */
export interface NestOptions {
  readonly doc?: string;
  readonly interval?: number;
  readonly distances?: ReadonlyMap<Ram, number>;
  /** Word address of the innermost loop's first word, from the outer indices (indices by name). */
  readonly burst?: { readonly port: Port; readonly address: (index: Record<string, Val>) => Val };
}

/** Writes one process; `NetworkBuilder.process` makes it. */
export class ProcessBuilder implements RegisterSink {
  private readonly prologue: Node[] = [];
  private readonly nests: Nest[] = [];
  private readonly rams: Ram[] = [];
  private readonly roms: Rom[] = [];
  private readonly names = new Map<string, number>();
  private body: Node[] | null = null;
  private registers: Register[] = [];
  private nextId = 0;

  constructor(
    readonly processName: string,
    private readonly unit: string,
    private readonly doc: string,
  ) {}

  /** The value of a network scalar. */
  arg(scalar: Scalar): Val {
    const node = this.append({ kind: 'arg', scalar }, scalar.range, [], { control: true });
    return new Val(node, this);
  }

  /** A constant. */
  constant(value: number | bigint, fracBits = 0): Val {
    const v = BigInt(value);
    return new Val(this.append({ kind: 'const', values: [v] }, exactly(v), [], { fracBits }), this);
  }

  /** A constant a lane. */
  constants(values: readonly (number | bigint)[], fracBits = 0): Val {
    const all = values.map(BigInt);
    const range = all.reduce(
      (r, v) => ({ lo: v < r.lo ? v : r.lo, hi: v > r.hi ? v : r.hi }),
      exactly(all[0]),
    );
    return new Val(this.append({ kind: 'const', values: all }, range, [all.length], { fracBits }), this);
  }

  /** A memory of the process: `depth` words, one read and one write port. */
  ram(name: string, type: DataType, depth: Count, storage: 'bram' | 'lutram', doc: string): Ram {
    const ram: Ram = {
      name: this.unique(name),
      type,
      depth: countOf(depth),
      depthSize: sizeOf(depth),
      storage,
      doc,
    };
    this.rams.push(ram);
    return ram;
  }

  /** A table. Throws KernelError for an entry that its type does not hold. */
  rom(name: string, element: ElementType, values: ArrayLike<number>, doc: string): Rom {
    const entries = Array.from(values, BigInt);
    const limit = rangeOf(element);
    if (!entries.every((v) => v >= limit.lo && v <= limit.hi))
      throw new KernelError(
        `process ${this.processName}: rom ${name}: an entry leaves ${printType({ element, shape: [] })}`,
      );
    const rom: Rom = { name: this.unique(name), element, values: entries, doc };
    this.roms.push(rom);
    return rom;
  }

  /** A register of the nest being built. `control`: written with control values only, and may steer channels and addresses. */
  register(name: string, type: DataType, init: number | bigint = 0, control = false): RegisterHandle {
    if (!this.body) throw new KernelError(`process ${this.processName}: register ${name} outside a nest`);
    const register: Register = { name: this.unique(name), type, init: BigInt(init), control };
    this.registers.push(register);
    return new RegisterHandle(register, this);
  }

  /**
   * Nested counters, the last digit fastest, that advance by one whenever `when` holds (always when absent): a second
   * walk through an index space, in another order than the nest's own. Digits wrap round.
   */
  counters(digits: readonly LoopSpec[], when?: Val): Record<string, Val> {
    const values: Record<string, Val> = {};
    let carry: Val | undefined = when;
    for (const digit of [...digits].reverse()) {
      const bound = digit.bound instanceof Val ? digit.bound : this.constant(countOf(digit.bound));
      const most = bound.range.hi > 1n ? bound.range.hi - 1n : 0n;
      const type = { element: elementFor({ lo: 0n, hi: most }), shape: [] };
      const register = this.register(digit.index, type, 0, true);
      const value = register.read().assume(0, most);
      // Compared before the addition, not behind it, so that the way round the register is one addition and one selection.
      const least = digit.bound instanceof Val ? bound.sub(1) : countOf(digit.bound) - 1;
      const last = value.ge(least).named(`last_${digit.index}`);
      register.write(last.select(0, value.add(1)).assume(0, most), carry);
      carry = carry ? carry.and(last).named(`${digit.index}_done`) : last;
      values[digit.index] = value;
    }
    return values;
  }

  /** Reads a word; with `when`, only where it holds (elsewhere the result is 0). */
  read(channel: Channel, when?: Val): Val {
    const { element, shape } = channel.type;
    const node = this.append(
      { kind: 'read', channel, when: this.condition(when) },
      this.orZero(rangeOf(element)),
      shape,
      { fracBits: element.fracBits, control: false },
    );
    return new Val(node, this);
  }

  /** Writes a word; with `when`, only where it holds. Throws KernelError for a value that the channel does not hold. */
  write(channel: Channel, value: Operand, when?: Val): void {
    const stored = this.fitting(value, channel.type, `channel ${channel.name}`);
    const operation: Operation = { kind: 'write', channel, value: stored, when: this.condition(when) };
    this.append(operation, exactly(0n), [], { result: false });
  }

  /** Reads a word of a memory. The address must be a control value; throws KernelError where it could leave the memory. */
  load(ram: Ram, address: Val): Val {
    this.addressFits(ram, address);
    const { element, shape } = ram.type;
    const node = this.append({ kind: 'ramRead', ram, address: address.node }, rangeOf(element), shape, {
      fracBits: element.fracBits,
      control: false,
    });
    return new Val(node, this);
  }

  /** Writes a word of a memory, as `load` reads it; with `when`, only where it holds. */
  store(ram: Ram, address: Val, value: Operand, when?: Val): void {
    this.addressFits(ram, address);
    const stored = this.fitting(value, ram.type, `ram ${ram.name}`);
    const operation: Operation = {
      kind: 'ramWrite',
      ram,
      address: address.node,
      value: stored,
      when: this.condition(when),
    };
    this.append(operation, exactly(0n), [], { result: false });
  }

  /** Reads the next word of the nest's burst. */
  portRead(port: Port): Val {
    const { element, shape } = port.type;
    const node = this.append({ kind: 'portRead', port }, rangeOf(element), shape, {
      fracBits: element.fracBits,
      control: false,
    });
    return new Val(node, this);
  }

  /** Writes the next word of the nest's burst. Throws KernelError for a value that the port does not hold. */
  portWrite(port: Port, value: Val): void {
    const stored = this.fitting(value, port.type, `port ${port.name}`);
    this.append({ kind: 'portWrite', port, value: stored }, exactly(0n), [], { result: false });
  }

  /** Concatenates along the first axis; scalars become lanes, vectors rows only if `rows`. */
  gather(parts: readonly Val[], rows = false): Val {
    const first = parts[0];
    const range = parts.reduce<Range>(
      (r, p) => ({ lo: p.range.lo < r.lo ? p.range.lo : r.lo, hi: p.range.hi > r.hi ? p.range.hi : r.hi }),
      first.range,
    );
    const inner = rows || first.shape.length === 0 ? first.shape : first.shape.slice(1);
    let count = 0;
    for (const part of parts) {
      const own = rows || part.shape.length === 0 ? part.shape : part.shape.slice(1);
      if (!sameShape(own, inner))
        throw new KernelError(`process ${this.processName}: gather of unlike shapes`);
      count += rows || part.shape.length === 0 ? 1 : part.shape[0];
    }
    const operation: Operation = { kind: 'gather', parts: parts.map((p) => p.node) };
    return new Val(this.append(operation, range, [count, ...inner], { fracBits: first.node.fracBits }), this);
  }

  /** A perfect loop nest, outermost first. `body` gets the indices by name. */
  nest(
    label: string,
    loops: readonly LoopSpec[],
    body: (index: Record<string, Val>) => void,
    options: NestOptions = {},
  ): void {
    if (this.body) throw new KernelError(`process ${this.processName}: nest ${label} inside a nest`);
    const bounds = loops.map((loop): Loop => {
      const bound = loop.bound instanceof Val ? loop.bound : this.constant(countOf(loop.bound));
      return {
        label: `${capital(label)}_${capital(loop.index)}`,
        index: loop.index,
        bound: bound.node,
        maxBound: Number(bound.range.hi),
        size: loop.size ?? (loop.bound instanceof Val ? null : sizeOf(loop.bound)),
      };
    });
    this.body = [];
    this.registers = [];
    const index: Record<string, Val> = {};
    bounds.forEach((loop, position) => {
      const most = loop.maxBound > 1 ? BigInt(loop.maxBound - 1) : 0n;
      const node = this.append({ kind: 'index', loop: position }, { lo: 0n, hi: most }, [], {
        control: true,
      });
      open(node).name = loop.index;
      index[loop.index] = new Val(node, this);
    });
    const burst = options.burst && { port: options.burst.port, address: options.burst.address(index).node };
    body(index);
    this.nests.push({
      label: capital(label),
      doc: options.doc ?? '',
      loops: bounds,
      body: this.body,
      registers: this.registers,
      interval: options.interval ?? 1,
      distances: options.distances ?? new Map(),
      burst: burst ?? null,
    });
    this.body = null;
  }

  /** Adds an operation. @internal */
  append(
    operation: Operation,
    range: Range,
    shape: Shape,
    options: { fracBits?: number; result?: boolean; control?: boolean } = {},
  ): Node {
    const result = options.result ?? true;
    if (result && elementFor(range).bits > 64)
      throw new KernelError(
        `process ${this.processName}: a result of ${elementFor(range).bits} bits, at most 64 are possible`,
      );
    const node: Node = {
      id: this.nextId++,
      operation,
      range,
      shape,
      fracBits: options.fracBits ?? 0,
      result,
      control: false,
      name: null,
      note: null,
    };
    const control = options.control ?? (result && operandsOf(node).every((operand) => operand.control));
    const finished = { ...node, control };
    (this.body ?? this.prologue).push(finished);
    return finished;
  }

  /** Gives a value a name that is unique in the process. @internal */
  rename(node: Node, name: string): void {
    open(node).name = this.unique(name);
  }

  annotate(node: Node, note: string): void {
    open(node).note = note;
  }

  /** The process as written so far. @internal */
  finish(): Process {
    return {
      name: this.processName,
      doc: this.doc,
      unit: this.unit,
      prologue: this.prologue,
      nests: this.nests,
      rams: this.rams,
      roms: this.roms,
    };
  }

  /** The node to store, with constants made and scalars copied to lanes; refuses what does not fit. */
  fitting(value: Operand, type: DataType, where: string): Node {
    let val = value instanceof Val ? value : this.constant(value);
    if (val.shape.length === 0 && type.shape.length > 0) val = val.splat(type.shape);
    if (!sameShape(val.shape, type.shape) || !contains(rangeOf(type.element), val.range))
      throw new KernelError(
        `process ${this.processName}: ${where} holds ${printType(type)}, the value is ${printType(val.type)} (${val.range.lo}..${val.range.hi}); saturate or wrap it`,
      );
    return val.node;
  }

  /** The node of a condition; throws KernelError where it may not steer. @internal */
  condition(when: Val | undefined): Node | null {
    if (!when) return null;
    if (!when.node.control)
      throw new KernelError(
        `process ${this.processName}: a condition depends on data; only indices, arguments and control registers may steer`,
      );
    if (when.shape.length > 0 || when.range.lo < 0n || when.range.hi > 1n)
      throw new KernelError(`process ${this.processName}: a condition must be a single 0 or 1`);
    return when.node;
  }

  private orZero(range: Range): Range {
    return { lo: range.lo < 0n ? range.lo : 0n, hi: range.hi };
  }

  private addressFits(ram: Ram, address: Val): void {
    if (!address.node.control || address.range.lo < 0n || address.range.hi >= BigInt(ram.depth))
      throw new KernelError(
        `process ${this.processName}: ram ${ram.name} has ${ram.depth} words, the address is ${address.range.lo}..${address.range.hi}${address.node.control ? '' : ' and depends on data'}`,
      );
  }

  private unique(name: string): string {
    const uses = (this.names.get(name) ?? 0) + 1;
    this.names.set(name, uses);
    return uses === 1 ? name : `${name}_${uses}`;
  }
}

/** A node while its process is being written: it may still get a name. */
const open = (node: Node) => node as { -readonly [K in 'name' | 'note']: Node[K] };

const capital = (name: string) =>
  name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
