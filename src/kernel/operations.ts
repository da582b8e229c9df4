/**
 * What every operation of the language is, in one table. Code that treats operations by kind asks here. An operation added to the language
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

interface Row<K extends Kind> {
  /** Its operands in a fixed order, conditions last: fields that hold a node, a node or null, or a list of nodes. */
  readonly operands: InOrder<OperandName<K>>;
  readonly sort: Sort;
  /** What it reads or writes beside its operands; null for what is pure. */
  readonly touches: 'channel' | 'port' | 'memory' | 'register' | null;
  /** A lane of the result is another lane of an operand. */
  readonly across: boolean;
  /** The result stands as one packed word in hardware, not lane by lane. */
  readonly isWord: boolean;
  /** The name of a result that nobody named; null where it depends on more than the kind. */
  readonly hint: string | null;
}

/** The fields of an operation that hold nodes. */
type OperandName<K extends Kind, O = Extract<Operation, { readonly kind: K }>> = {
  [F in keyof O]: O[F] extends Node | null | readonly Node[] ? F : never;
}[keyof O];

/** The lists that hold each of `Names` once. */
type InOrder<Names, First = Names> = [Names] extends [never]
  ? readonly []
  : First extends Names
    ? readonly [First, ...InOrder<Exclude<Names, First>>]
    : never;

type Traits = Omit<Row<Kind>, 'operands'>;

const table = {
  const: { operands: [], sort: 'constant', touches: null, across: false, isWord: true, hint: null },
  index: { operands: [], sort: 'given', touches: null, across: false, isWord: true, hint: null },
  arg: { operands: [], sort: 'given', touches: null, across: false, isWord: true, hint: null },
  binary: { operands: ['a', 'b'], sort: 'compute', touches: null, across: false, isWord: false, hint: null },
  neg: { operands: ['a'], sort: 'compute', touches: null, across: false, isWord: false, hint: 'negated' },
  not: { operands: ['a'], sort: 'compute', touches: null, across: false, isWord: false, hint: 'opposite' },
  shift: { operands: ['a', 'by'], sort: 'compute', touches: null, across: false, isWord: false, hint: null },
  select: {
    operands: ['c', 'a', 'b'],
    sort: 'compute',
    touches: null,
    across: false,
    isWord: false,
    hint: 'chosen',
  },
  saturate: {
    operands: ['a'],
    sort: 'compute',
    touches: null,
    across: false,
    isWord: false,
    hint: 'clamped',
  },
  leadingZeros: {
    operands: ['a'],
    sort: 'compute',
    touches: null,
    across: false,
    isWord: false,
    hint: 'zeros',
  },
  lookup: { operands: ['index'], sort: 'compute', touches: null, across: false, isWord: false, hint: null },
  wrap: { operands: ['a'], sort: 'bits', touches: null, across: false, isWord: false, hint: null },
  assume: { operands: ['a'], sort: 'bits', touches: null, across: false, isWord: false, hint: null },
  slice: { operands: ['a'], sort: 'bits', touches: null, across: false, isWord: false, hint: 'field' },
  splat: { operands: ['a'], sort: 'view', touches: null, across: false, isWord: false, hint: null },
  perRow: { operands: ['a'], sort: 'view', touches: null, across: false, isWord: false, hint: null },
  perCol: { operands: ['a'], sort: 'view', touches: null, across: true, isWord: false, hint: null },
  lane: { operands: ['a'], sort: 'view', touches: null, across: true, isWord: false, hint: 'picked' },
  lanes: { operands: ['a'], sort: 'view', touches: null, across: true, isWord: false, hint: null },
  reshape: { operands: ['a'], sort: 'view', touches: null, across: true, isWord: false, hint: null },
  gather: { operands: ['parts'], sort: 'pack', touches: null, across: true, isWord: true, hint: 'joined' },
  bitcast: { operands: ['a'], sort: 'pack', touches: null, across: true, isWord: true, hint: null },
  pick: { operands: ['a', 'index'], sort: 'pick', touches: null, across: true, isWord: true, hint: 'picked' },
  reduce: { operands: ['a'], sort: 'reduce', touches: null, across: true, isWord: false, hint: null },
  read: { operands: ['when'], sort: 'load', touches: 'channel', across: false, isWord: true, hint: null },
  ramRead: {
    operands: ['address'],
    sort: 'load',
    touches: 'memory',
    across: false,
    isWord: true,
    hint: null,
  },
  regRead: { operands: [], sort: 'load', touches: 'register', across: false, isWord: false, hint: null },
  portRead: { operands: [], sort: 'load', touches: 'port', across: false, isWord: true, hint: null },
  write: {
    operands: ['value', 'when'],
    sort: 'store',
    touches: 'channel',
    across: false,
    isWord: false,
    hint: null,
  },
  ramWrite: {
    operands: ['address', 'value', 'when'],
    sort: 'store',
    touches: 'memory',
    across: false,
    isWord: false,
    hint: null,
  },
  regWrite: {
    operands: ['value', 'when'],
    sort: 'store',
    touches: 'register',
    across: false,
    isWord: false,
    hint: null,
  },
  portWrite: {
    operands: ['value'],
    sort: 'store',
    touches: 'port',
    across: false,
    isWord: false,
    hint: null,
  },
} as const satisfies { readonly [K in Kind]: Row<K> };

/** Names of an operation's operands, in their order. */
export function operandNames(kind: Kind): readonly string[] {
  return table[kind].operands;
}

/** Binary operations: whether the operands may change places, the group of similar operations, and the name of a result. */
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

/** Only says where lanes lie: who reads a view reads its operand. */
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

/** The name of a result that nobody named, after its operation; null where only its use tells. */
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
