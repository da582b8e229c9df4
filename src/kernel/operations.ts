/**
 * What every operation of the language is, in one table: whoever must treat operations by kind asks here. An operation added to the language
 * does not compile until it has a row. `isOf` narrows the type: a switch over what is left, with a case each and no default, must handle it.
 */
import type { BinaryOp, Node, Operation, ReduceOp, ShiftOp } from './ir.js';

export type Kind = Operation['kind'];

/**
 * constant: a number. given: an index or argument. compute: lane by lane, with hardware. bits: lane by lane, keeps or drops bits.
 * view: lanes of the operand in another place. pack: lanes into one word. pick: a lane chosen at run time. reduce: along an axis.
 * load and store: from and to what outlives an iteration.
 */
export type Sort =
  | 'constant'
  | 'given'
  | 'compute'
  | 'bits'
  | 'view'
  | 'pack'
  | 'pick'
  | 'reduce'
  | 'load'
  | 'store';

interface Traits {
  readonly sort: Sort;
  /** What it reads or writes beside its operands; null for what is pure. */
  readonly touches: 'channel' | 'port' | 'memory' | 'register' | null;
  /** A lane of the result is another lane of an operand. */
  readonly across: boolean;
  /** The result stands as one packed word in hardware, not lane by lane. */
  readonly isWord: boolean;
  /** What a result is called that nobody named; null where that depends on more than the kind. */
  readonly hint: string | null;
}

const table = {
  const: { sort: 'constant', touches: null, across: false, isWord: true, hint: null },
  index: { sort: 'given', touches: null, across: false, isWord: true, hint: null },
  arg: { sort: 'given', touches: null, across: false, isWord: true, hint: null },
  binary: { sort: 'compute', touches: null, across: false, isWord: false, hint: null },
  neg: { sort: 'compute', touches: null, across: false, isWord: false, hint: 'negated' },
  not: { sort: 'compute', touches: null, across: false, isWord: false, hint: 'opposite' },
  shift: { sort: 'compute', touches: null, across: false, isWord: false, hint: null },
  select: { sort: 'compute', touches: null, across: false, isWord: false, hint: 'chosen' },
  saturate: { sort: 'compute', touches: null, across: false, isWord: false, hint: 'clamped' },
  leadingZeros: { sort: 'compute', touches: null, across: false, isWord: false, hint: 'zeros' },
  lookup: { sort: 'compute', touches: null, across: false, isWord: false, hint: null },
  wrap: { sort: 'bits', touches: null, across: false, isWord: false, hint: null },
  assume: { sort: 'bits', touches: null, across: false, isWord: false, hint: null },
  slice: { sort: 'bits', touches: null, across: false, isWord: false, hint: 'field' },
  splat: { sort: 'view', touches: null, across: false, isWord: false, hint: null },
  perRow: { sort: 'view', touches: null, across: false, isWord: false, hint: null },
  perCol: { sort: 'view', touches: null, across: true, isWord: false, hint: null },
  lane: { sort: 'view', touches: null, across: true, isWord: false, hint: 'picked' },
  lanes: { sort: 'view', touches: null, across: true, isWord: false, hint: null },
  reshape: { sort: 'view', touches: null, across: true, isWord: false, hint: null },
  gather: { sort: 'pack', touches: null, across: true, isWord: true, hint: 'joined' },
  bitcast: { sort: 'pack', touches: null, across: true, isWord: true, hint: null },
  pick: { sort: 'pick', touches: null, across: true, isWord: true, hint: 'picked' },
  reduce: { sort: 'reduce', touches: null, across: true, isWord: false, hint: null },
  read: { sort: 'load', touches: 'channel', across: false, isWord: true, hint: null },
  ramRead: { sort: 'load', touches: 'memory', across: false, isWord: true, hint: null },
  regRead: { sort: 'load', touches: 'register', across: false, isWord: false, hint: null },
  portRead: { sort: 'load', touches: 'port', across: false, isWord: true, hint: null },
  write: { sort: 'store', touches: 'channel', across: false, isWord: false, hint: null },
  ramWrite: { sort: 'store', touches: 'memory', across: false, isWord: false, hint: null },
  regWrite: { sort: 'store', touches: 'register', across: false, isWord: false, hint: null },
  portWrite: { sort: 'store', touches: 'port', across: false, isWord: false, hint: null },
} as const satisfies Record<Kind, Traits>;

/** Binary operations: whether the operands may change places, what they are alike in, and what the result is called. */
export const binaryOps = {
  add: { commutes: true, group: 'sum', hint: 'sum' },
  sub: { commutes: false, group: 'sum', hint: 'difference' },
  mul: { commutes: true, group: 'product', hint: 'product' },
  and: { commutes: true, group: 'logic', hint: 'both' },
  or: { commutes: true, group: 'logic', hint: 'either' },
  xor: { commutes: true, group: 'logic', hint: 'unlike' },
  min: { commutes: true, group: 'extreme', hint: 'least' },
  max: { commutes: true, group: 'extreme', hint: 'most' },
  eq: { commutes: true, group: 'comparison', hint: 'equal' },
  ne: { commutes: true, group: 'comparison', hint: 'unequal' },
  lt: { commutes: false, group: 'comparison', hint: 'below' },
  le: { commutes: false, group: 'comparison', hint: 'within' },
} as const satisfies Record<
  BinaryOp,
  {
    readonly commutes: boolean;
    readonly group: 'sum' | 'product' | 'logic' | 'extreme' | 'comparison';
    readonly hint: string;
  }
>;

const shiftHints: Record<ShiftOp, string> = { shl: 'shifted', shr: 'shifted', roundShift: 'rounded' };
const reduceHints: Record<ReduceOp, string> = { add: 'total', min: 'minimum', max: 'maximum' };

/** Operations of a sort. */
export type OfSort<S extends Sort> = Extract<
  Operation,
  { readonly kind: { [K in Kind]: (typeof table)[K]['sort'] extends S ? K : never }[Kind] }
>;

/** The row of a node's operation. */
export function traitsOf({ operation }: Node): Traits {
  return table[operation.kind];
}

/** Whether an operation is of one of these sorts; narrows its type. */
export function isOf<S extends Sort>(operation: Operation, ...sorts: readonly S[]): operation is OfSort<S> {
  return (sorts as readonly Sort[]).includes(table[operation.kind].sort);
}

/** Only says where lanes lie: whoever reads it reads what stands in front of it. */
export const isView = ({ operation }: Node): boolean => isOf(operation, 'view');

/** Bits of its operands and nothing else: no hardware. */
export const isWiring = ({ operation }: Node): boolean => isOf(operation, 'view', 'pack', 'bits');

/** Each lane of the result comes from that lane of the operands. */
export const isLaneWise = ({ operation }: Node): boolean => isOf(operation, 'compute', 'bits');

/** The same operands give the same result, whenever and however often: nothing is read or written. */
export const isPure = (node: Node): boolean => traitsOf(node).touches === null;

/** Seen from outside the nest: channels, ports and memories; registers are its own. */
export function isAccess(node: Node): boolean {
  const { touches } = traitsOf(node);
  return touches !== null && touches !== 'register';
}

/** Happens only where there is an iteration: a word moves, or a memory or register is written. */
export function isMove({ operation: o }: Node): boolean {
  return isOf(o, 'store') || o.kind === 'read' || o.kind === 'portRead';
}

/** What a result without a name is called after its operation; null where only its use tells. */
export function hintOf({ operation: o }: Node): string | null {
  switch (o.kind) {
    case 'binary':
      return binaryOps[o.op].hint;
    case 'shift':
      return shiftHints[o.op];
    case 'reduce':
      return reduceHints[o.op];
    case 'lookup':
      return `${o.rom.name}_entry`;
    case 'read':
    case 'write':
      return `${o.channel.name}_word`;
    case 'portRead':
    case 'portWrite':
      return `${o.port.name}_word`;
    case 'ramRead':
      return `${o.ram.name}_word`;
    default:
      return table[o.kind].hint;
  }
}
