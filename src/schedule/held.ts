/**
 * Values that a register holds. What an iteration writes to a register stands in it one stage later, and until the next iteration writes; with an
 * interval of one, whoever wants the value in that stage or a later one takes the register, and the value needs no copy of its own.
 */
import type { Nest, Node } from '../kernel/ir.js';
import { traitsOf } from '../kernel/operations.js';
import { elementFor } from '../kernel/type.js';

export interface Held {
  readonly write: Node;
  /** A read of the same register: it stands in the stage of the write. */
  readonly read: Node;
}

/**
 * From each such value to its register: written in every iteration, nowhere else, and of just the value's width. What another register hands on is
 * none: one that took it over from the iteration before holds it only where an iteration follows at once.
 */
export function heldValues(nest: Nest): Map<Node, Held> {
  const held = new Map<Node, Held>();
  if (nest.interval !== 1) return held;
  for (const register of nest.registers) {
    const writes = nest.body.filter(({ operation: o }) => o.kind === 'regWrite' && o.register === register);
    const read = nest.body.find(({ operation: o }) => o.kind === 'regRead' && o.register === register);
    const write = writes[0];
    if (!read || !write || writes.length > 1 || write.operation.kind !== 'regWrite' || write.operation.when)
      continue;
    const { value } = write.operation;
    if (value.operation.kind === 'regRead') continue;
    const { bits, signed } = elementFor(value.range);
    const { element } = register.type;
    if (bits !== element.bits || signed !== element.signed || traitsOf(value).isWord) continue;
    if (nest.body.includes(value)) held.set(value, { write, read });
  }
  return held;
}
