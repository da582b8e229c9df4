/** A register of a nest as units see it: read at the start of an iteration, written for the next one. */
import type { Node, Operation, Register } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { exactly } from '../range.js';
import { type DataType, rangeOf } from '../type.js';
import { type NodeSink, type Operand, Val } from './value.js';

/** Where a handle's operations go: the process being built. */
export interface RegisterSink extends NodeSink {
  /** The node to store, with constants made and scalars copied to lanes; refuses what does not fit. */
  fitting(value: Operand, type: DataType, where: string): Node;
}

/** Read and write access to a register of a nest. */
export class RegisterHandle {
  constructor(
    readonly register: Register,
    private readonly builder: RegisterSink,
  ) {}

  /** The value at the start of the iteration. */
  read(): Val {
    const { element, shape } = this.register.type;
    const node = this.builder.append({ kind: 'regRead', register: this.register }, rangeOf(element), shape, {
      fracBits: element.fracBits,
      control: this.register.control,
    });
    return new Val(node, this.builder);
  }

  /** What the next iteration reads; with `when`, kept where it does not hold. */
  write(value: Operand, when?: Val): void {
    const stored = this.builder.fitting(value, this.register.type, `register ${this.register.name}`);
    if (this.register.control && !(stored.control && (when?.node.control ?? true)))
      throw new KernelError(
        `process ${this.builder.processName}: control register ${this.register.name} is written with data`,
      );
    const operation: Operation = {
      kind: 'regWrite',
      register: this.register,
      value: stored,
      when: when?.node ?? null,
    };
    this.builder.append(operation, exactly(0n), [], { result: false });
  }
}
