/**
 * What every value of a process is called in emitted text. The unit's own names are kept. A value without one is called after its part in a loop,
 * else after what it is for (`sum_next` goes to register `sum`), else after what it is (`token_plus_1`), else after who uses it.
 */
import type { Nest, Node, Process } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { hintOf, isOf, isView, isWiring } from '../../kernel/operations.js';
import { describe } from './describe-value.js';
import { usersOf } from './users.js';

/** From this length on a name that says what a value is says less than one that says what it is for. */
const LONGEST = 24;

/** The name of a value. Several values may have the same: the back end that writes them tells them apart. */
export type NameOf = (node: Node) => string;

/** Names for all values of `process`, in the prologue and in every nest. */
export function nameValues(process: Process): NameOf {
  const users = usersOf(process);
  const roles = loopRoles(process);
  const known = new Map<Node, string>();
  const nestOf = new Map<Node, Nest>();
  for (const nest of process.nests) for (const node of nest.body) nestOf.set(node, nest);

  /** Users of a value, past those that only say where lanes lie. */
  const readersOf = (node: Node): Node[] =>
    (users.get(node) ?? []).flatMap((user) => (isPassed(user) ? readersOf(user) : [user]));

  const found = (node: Node): string => {
    const index = indexName(node, nestOf.get(node));
    const given = node.name ?? roles.get(node) ?? index ?? nameOfView(node, users.get(node) ?? []);
    if (given) return given;
    if (isOf(node.operation, 'load') || node.operation.kind === 'lookup') {
      const source = hintOf(node);
      if (source) return source;
    }
    const readers = readersOf(node);
    const purpose = sinkName(node, readers);
    if (purpose) return purpose;
    const description = describe(node, nameOf);
    if (description && description.length <= LONGEST) return description;
    const hint = node.operation.kind === 'const' ? 'constants' : (hintOf(node) ?? 'value');
    const user = purposeOf(readers);
    return user ? `${user}_${hint}` : (targetName(node, readers) ?? hint);
  };
  /** The nearest name that is made of some of these values. */
  const purposeOf = (readers: readonly Node[]): string | null => {
    const named = readers.find(({ name }) => name !== null);
    if (named) return named.name;
    for (const reader of readers) {
      const next = readersOf(reader);
      const name = sinkName(reader, next) ?? purposeOf(next);
      if (name) return name;
    }
    return null;
  };
  const nameOf = (node: Node): string => {
    const name = known.get(node) ?? found(node);
    known.set(node, name);
    return name;
  };
  return nameOf;
}

/** Only lanes or bits of its operand, without a name of its own. */
const isPassed = (node: Node) => node.name === null && (isView(node) || node.operation.kind === 'assume');

const indexName = ({ operation: o }: Node, nest: Nest | undefined) =>
  o.kind === 'index' && nest ? nest.loops[o.loop].index : null;

/** A word that is read is called as what is made of its bits. */
function nameOfView({ operation: o }: Node, users: readonly Node[]): string | null {
  if (o.kind !== 'read' && o.kind !== 'portRead') return null;
  return users.find((user) => user.name && isWiring(user))?.name ?? null;
}

/** The name of a value that is for one thing only, which is no value: the next one of a register, a condition, an address. */
function sinkName(node: Node, readers: readonly Node[]): string | null {
  const [first, ...others] = readers.map((reader) => sinkOf(node, reader));
  return first && others.every((other) => other === first) ? first : null;
}

function sinkOf(node: Node, { operation: o }: Node): string | null {
  switch (o.kind) {
    case 'regWrite':
      if (baseOf(o.value) === node) return `${o.register.name}_next`;
      return `${o.register.name}_changes`;
    case 'ramRead':
      return `${o.ram.name}_read_address`;
    case 'ramWrite':
      if (o.when && baseOf(o.when) === node) return `writes_${o.ram.name}`;
      return baseOf(o.address) === node ? `${o.ram.name}_write_address` : null;
    case 'read':
      return `reads_${o.channel.name}`;
    case 'write':
      return o.when && baseOf(o.when) === node ? `writes_${o.channel.name}` : null;
    default:
      return null;
  }
}

function baseOf(node: Node): Node {
  return isPassed(node) ? baseOf(operandsOf(node)[0]) : node;
}

/** What a value is called that only goes to a channel, a port or a memory. */
function targetName(node: Node, readers: readonly Node[]): string | null {
  for (const { operation: o } of readers) {
    if (o.kind === 'write') return `${o.channel.name}_value`;
    if (o.kind === 'portWrite') return `${o.port.name}_value`;
    if (o.kind === 'ramWrite' && baseOf(o.value) === node) return `${o.ram.name}_value`;
  }
  return null;
}

/** Names of values that have a part in loops: `word_count`, `burst_start`. */
function loopRoles(process: Process): Map<Node, string> {
  const roles = new Map<Node, string>();
  for (const nest of process.nests) {
    for (const loop of nest.loops) if (!roles.has(loop.bound)) roles.set(loop.bound, `${loop.index}_count`);
    if (nest.burst) roles.set(nest.burst.address, 'burst_start');
  }
  return roles;
}
