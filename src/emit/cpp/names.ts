/**
 * Names in one emitted function. The kernel language's own names are kept; a value without one is called after what makes it
 * (`product`, `values_word`), and whatever would hide a parameter, a memory, a loop index or a C++ word gets a number.
 */
import type { Nest, Node, Process } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { hintOf, isWiring } from '../../kernel/operations.js';

const RESERVED = [
  'and auto bool break case char class const continue default delete do double else enum extern false float for goto if inline int',
  'long namespace new not operator or private public register return short signed sizeof static struct switch template this true',
  'typedef union unsigned using void volatile while xor lane row col port bits smaller larger round_shift leading_zeros clear fill',
  'saturate_signed saturate_unsigned hls std main iteration',
].flatMap((line) => line.split(' '));

/** Indices of the lane loops that the emitter writes itself. */
const LANE_INDICES = new Set(['lane', 'row', 'col']);

/** A loop's index in C++: a name of the emitter's own lane loops, which may stand inside, makes room. */
export function loopIndex(index: string): string {
  return LANE_INDICES.has(index) ? `${index}_step` : index;
}

export class Names {
  private readonly taken = new Set(RESERVED);

  constructor(reserved: Iterable<string>) {
    for (const name of reserved) this.taken.add(name);
  }

  /** `wanted`, or with the first number from 2 that is free. */
  claim(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.taken.has(name); ++n) name = `${wanted}_${n}`;
    this.taken.add(name);
    return name;
  }
}

/** Names that stand in a process's function whatever its values are called: parameters, memories, registers, loop indices. */
export function fixedNames(process: Process): Set<string> {
  const names = new Set<string>([...process.rams, ...process.roms].map((memory) => memory.name));
  for (const name of [...process.prologue, ...process.nests.flatMap((nest) => nest.body)].flatMap(
    resourceNames,
  ))
    names.add(name);
  for (const nest of process.nests) {
    for (const loop of nest.loops) names.add(loopIndex(loop.index));
    for (const register of nest.registers) names.add(register.name);
  }
  return names;
}

function resourceNames(node: Node): string[] {
  const o = node.operation;
  if (o.kind === 'arg') return [o.scalar.name];
  if (o.kind === 'read' || o.kind === 'write') return [o.channel.name];
  if (o.kind === 'portRead' || o.kind === 'portWrite') return [o.port.name];
  return [];
}

/** What a value is called: its own name, else the name a view gives it, else one after its operation. */
export function wantedName(node: Node, users: readonly Node[], role: string | undefined): string {
  if (node.name) return node.name;
  if (role) return role;
  const o = node.operation;
  const named = users.find((user) => user.name && isWiring(user));
  if (named && (o.kind === 'read' || o.kind === 'portRead')) return named.name!;
  const hint = hintOf(node);
  if (hint) return hint;
  const write = users.find((user) => user.operation.kind === 'write');
  return (write && hintOf(write)) ?? 'value';
}

/** Who uses each node, over the whole process (a nest uses its bounds and its burst address). */
export function usersOf(process: Process): Map<Node, Node[]> {
  const users = new Map<Node, Node[]>();
  const all = [...process.prologue, ...process.nests.flatMap((nest) => nest.body)];
  for (const node of all)
    for (const operand of operandsOf(node)) users.set(operand, [...(users.get(operand) ?? []), node]);
  return users;
}

/** Names of values that have a part in loops: `word_count`, `burst_start`. */
export function loopRoles(process: Process): Map<Node, string> {
  const roles = new Map<Node, string>();
  for (const nest of process.nests) {
    for (const loop of nest.loops) if (!roles.has(loop.bound)) roles.set(loop.bound, `${loop.index}_count`);
    if (nest.burst) roles.set(nest.burst.address, 'burst_start');
  }
  return roles;
}

/** Nodes that the loops themselves need: bounds and burst addresses. */
export function loopNodes(nest: Nest): Node[] {
  return [...nest.loops.map((loop) => loop.bound), ...(nest.burst ? [nest.burst.address] : [])];
}
