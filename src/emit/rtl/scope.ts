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
  /** The stage in which an operation begins, and that of its result. */
  stage(node: Node): number;
  result(node: Node): number;
  /** A name for the result. */
  claim(node: Node): string;
  /** `wanted` where no other nest has that name. */
  claimName(wanted: string): string;
  /** High while an iteration stands in the operation's stage and its condition holds. */
  wants(node: Node, when: Node | null): string;
}
