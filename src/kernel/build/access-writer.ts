/**
 * What a process reads and writes: channels, ports, memories, tables and registers. A store is checked at once: a value whose inferred range
 * does not fit where it goes is refused, unless it was saturated or wrapped.
 */
import type { Channel, Node, Port, Ram, Register, Rom } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { type Count, countOf, sizeOf } from '../size.js';
import type { DataType, ElementType, Range } from '../type.js';
import { contains, printType, rangeOf, sameShape } from '../type.js';
import { NodeWriter } from './node-writer.js';
import { RegisterHandle } from './register-handle.js';
import { constant, type Result } from './results.js';
import { type Operand, Val } from './value.js';

export class AccessWriter extends NodeWriter {
  protected readonly rams: Ram[] = [];
  protected readonly roms: Rom[] = [];
  /** Registers of the nest that is open. */
  protected registers: Register[] = [];

  /** A memory of the process: `depth` words, one read and one write port. */
  ram(name: string, type: DataType, depth: Count, storage: 'bram' | 'lutram', doc: string): Ram {
    const own = { depth: countOf(depth), depthSize: sizeOf(depth) };
    const ram: Ram = { name: this.unique(name), type, ...own, storage, doc };
    this.rams.push(ram);
    return ram;
  }

  /** A table. Throws KernelError for an entry that its type does not hold. */
  rom(name: string, element: ElementType, values: ArrayLike<number>, doc: string): Rom {
    const entries = Array.from(values, BigInt);
    const limit = rangeOf(element);
    if (!entries.every((v) => v >= limit.lo && v <= limit.hi))
      throw new KernelError(`rom ${name}: an entry leaves ${printType({ element, shape: [] })}`);
    const rom: Rom = { name: this.unique(name), element, values: entries, doc };
    this.roms.push(rom);
    return rom;
  }

  /** A register of the nest being built; `init` null: what it holds at the start reaches nothing. `control`: written with control values only, and may steer channels and addresses. */
  register(name: string, type: DataType, init: number | bigint | null = 0, control = false): RegisterHandle {
    if (!this.body) throw new KernelError(`register ${name} outside a nest`);
    const register: Register = {
      name: this.unique(name),
      type,
      init: init === null ? null : BigInt(init),
      control,
    };
    this.registers.push(register);
    return new RegisterHandle(register, this);
  }

  /** Reads a word; with `when`, only where it holds (elsewhere the result is 0). */
  read(channel: Channel, when?: Val): Val {
    const word = wordOf(channel.type);
    const operation = { kind: 'read', channel, when: this.condition(when) } as const;
    return this.loaded({ ...word, operation, range: orZero(word.range) });
  }

  /** Writes a word; with `when`, only where it holds. Throws KernelError for a value that the channel does not hold. */
  write(channel: Channel, value: Operand, when?: Val): void {
    const stored = this.fitting(value, channel.type, `channel ${channel.name}`);
    this.addStore({ kind: 'write', channel, value: stored, when: this.condition(when) });
  }

  /** Reads a word of a memory. The address must be a control value; throws KernelError where it could leave the memory. */
  load(ram: Ram, address: Val): Val {
    requireAddress(ram, address);
    return this.loaded({ ...wordOf(ram.type), operation: { kind: 'ramRead', ram, address: address.node } });
  }

  /** Writes a word of a memory, as `load` reads it; with `when`, only where it holds. */
  store(ram: Ram, address: Val, value: Operand, when?: Val): void {
    requireAddress(ram, address);
    const stored = this.fitting(value, ram.type, `ram ${ram.name}`);
    const operation = { kind: 'ramWrite', ram, address: address.node, value: stored } as const;
    this.addStore({ ...operation, when: this.condition(when) });
  }

  /** Reads the next word of the nest's burst. */
  portRead(port: Port): Val {
    return this.loaded({ ...wordOf(port.type), operation: { kind: 'portRead', port } });
  }

  /** Writes the next word of the nest's burst. Throws KernelError for a value that the port does not hold. */
  portWrite(port: Port, value: Val): void {
    const stored = this.fitting(value, port.type, `port ${port.name}`);
    this.addStore({ kind: 'portWrite', port, value: stored });
  }

  /** The node to store, with constants made and scalars copied to lanes; refuses what does not fit. @internal */
  fitting(value: Operand, type: DataType, where: string): Node {
    let val = value instanceof Val ? value : this.made(constant([BigInt(value)], [], 0));
    if (val.shape.length === 0 && type.shape.length > 0) val = val.splat(type.shape);
    if (!sameShape(val.shape, type.shape) || !contains(rangeOf(type.element), val.range))
      throw new KernelError(
        `${where} holds ${printType(type)}, the value is ${printType(val.type)} (${val.range.lo}..${val.range.hi}); saturate or wrap it`,
      );
    return val.node;
  }

  /** A value that follows from its operands. */
  protected made(result: Result): Val {
    return new Val(this.add(result), this);
  }

  /** A word from outside the iteration. It is data, whatever its address. */
  private loaded(result: Result): Val {
    return new Val(this.add(result, false), this);
  }

  /** The node of a condition; throws KernelError where it may not steer. */
  private condition(when: Val | undefined): Node | null {
    if (!when) return null;
    if (!when.node.control)
      throw new KernelError(
        'a condition depends on data; only indices, arguments and control registers may steer',
      );
    if (when.shape.length > 0 || when.range.lo < 0n || when.range.hi > 1n)
      throw new KernelError('a condition must be a single 0 or 1');
    return when.node;
  }
}

/** What is known of a word of this type. */
const wordOf = ({ element, shape }: DataType) => ({
  range: rangeOf(element),
  shape,
  fracBits: element.fracBits,
});

const orZero = ({ lo, hi }: Range): Range => ({ lo: lo < 0n ? lo : 0n, hi });

function requireAddress(ram: Ram, { node: { control }, range: { lo, hi } }: Val): void {
  if (!control || lo < 0n || hi >= BigInt(ram.depth))
    throw new KernelError(
      `ram ${ram.name} has ${ram.depth} words, the address is ${lo}..${hi}${control ? '' : ' and depends on data'}`,
    );
}
