/**
 * The kernel network as plain data: processes joined by FIFO channels, with private memories and external memory ports (a Kahn
 * process network). A process is a prologue (straight-line code on scalar arguments) and a list of loop nests; each innermost body is
 * straight-line code in single assignment, pipelined at a stated interval. Immutable: whoever changes a network makes a new one.
 */
import type { NamedSize, Size } from './size.js';
import type { DataType, ElementType, Range, Shape } from './type.js';

/** A scalar argument of a call: held constant while the network runs. `range` bounds what the kernel accepts. */
export interface Scalar {
  readonly name: string;
  readonly element: ElementType;
  readonly range: Range;
  readonly doc: string;
}

/** A FIFO. One producer process and one consumer process; where one is missing, the channel is a boundary of the network. */
export interface Channel {
  readonly name: string;
  readonly type: DataType;
  readonly doc: string;
  /** Its words come no more often than every so many cycles (1 when absent): it needs so much less room for those on their way. */
  readonly everyCycles?: number;
}

/** An external memory port: words of `type` (512 bits on the board), addressed by word. One process reads it or writes it, in bursts. */
export interface Port {
  readonly name: string;
  readonly type: DataType;
  readonly direction: 'read' | 'write';
  readonly doc: string;
  /**
   * Of a port that is read: the name of the one that writes the same memory. A call reads what the call before has written there, also
   * where the two overlap.
   */
  readonly follows?: string;
  /** Words come, or go, at least so many cycles apart (1 when absent): its master needs less room for words on their way. */
  readonly everyCycles?: number;
}

/** Private memory, one read and one write a cycle, registered read. Contents are undefined until written (0 in simulation). */
export interface Ram {
  readonly name: string;
  readonly type: DataType;
  readonly depth: number;
  /** What the depth is called, where it has a name. */
  readonly depthSize: Size | null;
  readonly storage: 'bram' | 'lutram';
  readonly doc: string;
}

/** Constant table of scalars. */
export interface Rom {
  readonly name: string;
  readonly element: ElementType;
  readonly values: readonly bigint[];
  readonly doc: string;
}

/**
 * A register carried round a nest: `init` when the nest starts, null where nothing that leaves the nest depends on it; a write is seen from
 * the next iteration on.
 */
export interface Register {
  readonly name: string;
  readonly type: DataType;
  readonly init: bigint | null;
  /** True for counters and the like: written with control values only, so that it may steer channels and addresses. */
  readonly control: boolean;
}

export type BinaryOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'and'
  | 'or'
  | 'xor'
  | 'min'
  | 'max'
  | 'eq'
  | 'ne'
  | 'lt'
  | 'le';
/** `shr` is floor; `roundShift` adds half of the last place first (by 0: nothing). Shift counts are never negative. */
export type ShiftOp = 'shl' | 'shr' | 'roundShift';
export type ReduceOp = 'add' | 'min' | 'max';

/** What an operation does. Operands are other nodes of the same process. */
export type Operation =
  | { readonly kind: 'const'; readonly values: readonly bigint[] } // one value, or one a lane (row-major)
  | { readonly kind: 'index'; readonly loop: number }
  | { readonly kind: 'arg'; readonly scalar: Scalar }
  | { readonly kind: 'binary'; readonly op: BinaryOp; readonly a: Node; readonly b: Node }
  | { readonly kind: 'neg'; readonly a: Node }
  | { readonly kind: 'not'; readonly a: Node } // of a condition
  | { readonly kind: 'shift'; readonly op: ShiftOp; readonly a: Node; readonly by: Node }
  | { readonly kind: 'select'; readonly c: Node; readonly a: Node; readonly b: Node }
  | { readonly kind: 'saturate'; readonly a: Node; readonly to: ElementType }
  | { readonly kind: 'wrap'; readonly a: Node; readonly to: ElementType } // low bits, reinterpreted
  | { readonly kind: 'assume'; readonly a: Node; readonly range: Range } // checked in simulation; narrows the inferred range
  | { readonly kind: 'slice'; readonly a: Node; readonly hi: number; readonly lo: number } // bits, unsigned
  | { readonly kind: 'leadingZeros'; readonly a: Node; readonly width: number } // of a non-negative value seen `width` bits wide
  | { readonly kind: 'lookup'; readonly rom: Rom; readonly index: Node }
  | { readonly kind: 'reduce'; readonly op: ReduceOp; readonly a: Node } // along the last axis
  | { readonly kind: 'splat'; readonly a: Node } // scalar to every lane
  | { readonly kind: 'perRow'; readonly a: Node } // [rows] to [rows, cols]
  | { readonly kind: 'perCol'; readonly a: Node } // [cols] to [rows, cols]
  | { readonly kind: 'lane'; readonly a: Node; readonly index: number } // one lane (or one row of a matrix), constant index
  | { readonly kind: 'pick'; readonly a: Node; readonly index: Node } // one lane of a vector (or row of a matrix), run-time index
  | { readonly kind: 'lanes'; readonly a: Node; readonly start: number } // consecutive lanes (rows) from start; count is in the shape
  | { readonly kind: 'gather'; readonly parts: readonly Node[] } // concatenation along the first axis; scalars become lanes
  | { readonly kind: 'reshape'; readonly a: Node } // same lanes in row-major order
  | { readonly kind: 'bitcast'; readonly a: Node; readonly from: ElementType; readonly to: DataType } // same bits, lanes of `a` taken as `from`, lane 0 lowest
  | { readonly kind: 'read'; readonly channel: Channel; readonly when: Node | null }
  | { readonly kind: 'write'; readonly channel: Channel; readonly value: Node; readonly when: Node | null }
  | { readonly kind: 'ramRead'; readonly ram: Ram; readonly address: Node }
  | {
      readonly kind: 'ramWrite';
      readonly ram: Ram;
      readonly address: Node;
      readonly value: Node;
      readonly when: Node | null;
    }
  | { readonly kind: 'regRead'; readonly register: Register }
  | {
      readonly kind: 'regWrite';
      readonly register: Register;
      readonly value: Node;
      readonly when: Node | null;
    }
  | { readonly kind: 'portRead'; readonly port: Port }
  | { readonly kind: 'portWrite'; readonly port: Port; readonly value: Node };

/** One operation with what the builder inferred. Nodes without a result (writes) have `result` false, range 0..0 and shape []. */
export interface Node {
  readonly id: number;
  readonly operation: Operation;
  readonly range: Range;
  readonly shape: Shape;
  readonly fracBits: number;
  readonly result: boolean;
  /** Depends on constants, indices, arguments and control registers only: the only values that may steer channels and addresses. */
  readonly control: boolean;
  /** Name in the emitted code; unique in the process where set. */
  readonly name: string | null;
  /** One line that says why, printed above the operation. */
  readonly note: string | null;
}

/** One loop of a nest. `bound` is a constant or a prologue value, `maxBound` its largest value. */
export interface Loop {
  readonly label: string;
  readonly index: string;
  readonly bound: Node;
  readonly maxBound: number;
  /** What a constant bound is called, where it has a name. */
  readonly size: Size | null;
}

/** A perfect nest, outermost loop first; `body` in program order. The iteration space runs as one pipeline. */
export interface Nest {
  readonly label: string;
  readonly doc: string;
  readonly loops: readonly Loop[];
  readonly body: readonly Node[];
  readonly registers: readonly Register[];
  readonly interval: number;
  /**
   * Declared for a RAM that is both read and written: no iteration reads an address written fewer than `distance` iterations
   * earlier. Proved by the interpreter, used by the scheduler. Absent: the RAM's reads never meet this nest's writes.
   */
  readonly distances: ReadonlyMap<Ram, number>;
  /** Bursts: at each start of the innermost loop, `address` (word) is where the loop's consecutive words begin. */
  readonly burst: { readonly port: Port; readonly address: Node } | null;
}

/** A process: loop nests that run one after another, with memories of their own. */
export interface Process {
  readonly name: string;
  readonly doc: string;
  /** The paper's name of the unit it belongs to, for reports: MAT, HAT, PAU, PMU, PMA, NAU, or a plain word. */
  readonly unit: string;
  readonly prologue: readonly Node[];
  readonly nests: readonly Nest[];
  readonly rams: readonly Ram[];
  readonly roms: readonly Rom[];
}

/** Processes joined by channels, with run-time arguments and ports to external memory. */
export interface Network {
  readonly name: string;
  readonly doc: string;
  /** Names that loops, memories and the reader know sizes by. */
  readonly sizes: readonly NamedSize[];
  readonly scalars: readonly Scalar[];
  readonly channels: readonly Channel[];
  /** Words that each channel holds: as its units ask, or as FIFO sizing found. One word passes every other cycle, two or more every cycle. */
  readonly depths: ReadonlyMap<Channel, number>;
  readonly ports: readonly Port[];
  /** In an order such that every channel goes from an earlier process to a later one. */
  readonly processes: readonly Process[];
}
