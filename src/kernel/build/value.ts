/**
 * A value while a process is being written: a thin handle on a node with the operators as methods, so that a unit reads like
 * the hardware engineer's sketch of it. Ranges are inferred exactly per operation (results.ts); a result that needs more than 64 bits is
 * refused. A scalar operand meets a vector by being copied to every lane; any other difference of shape is an error.
 */
import type { BinaryOp, Node, Rom, ShiftOp } from '../ir.js';
import type { DataType, ElementType, Range, Shape } from '../type.js';
import * as results from './results.js';

/** Anything that can stand as an operand. */
export type Operand = Val | number | bigint;

/** Where new nodes go: the prologue or the nest being built. */
export interface NodeSink {
  add(result: results.Result): Node;
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
    return results.typeOfNode(this.node);
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
    return this.make(results.neg(this.node));
  }
  /** Negation of a condition (0 or 1). */
  not(): Val {
    return this.make(results.not(this.node));
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
    const [a, b] = this.operand(yes).meet(this.operand(no));
    return this.make(results.select(this.node, a.over(this).node, b.over(this).node));
  }
  /** The nearest value that the type holds. */
  saturate(to: ElementType): Val {
    return this.make(results.saturate(this.node, to));
  }
  /** The low bits, reinterpreted: the one way to drop high bits without saturation. */
  wrap(to: ElementType): Val {
    return this.make(results.wrap(this.node, to));
  }
  /** States a narrower range than inference can see; simulation fails where it does not hold. */
  assume(lo: number | bigint, hi: number | bigint): Val {
    return this.make(results.assume(this.node, { lo: BigInt(lo), hi: BigInt(hi) }));
  }
  /** Bits hi..lo (both included) of the two's complement value, as an unsigned number. */
  slice(hi: number, lo: number): Val {
    return this.make(results.slice(this.node, hi, lo));
  }
  /** Leading zeros of a non-negative value seen `width` bits wide; `width` for 0. */
  leadingZeros(width: number): Val {
    return this.make(results.leadingZeros(this.node, width));
  }
  /** Table entry at this index; one read a lane. */
  lookup(rom: Rom): Val {
    return this.make(results.lookup(rom, this.node));
  }

  /** Sum over the last axis, as a tree. */
  sum(): Val {
    return this.make(results.reduce('add', this.node));
  }
  /** Smallest over the last axis, as a tree. */
  minimum(): Val {
    return this.make(results.reduce('min', this.node));
  }
  /** Largest over the last axis, as a tree. */
  maximum(): Val {
    return this.make(results.reduce('max', this.node));
  }

  /** A scalar copied to every lane. */
  splat(shape: Shape): Val {
    return this.make(results.splat(this.node, shape));
  }
  /** [rows] to [rows, cols]: each row holds its value in all columns. */
  perRow(cols: number): Val {
    return this.make(results.perRow(this.node, cols));
  }
  /** [cols] to [rows, cols]: each column holds its value in all rows. */
  perCol(rows: number): Val {
    return this.make(results.perCol(this.node, rows));
  }
  /** One lane of a vector, or one row of a matrix, at a constant index. */
  lane(index: number): Val {
    return this.make(results.lane(this.node, index));
  }
  /** One lane of a vector, or one row of a matrix, at a run-time index (a multiplexer). */
  pick(index: Val): Val {
    return this.make(results.pick(this.node, index.node));
  }
  /** `count` consecutive lanes (rows of a matrix) from `start`. */
  lanes(start: number, count: number): Val {
    return this.make(results.lanes(this.node, start, count));
  }
  /** The same lanes, row-major, in another shape. */
  reshape(...shape: number[]): Val {
    return this.make(results.reshape(this.node, shape));
  }
  /** The same bits as another type: lane 0 is lowest. The value is taken at its declared width `from`. */
  bitcast(from: ElementType, to: DataType): Val {
    return this.make(results.bitcast(this.node, from, to));
  }

  /** Makes a constant where a number was given. */
  operand(other: Operand): Val {
    return other instanceof Val ? other : this.make(results.constant([BigInt(other)], [], 0));
  }

  private binary(op: BinaryOp, other: Operand): Val {
    const [a, b] = this.meet(this.operand(other));
    return this.make(results.binary(op, a.node, b.node));
  }

  private shift(op: ShiftOp, count: Operand): Val {
    return this.make(results.shift(op, this.node, this.operand(count).over(this).node));
  }

  /** Both values; a scalar gets the lanes of the other one. */
  private meet(other: Val): readonly [Val, Val] {
    return [this.over(other), other.over(this)];
  }

  /** A scalar copied to every lane of `other`; a vector as it is. */
  private over(other: Val): Val {
    return this.shape.length === 0 && other.shape.length > 0 ? this.splat(other.shape) : this;
  }

  private make(result: results.Result): Val {
    return new Val(this.sink.add(result), this.sink);
  }
}
