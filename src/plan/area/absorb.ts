/**
 * Operations that cost nothing of their own, because the look-up tables of all their readers have inputs left for them: a multiplexer before an
 * adder or another multiplexer, a condition before another one. Counted by the inputs of one bit.
 */
import type { Node } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { binaryOps } from '../../kernel/operations.js';
import { isSettledConstant } from '../../kernel/zero-bits.js';
import { homeOf, type NestDemand } from './nest.js';

/** Inputs of a look-up table. */
const tableInputs = 6;

const isLogic = ({ operation: o }: Node) => o.kind === 'binary' && binaryOps[o.op].group === 'logic';
/** A carry chain. */
const isSum = ({ operation: o }: Node) =>
  o.kind === 'binary' && (binaryOps[o.op].group === 'sum' || o.op === 'lt' || o.op === 'le');

/** One table a bit, which another may take in. */
function isTableWise(node: Node): boolean {
  const o = node.operation;
  return o.kind === 'select' || o.kind === 'not' || isLogic(node) || (o.kind === 'read' && o.when !== null);
}

/** Nodes that their readers take in. */
export function absorbedNodes(demand: NestDemand): Set<Node> {
  const absorbed = new Set<Node>();
  const inputs = new Map<Node, Set<Node>>();
  for (const node of demand.nest.body) {
    if (demand.isWire(node) || !(isTableWise(node) || isSum(node))) continue;
    const homes = operandsOf(node)
      .filter((operand) => !isSettledConstant(operand))
      .map((operand) => homeOf(operand, demand));
    inputs.set(node, new Set(node.operation.kind === 'read' ? [...homes, node] : homes));
  }
  for (const [node, own] of inputs) {
    if (!isTableWise(node)) continue;
    const { stage } = demand.stages.get(node)!;
    const readers = [...new Set(demand.readersOf(node))];
    const merged = readers.map((reader) => {
      if (demand.stages.get(reader)!.stage !== stage) return null;
      if (demand.isChosen(reader)) return own;
      const theirs = inputs.get(reader);
      const isOpen = isTableWise(reader) || canTake(reader, node, demand);
      if (!theirs || !isOpen) return null;
      const all = new Set([...theirs, ...own]);
      if (!own.has(node)) all.delete(node);
      return all.size <= tableInputs ? all : null;
    });
    if (readers.length === 0 || merged.some((all) => all === null)) continue;
    readers.forEach((reader, i) => {
      if (inputs.has(reader)) inputs.set(reader, merged[i]!);
    });
    absorbed.add(node);
  }
  return absorbed;
}

/** The first operand of a carry chain enters it directly and is wanted as it is. */
function canTake(sum: Node, node: Node, demand: NestDemand): boolean {
  return isSum(sum) && homeOf(operandsOf(sum)[0], demand) !== node;
}
