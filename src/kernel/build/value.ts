/**
 * A value while a process is being written: a thin handle on a node with the operators as methods, so that a unit reads like
 * the hardware engineer's sketch of it. Ranges are inferred exactly per operation; a result that needs more than 64 bits is refused.
 * A scalar operand meets a vector by being copied to every lane; any other difference of shape is an error.
 */
import type { BinaryOp, Node, Operation, ReduceOp, Rom, ShiftOp } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { binaryRange, exactly, saturateRange, shiftRange, unite } from '../range.js';
import type { DataType, ElementType, Range, Shape } from '../type.js';
import { contains, elementFor, laneCount, printType, rangeOf, sameShape, totalBits } from '../type.js';

/** Anything that can stand as an operand. */
export type Operand = Val | number | bigint;

/** Where new nodes go: the prologue or the nest being built. */
export interface NodeSink {
  readonly processName: string;
  append(
    operation: Operation,
    range: Range,
    shape: Shape,
    options?: { fracBits?: number; result?: boolean; control?: boolean },
  ): Node;
  rename(node: Node, name: string): void;
  annotate(node: Node, note: string): void;
}

/** A handle on a node. Immutable; each method makes a new node. */
export class Val {
  constructor(
    readonly node: Node,
    private readonly sink: NodeSink,
  ) {}

  get range(): Range {
    return this.node.range;
  }
  get shape(): Shape {
    return this.node.shape;
  }
  /** The narrowest type that holds this value. */
  get type(): DataType {
    return { element: elementFor(this.node.range, this.node.fracBits), shape: this.node.shape };
  }

  /** Gives the value its name in the emitted code. */
  named(name: string): Val {
    this.sink.rename(this.node, name);
    return this;
  }
  /** One line, printed above the operation in the emitted code, that says why. */
  note(text: string): Val {
    this.sink.annotate(this.node, text);
    return this;
  }

  /** Sum. */
  add(other: Operand): Val {
    return this.binary('add', other);
  }
  /** Difference. */
  sub(other: Operand): Val {
    return this.binary('sub', other);
  }
  /** Product. */
  mul(other: Operand): Val {
    return this.binary('mul', other);
  }
  /** The smaller of both, lane by lane. */
  min(other: Operand): Val {
    return this.binary('min', other);
  }
  /** The larger of both, lane by lane. */
  max(other: Operand): Val {
    return this.binary('max', other);
  }
  /** 1 where equal, else 0. */
  eq(other: Operand): Val {
    return this.binary('eq', other);
  }
  /** 1 where different, else 0. */
  ne(other: Operand): Val {
    return this.binary('ne', other);
  }
  /** 1 where smaller than `other`, else 0. */
  lt(other: Operand): Val {
    return this.binary('lt', other);
  }
  /** 1 where smaller or equal, else 0. */
  le(other: Operand): Val {
    return this.binary('le', other);
  }
  /** 1 where larger, else 0. */
  gt(other: Operand): Val {
    return this.operand(other).binary('lt', this);
  }
  /** 1 where larger or equal, else 0. */
  ge(other: Operand): Val {
    return this.operand(other).binary('le', this);
  }
  /** Bitwise (or logical, on conditions); operands must not be negative. */
  and(other: Operand): Val {
    return this.binary('and', other);
  }
  /** Bitwise; operands must not be negative. */
  or(other: Operand): Val {
    return this.binary('or', other);
  }
  /** Bitwise; operands must not be negative. */
  xor(other: Operand): Val {
    return this.binary('xor', other);
  }
  /** Negative. */
  neg(): Val {
    const { lo, hi } = this.range;
    return this.make({ kind: 'neg', a: this.node }, { lo: -hi, hi: -lo }, this.shape, this.node.fracBits);
  }
  /** Negation of a condition (0 or 1). */
  not(): Val {
    this.expect(contains({ lo: 0n, hi: 1n }, this.range), 'not() of a value that is not a condition');
    return this.make({ kind: 'not', a: this.node }, { lo: 0n, hi: 1n }, this.shape, 0);
  }
  /** Largest of the value and its negative. */
  abs(): Val {
    return this.max(this.neg());
  }

  /** Times 2^by. */
  shl(by: Operand): Val {
    return this.shift('shl', by);
  }
  /** Floor. */
  shr(by: Operand): Val {
    return this.shift('shr', by);
  }
  /** Rounds half up: floor((v + 2^(by-1)) / 2^by), and v itself for by = 0. */
  roundShift(by: Operand): Val {
    return this.shift('roundShift', by);
  }

  /** `this` is the condition (scalar, or one a lane). */
  select(yes: Operand, no: Operand): Val {
    this.expect(contains({ lo: 0n, hi: 1n }, this.range), 'select() on a value that is not a condition');
    let a = this.operand(yes);
    let b = this.operand(no);
    if (a.shape.length === 0 && b.shape.length > 0) a = a.splat(b.shape);
    if (b.shape.length === 0 && a.shape.length > 0) b = b.splat(a.shape);
    if (this.shape.length > 0 && a.shape.length === 0) {
      a = a.splat(this.shape);
      b = b.splat(this.shape);
    }
    const fits = sameShape(a.shape, b.shape) && (this.shape.length === 0 || sameShape(this.shape, a.shape));
    this.expect(fits, `select() of shapes [${this.shape}] ? [${a.shape}] : [${b.shape}]`);
    const operation: Operation = { kind: 'select', c: this.node, a: a.node, b: b.node };
    return this.make(operation, unite(a.range, b.range), a.shape, a.node.fracBits);
  }
  /** The nearest value that the type holds. */
  saturate(to: ElementType): Val {
    return this.make(
      { kind: 'saturate', a: this.node, to },
      saturateRange(this.range, to),
      this.shape,
      to.fracBits,
    );
  }
  /** The low bits, reinterpreted: the one way to drop high bits without saturation. */
  wrap(to: ElementType): Val {
    const range = contains(rangeOf(to), this.range) ? this.range : rangeOf(to);
    return this.make({ kind: 'wrap', a: this.node, to }, range, this.shape, to.fracBits);
  }
  /** States a narrower range than inference can see; simulation fails where it does not hold. */
  assume(lo: number | bigint, hi: number | bigint): Val {
    const asked = { lo: BigInt(lo), hi: BigInt(hi) };
    const range = {
      lo: asked.lo > this.range.lo ? asked.lo : this.range.lo,
      hi: asked.hi < this.range.hi ? asked.hi : this.range.hi,
    };
    return this.make({ kind: 'assume', a: this.node, range }, range, this.shape, this.node.fracBits);
  }
  /** Bits hi..lo (both included) of the two's complement value, as an unsigned number. */
  slice(hi: number, lo: number): Val {
    const width = hi - lo + 1;
    this.expect(width >= 1 && lo >= 0 && hi < 64, `slice(${hi}, ${lo})`);
    let range: Range = { lo: 0n, hi: (1n << BigInt(width)) - 1n };
    if (this.range.lo >= 0n && this.range.hi >> BigInt(lo) < range.hi)
      range = { lo: 0n, hi: this.range.hi >> BigInt(lo) };
    return this.make({ kind: 'slice', a: this.node, hi, lo }, range, this.shape, 0);
  }
  /** Leading zeros of a non-negative value seen `width` bits wide; `width` for 0. */
  leadingZeros(width: number): Val {
    this.expect(
      this.range.lo >= 0n && this.range.hi < 1n << BigInt(width),
      `leadingZeros(${width}) of ${printType(this.type)}`,
    );
    const range = { lo: 0n, hi: BigInt(width) };
    return this.make({ kind: 'leadingZeros', a: this.node, width }, range, this.shape, 0);
  }
  /** Table entry at this index; one read a lane. */
  lookup(rom: Rom): Val {
    this.expect(
      this.range.lo >= 0n && this.range.hi < BigInt(rom.values.length),
      `lookup in ${rom.name} (${rom.values.length} entries) with an index of ${this.range.lo}..${this.range.hi}`,
    );
    const range = rom.values.slice(1).reduce((r, v) => unite(r, exactly(v)), exactly(rom.values[0]));
    return this.make({ kind: 'lookup', rom, index: this.node }, range, this.shape, rom.element.fracBits);
  }

  /** Sum over the last axis, as a tree. */
  sum(): Val {
    return this.reduce('add');
  }
  /** Smallest over the last axis, as a tree. */
  minimum(): Val {
    return this.reduce('min');
  }
  /** Largest over the last axis, as a tree. */
  maximum(): Val {
    return this.reduce('max');
  }

  /** A scalar copied to every lane. */
  splat(shape: Shape): Val {
    this.expect(this.shape.length === 0, `splat of shape [${this.shape}]`);
    return this.make({ kind: 'splat', a: this.node }, this.range, shape, this.node.fracBits);
  }
  /** [rows] to [rows, cols]: each row holds its value in all columns. */
  perRow(cols: number): Val {
    this.expect(this.shape.length === 1, `perRow of shape [${this.shape}]`);
    return this.make(
      { kind: 'perRow', a: this.node },
      this.range,
      [this.shape[0], cols],
      this.node.fracBits,
    );
  }
  /** [cols] to [rows, cols]: each column holds its value in all rows. */
  perCol(rows: number): Val {
    this.expect(this.shape.length === 1, `perCol of shape [${this.shape}]`);
    return this.make(
      { kind: 'perCol', a: this.node },
      this.range,
      [rows, this.shape[0]],
      this.node.fracBits,
    );
  }
  /** One lane of a vector, or one row of a matrix, at a constant index. */
  lane(index: number): Val {
    this.expect(index >= 0 && index < (this.shape[0] ?? 0), `lane ${index} of shape [${this.shape}]`);
    return this.make(
      { kind: 'lane', a: this.node, index },
      this.range,
      this.shape.slice(1),
      this.node.fracBits,
    );
  }
  /** One lane of a vector, or one row of a matrix, at a run-time index (a multiplexer). */
  pick(index: Val): Val {
    const { lo, hi } = index.range;
    this.expect(
      lo >= 0n && hi < BigInt(this.shape[0] ?? 0),
      `pick lane ${lo}..${hi} of shape [${this.shape}]`,
    );
    const operation: Operation = { kind: 'pick', a: this.node, index: index.node };
    return this.make(operation, this.range, this.shape.slice(1), this.node.fracBits);
  }
  /** `count` consecutive lanes (rows of a matrix) from `start`. */
  lanes(start: number, count: number): Val {
    this.expect(
      start >= 0 && count >= 1 && start + count <= (this.shape[0] ?? 0),
      `lanes ${start}..${start + count - 1} of shape [${this.shape}]`,
    );
    const shape = [count, ...this.shape.slice(1)];
    return this.make({ kind: 'lanes', a: this.node, start }, this.range, shape, this.node.fracBits);
  }
  /** The same lanes, row-major, in another shape. */
  reshape(...shape: number[]): Val {
    this.expect(laneCount(shape) === laneCount(this.shape), `reshape [${this.shape}] to [${shape}]`);
    return this.make({ kind: 'reshape', a: this.node }, this.range, shape, this.node.fracBits);
  }
  /** The same bits as another type: lane 0 is lowest. The value is taken at its declared width `from`. */
  bitcast(from: ElementType, to: DataType): Val {
    const source: DataType = { element: from, shape: this.shape };
    this.expect(
      contains(rangeOf(from), this.range) && totalBits(source) === totalBits(to),
      `bitcast ${printType(source)} to ${printType(to)}`,
    );
    const operation: Operation = { kind: 'bitcast', a: this.node, from, to };
    return this.make(operation, rangeOf(to.element), to.shape, to.element.fracBits);
  }

  /** Makes a constant where a number was given. */
  operand(other: Operand): Val {
    if (other instanceof Val) return other;
    const value = BigInt(other);
    return this.make({ kind: 'const', values: [value] }, exactly(value), [], 0);
  }

  private binary(op: BinaryOp, other: Operand): Val {
    let a: Val = this;
    let b = this.operand(other);
    if (a.shape.length === 0 && b.shape.length > 0) a = a.splat(b.shape);
    if (b.shape.length === 0 && a.shape.length > 0) b = b.splat(a.shape);
    this.expect(sameShape(a.shape, b.shape), `${op} of shapes [${a.shape}] and [${b.shape}]`);
    const fracBits = op === 'mul' ? a.node.fracBits + b.node.fracBits : a.node.fracBits;
    const compares = op === 'eq' || op === 'ne' || op === 'lt' || op === 'le';
    const operation: Operation = { kind: 'binary', op, a: a.node, b: b.node };
    return this.make(operation, binaryRange(op, a.range, b.range), a.shape, compares ? 0 : fracBits);
  }

  private shift(op: ShiftOp, count: Operand): Val {
    let by = this.operand(count);
    if (by.shape.length === 0 && this.shape.length > 0) by = by.splat(this.shape);
    this.expect(sameShape(this.shape, by.shape), `${op} of shape [${this.shape}] by shape [${by.shape}]`);
    const fixed = by.range.lo === by.range.hi ? Number(by.range.lo) : 0;
    const fracBits = this.node.fracBits + (op === 'shl' ? fixed : -fixed);
    const range = shiftRange(op, this.range, by.range);
    return this.make({ kind: 'shift', op, a: this.node, by: by.node }, range, this.shape, fracBits);
  }

  private reduce(op: ReduceOp): Val {
    this.expect(this.shape.length > 0, 'reduction of a scalar');
    const lanes = BigInt(this.shape[this.shape.length - 1]);
    const range = op === 'add' ? { lo: this.range.lo * lanes, hi: this.range.hi * lanes } : this.range;
    return this.make(
      { kind: 'reduce', op, a: this.node },
      range,
      this.shape.slice(0, -1),
      this.node.fracBits,
    );
  }

  private make(operation: Operation, range: Range, shape: Shape, fracBits: number): Val {
    return new Val(this.sink.append(operation, range, shape, { fracBits }), this.sink);
  }

  private expect(condition: boolean, found: string): void {
    if (!condition) throw new KernelError(`process ${this.sink.processName}: ${found}: not possible`);
  }
}
