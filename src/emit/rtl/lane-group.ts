/** Which operations stand in one loop over lanes. */
import type { Node } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { isLaneWise, isOf } from '../../kernel/operations.js';
import { laneCount } from '../../kernel/type.js';
import type { Fusions } from './fusions.js';

/** Stands in a loop over lanes. */
export function isLooped(node: Node): boolean {
  return node.shape.length > 0 && isLaneWise(node);
}

/** Whether a node can stand in the loop of the group: as many lanes, and of the group's values only those of its own lane. */
export function joins(node: Node, group: readonly Node[], fusions: Fusions): boolean {
  const first = group[0];
  if (!first || !isLooped(node) || laneCount(node.shape) !== laneCount(first.shape)) return false;
  const members = new Set(group);
  const crosses = (n: Node, straight: boolean): boolean => {
    if (members.has(n)) return !straight;
    const { kind } = n.operation;
    const isInside = fusions.isInside(n);
    const isPassed =
      isOf(n.operation, 'view', 'constant', 'given') || kind === 'assume' || kind === 'bitcast';
    if (!isPassed && !isInside) return false;
    const same = straight && (kind === 'reshape' || kind === 'assume' || isInside);
    return operandsOf(n).some((operand) => crosses(operand, same));
  };
  return !operandsOf(node).some((operand) => crosses(operand, true));
}
