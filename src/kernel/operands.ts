/** The operands of a node, and the same operation with other operands. The table of operations names the fields. */
import type { Node, Operation } from './ir.js';
import { operandNames } from './operations.js';

/** What a field of operands holds: a node, null, or a list of nodes. */
type Field = Node | null | readonly Node[];
type Fields = Readonly<Record<string, Field>>;

/** Operands of a node, in a fixed order (conditions last). */
export function operandsOf({ operation }: Pick<Node, 'operation'>): readonly Node[] {
  const fields = operation as unknown as Fields;
  const found: Node[] = [];
  for (const name of operandNames(operation.kind)) {
    const field = fields[name];
    if (isList(field)) found.push(...field);
    else if (field) found.push(field);
  }
  return found;
}

/** How often each node is an operand of one in `body`. */
export function useCounts(body: readonly Node[]): Map<Node, number> {
  const uses = new Map<Node, number>();
  for (const operand of body.flatMap(operandsOf)) uses.set(operand, (uses.get(operand) ?? 0) + 1);
  return uses;
}

/** The operation with other operands, given in the order of `operandsOf`. */
export function withOperands(operation: Operation, operands: readonly Node[]): Operation {
  const fields = operation as unknown as Fields;
  let taken = 0;
  const take = () => operands[taken++];
  const changed: Record<string, Field> = {};
  for (const name of operandNames(operation.kind)) {
    const field = fields[name];
    changed[name] = isList(field) ? field.map(take) : field && take();
  }
  return { ...operation, ...changed };
}

const isList = (field: Field): field is readonly Node[] => Array.isArray(field);
