/** A register of a nest as units see it: read at the start of an iteration, written for the next one. */
import type { Node, Operation, Register } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { type DataType, rangeOf } from '../type.js';
import type { Result } from './results.js';
import { type NodeSink, type Operand, Val } from './value.js';

/** Where a handle's operations go: the process being built. */
export interface RegisterSink extends NodeSink {
  add(result: Result, control?: boolean): Node;
  addStore(operation: Operation): void;
  /** The node to store, with constants made and scalars copied to lanes; refuses what does not fit. */
  fitting(value: Operand, type: DataType, where: string): Node;
}

/** Read and write access to a register of a nest. */
export class RegisterHandle {
  constructor(
    readonly register: Register,
    private readonly sink: RegisterSink,
  ) {}

  /** The value at the start of the iteration. */
  read(): Val {
    const { register } = this;
    const { element, shape } = register.type;
    const result = { range: rangeOf(element), shape, fracBits: element.fracBits };
    const node = this.sink.add({ ...result, operation: { kind: 'regRead', register } }, register.control);
    return new Val(node, this.sink);
  }

  /** What the next iteration reads; with `when`, kept where it does not hold. */
  write(value: Operand, when?: Val): void {
    const { register } = this;
    const stored = this.sink.fitting(value, register.type, `register ${register.name}`);
    if (register.control && !(stored.control && (when?.node.control ?? true)))
      throw new KernelError(`control register ${register.name} is written with data`);
    this.sink.addStore({ kind: 'regWrite', register, value: stored, when: when?.node ?? null });
  }
}
