/** What the writers of one emitted function share: its values' variables, its names, and how its multiplications are built. */
import type { Node, Process } from '../../kernel/ir.js';
import type { ElementType } from '../../kernel/type.js';
import type { Expression } from './expression.js';
import type { Holding } from './hold.js';

/** How a multiplication is built: `#pragma HLS BIND_OP`. */
export interface Binding {
  readonly implementation: 'dsp' | 'fabric';
  /** Pipeline registers inside the operator, in cycles; the tool chooses where absent. */
  readonly latency?: number;
}

/** What the bodies of one function share. */
export interface FunctionContext {
  readonly process: Process;
  readonly holding: Holding;
  readonly variables: Map<Node, Variable>;
  readonly binding: (node: Node) => Binding | null;
  /** A loop label that is free in this function. */
  label(wanted: string): string;
  /** Name for a counter of a flat loop: its index, or with a number where another flat loop of the function has that one. */
  counter(index: string): string;
  /** Name for a held value, claimed once. */
  nameOf(node: Node): string;
  /** Name for the table of a vector of constants, claimed once. */
  tableName(node: Node): string;
}

/** A variable in the emitted code. `scalar` also stands for a lane's temporary inside its loop. */
export interface Variable {
  readonly name: string;
  readonly storage: 'scalar' | 'struct' | 'array' | 'bits';
  readonly element: ElementType;
  readonly kind: Expression['kind'];
}
