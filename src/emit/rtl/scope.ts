/** What the writers of single operations need of the nest they stand in. */
import type { Node } from '../../kernel/ir.js';
import type { Lines } from '../network/lines.js';
import type { ProcessContext } from './context.js';
import type { Fusions } from './fusions.js';
import type { NestControl } from './nest-control.js';
import type { Values } from './values.js';

export interface Scope {
  readonly control: NestControl;
  readonly context: ProcessContext;
  readonly lines: Lines;
  readonly values: Values;
  readonly fusions: Fusions;
  /** Words read under a condition that nobody looks at where it fails. */
  readonly unmasked: ReadonlySet<Node>;
  /** The stage in which an operation begins, and that of its result. */
  stage(node: Node): number;
  result(node: Node): number;
  /** A name for the result. */
  claim(node: Node): string;
  /** `wanted` where no other nest has that name. */
  claimName(wanted: string): string;
  /** High while an iteration stands in a stage and the condition holds there. */
  wants(stage: number, when: Node | null): string;
  /** High in the one cycle in which an iteration for which the condition holds leaves a stage for the next one. */
  leaves(stage: number, when: Node | null): string;
}
