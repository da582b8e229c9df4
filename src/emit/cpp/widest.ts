/** How wide the integers of the emitted C++ become: the vendor's ap_int must be told beforehand. */
import type { Node, Process } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { operandsOf } from '../../kernel/operands.js';
import { elementFor, laneCount, totalBits } from '../../kernel/type.js';

/** A sum is kept in a machine word while it runs. */
const MACHINE_BITS = 64;
/** Most bits of the vendor's ap_int as it comes, and when told to hold more. */
const USUAL_BITS = 1024;
const MOST_BITS = 4096;

/** Bits that ap_int must hold for `processes`. Throws KernelError naming the process that needs more than it can hold. */
export function integerBits(processes: readonly Process[]): number {
  for (const process of processes)
    if (widestInteger(process) > MOST_BITS)
      throw new KernelError(
        `process ${process.name}: an integer of ${widestInteger(process)} bits, ap_int holds ${MOST_BITS}`,
      );
  return Math.max(USUAL_BITS, ...processes.map(widestInteger));
}

/** At least the bits of every integer in the C++ of `process`. */
export function widestInteger({ prologue, nests }: Process): number {
  const nodes = [...prologue, ...nests.flatMap((nest) => nest.body)];
  return nodes.reduce((most, node) => Math.max(most, nodeBits(node)), MACHINE_BITS);
}

const resultBits = (node: Node) => elementFor(node.range).bits;

/** At least the bits of every integer that a node's expression has on its way to the result. */
function nodeBits(node: Node): number {
  const o = node.operation;
  const operands = operandsOf(node).map(resultBits);
  const most = Math.max(resultBits(node), ...operands);
  switch (o.kind) {
    case 'portRead':
    case 'portWrite':
      return totalBits(o.port.type);
    case 'bitcast':
      return o.from.bits * laneCount(o.a.shape);
    case 'read':
    case 'write':
      return Math.max(most, o.channel.type.element.bits);
    case 'binary':
      // A sign for one side and a carry, where it is no product.
      return o.op === 'mul' ? operands[0] + operands[1] : most + 2;
    case 'shift':
      // The vendor shifts by less than the width only.
      return Math.max(most, Number(o.by.range.hi) + 1) + 1;
    default:
      return most + 1;
  }
}
