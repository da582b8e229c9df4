/** Who uses which value of a process. */
import type { Nest, Node, Process } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';

/** Who uses each node, over the whole process (a nest uses its bounds and its burst address). */
export function usersOf(process: Process): Map<Node, Node[]> {
  const users = new Map<Node, Node[]>();
  const all = [...process.prologue, ...process.nests.flatMap((nest) => nest.body)];
  for (const node of all)
    for (const operand of operandsOf(node)) users.set(operand, [...(users.get(operand) ?? []), node]);
  return users;
}

/** Nodes that the loops themselves need: bounds and burst addresses. */
export function loopNodes(nest: Nest): Node[] {
  return [...nest.loops.map((loop) => loop.bound), ...(nest.burst ? [nest.burst.address] : [])];
}
