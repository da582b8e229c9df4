/**
 * Which values get a variable of their own in the emitted code and which are written where they are used. Held: what has a name or a
 * note, is used twice, is read from outside, or must exist as a whole word; the rest is inlined while the line stays readable.
 */
import type { Nest, Node, Process } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { isOf, traitsOf } from '../../kernel/operations.js';
import type { DataType } from '../../kernel/type.js';
import { elementFor, sameType } from '../../kernel/type.js';
import { loopNodes, usersOf } from '../network/users.js';
import { weaveOf } from './lane-index.js';

/** Longest expressions, in characters as estimated: inlined into another, and on a line of its own. */
const LONGEST_INLINE = 48;
const LONGEST_LINE = 72;

/** Views only choose lanes, or say more of a value; they cost nothing and never have a variable. */
export function isView(node: Node): boolean {
  const o = node.operation;
  if (o.kind === 'assume') return node.name === null && isAsWide(node, o.a);
  return isOf(o, 'view') || (o.kind === 'gather' && weaveOf(o.parts)?.sources.length === 1);
}

/** An assumption that narrows nothing but the range. */
function isAsWide(node: Node, a: Node): boolean {
  const [own, other] = [elementFor(node.range), elementFor(a.range)];
  return own.bits === other.bits && own.signed === other.signed;
}

/** Reads other lanes of its operand's variable than the one being computed. */
function reachesAcross(node: Node): boolean {
  const { kind } = node.operation;
  return traitsOf(node).across && kind !== 'reduce' && kind !== 'bitcast';
}

/** True for what is a plain number, whatever it was computed from. */
export function isNumber(node: Node): boolean {
  return node.result && node.range.lo === node.range.hi && !mustHold(node);
}

/** Named where they stand: numbers, indices, arguments, registers. */
function isLeaf(node: Node): boolean {
  const o = node.operation;
  return isNumber(node) || isOf(o, 'constant', 'given') || o.kind === 'regRead';
}

export interface Holding {
  readonly held: ReadonlySet<Node>;
  readonly users: ReadonlyMap<Node, readonly Node[]>;
  /** For a vector that goes whole to a channel: the type of that channel's words. */
  readonly words: ReadonlyMap<Node, DataType>;
}

/** Decides for every value of a process. `bound` says which multiplications must have a variable for their BIND_OP. */
export function holding(process: Process, bound: (node: Node) => boolean): Holding {
  const users = usersOf(process);
  const words = wordsOf(process);
  const held = new Set<Node>();
  const loops = new Set(process.nests.flatMap(loopNodes));
  const inBody = new Map<Node, number>();
  for (const [i, nest] of process.nests.entries()) for (const node of nest.body) inBody.set(node, i);

  /** A use that has a line to itself: a store, or an assumption on the way to one. */
  const isLastWord = (user: Node): boolean =>
    !user.result || (user.operation.kind === 'assume' && (users.get(user) ?? []).every(isLastWord));
  const hold = (node: Node): void => {
    if (isLeaf(node)) return;
    if (isView(node)) {
      operandsOf(node).forEach(hold);
      return;
    }
    held.add(node);
  };
  const lengths = new Map<Node, number>();
  const length = (node: Node) => {
    if (!held.has(node) && lengths.has(node)) return lengths.get(node)!;
    const name = node.operation.kind === 'regRead' ? node.operation.register.name : node.name;
    return (name?.length ?? 9) + [0, 6, 10][node.shape.length];
  };

  for (const node of [...process.prologue, ...process.nests.flatMap((nest) => nest.body)]) {
    if (!node.result) continue;
    const own = users.get(node) ?? [];
    if (reachesAcross(node)) {
      const whole = node.operation.kind === 'pick' ? [node.operation.a] : operandsOf(node);
      if (node.operation.kind !== 'gather' || isView(node)) whole.forEach(hold);
    }
    if (node.operation.kind === 'splat' || node.operation.kind === 'perRow') hold(node.operation.a);
    if (words.has(node) && !isLeaf(node)) held.add(node);
    if (own.some((user) => user.operation.kind === 'regWrite' && crossesItself(user, node))) held.add(node);
    if (isLeaf(node) || isView(node)) continue;
    const far = own.some((user) => inBody.get(user) !== inBody.get(node)) || loops.has(node);
    const named = (node.name !== null || node.note !== null) && node.operation.kind !== 'assume';
    if (mustHold(node) || named || own.length > 1 || far || bound(node)) held.add(node);
    const ownLine = held.has(node) || own.every(isLastWord);
    lengths.set(node, settle(node, ownLine ? LONGEST_LINE : LONGEST_INLINE, length, hold));
  }
  for (const node of words.keys()) held.add(node);
  for (const nest of process.nests) holdAcrossRegisters(nest, held);
  return { held, users, words };
}

/** Comes whole, or is made in more than one statement. */
function mustHold(node: Node): boolean {
  const o = node.operation;
  return isOf(o, 'pack', 'reduce') || (isOf(o, 'load') && o.kind !== 'regRead');
}

/** Estimated characters of a node's expression, after giving variables to its longest operands until it is short enough. */
function settle(
  node: Node,
  longest: number,
  length: (node: Node) => number,
  hold: (node: Node) => void,
): number {
  const operands = [...operandsOf(node)];
  const total = () => operands.reduce((all, operand) => all + length(operand), 0) + ownLength(node);
  while (total() > longest) {
    const worst = operands.reduce((a, b) => (length(b) > length(a) ? b : a));
    const before = length(worst);
    hold(worst);
    if (length(worst) >= before) break;
  }
  return total();
}

function ownLength(node: Node): number {
  switch (node.operation.kind) {
    case 'shift':
      return node.operation.op === 'shr' ? 4 : 26;
    case 'saturate':
      return 22;
    case 'wrap':
    case 'slice':
      return 12;
    case 'select':
      return 26;
    case 'binary':
      return node.operation.op === 'min' || node.operation.op === 'max' ? 24 : 3;
    default:
      return 3;
  }
}

/** A register's new value that takes other lanes of the register itself must be complete before the first lane is replaced. */
function crossesItself(write: Node, value: Node): boolean {
  if (write.operation.kind !== 'regWrite' || write.operation.register.type.shape.length === 0) return false;
  const { register } = write.operation;
  const seen = new Set<string>();
  const crosses = (node: Node, across: boolean): boolean => {
    const o = node.operation;
    if (o.kind === 'regRead') return across && o.register === register;
    const key = `${node.id} ${across}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return operandsOf(node).some((operand) => crosses(operand, across || reachesAcross(node)));
  };
  return crosses(value, false);
}

/** Registers are replaced one after the other: a new value that looks at another register is computed before any is replaced. */
function holdAcrossRegisters(nest: Nest, held: Set<Node>): void {
  const writes = nest.body.flatMap((node) => (node.operation.kind === 'regWrite' ? [node.operation] : []));
  const written = new Set(writes.map((write) => write.register));
  for (const { register, value, when } of writes) {
    const looks = (node: Node): boolean => {
      if (held.has(node)) return false;
      const o = node.operation;
      if (o.kind === 'regRead') return o.register !== register && written.has(o.register);
      return operandsOf(node).some(looks);
    };
    if (looks(value)) held.add(value);
    if (when && looks(when)) held.add(when);
  }
}

/** Vectors written to a channel and the word type each needs; a word read from a channel of the same type serves as it is. */
function wordsOf(process: Process): Map<Node, DataType> {
  const words = new Map<Node, DataType>();
  for (const node of process.nests.flatMap((nest) => nest.body)) {
    const o = node.operation;
    if (o.kind !== 'write' || o.channel.type.shape.length === 0 || words.has(o.value)) continue;
    if (o.value.operation.kind === 'portRead' || o.value.operation.kind === 'bitcast') continue;
    const from = o.value.operation;
    if (from.kind === 'read' && sameType(from.channel.type, o.channel.type)) continue;
    words.set(o.value, o.channel.type);
  }
  return words;
}
