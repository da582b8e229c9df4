/** Vectors of one lane are scalars in another shape: computed as such, and so kept in registers and memories. */
import type { Node, Ram, Register } from '../ir.js';
import { operandsOf, withOperands } from '../operands.js';
import { isLaneWise } from '../operations.js';
import { type DataType, laneCount } from '../type.js';
import type { Region } from './region.js';

const isOneLane = ({ shape }: { readonly shape: Node['shape'] }) =>
  shape.length > 0 && laneCount(shape) === 1;

/** A constant or lane-wise operation on one lane as a scalar one, or null. */
export function scalarOf(node: Node, region: Region): Node | null {
  if (!isOneLane(node) || !node.result) return null;
  const o = node.operation;
  if (o.kind === 'const') return region.reshaped(region.constant(o.values[0], [], node.fracBits), node.shape);
  if (!isLaneWise(node)) return null;
  const operands = operandsOf(node).map((operand) => region.reshaped(operand, []));
  const scalar = region.make(withOperands(o, operands), node.range, [], node.fracBits);
  return region.reshaped(scalar, node.shape);
}

/** Registers and memories of a process with one lane become those of a scalar; all others stay as they are. */
export class Storage {
  private readonly changed = new Map<Ram | Register, Ram | Register>();

  /** `permit`: whether one more may be changed. */
  constructor(private readonly permit: () => boolean) {}

  of<T extends Ram | Register>(given: T): T {
    if (!isOneLane(given.type)) return given;
    const type: DataType = { element: given.type.element, shape: [] };
    const known = this.changed.get(given);
    if (known || !this.permit()) return (known as T) ?? given;
    const made = { ...given, type };
    this.changed.set(given, made);
    return made;
  }

  /** The node with its register or memory as they are now; a value read has its old shape, one written is a scalar. */
  access(node: Node, region: Region): Node {
    const o = node.operation;
    switch (o.kind) {
      case 'regRead': {
        const register = this.of(o.register);
        return register === o.register ? node : this.scalarRead(node, { ...o, register }, region);
      }
      case 'ramRead': {
        const ram = this.of(o.ram);
        return ram === o.ram ? node : this.scalarRead(node, { ...o, ram }, region);
      }
      case 'regWrite': {
        const register = this.of(o.register);
        if (register === o.register) return node;
        return { ...node, operation: { ...o, register, value: region.reshaped(o.value, []) } };
      }
      case 'ramWrite': {
        const ram = this.of(o.ram);
        if (ram === o.ram) return node;
        return { ...node, operation: { ...o, ram, value: region.reshaped(o.value, []) } };
      }
      default:
        return node;
    }
  }

  private scalarRead(node: Node, operation: Node['operation'], region: Region): Node {
    return region.reshaped(addOnce({ ...node, operation, shape: [] }, region), node.shape);
  }
}

const addOnce = (node: Node, region: Region) => region.equalTo(node) ?? region.append(node);
