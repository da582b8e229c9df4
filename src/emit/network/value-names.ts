/** What values are called in emitted text: their own names where the kernel language gives one, else one after what makes them. */
import type { Nest, Node, Process } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { hintOf, isWiring } from '../../kernel/operations.js';

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
