/** Loop bounds that a unit takes from outside: a constant, a network scalar, or an expression on scalars. */
import type { ProcessBuilder } from '../../kernel/build/network-builder.js';
import { Val } from '../../kernel/build/value.js';
import type { Scalar } from '../../kernel/ir.js';
import { type Count, countOf, type Size, sizeOf } from '../../kernel/size.js';

/** How often a loop runs: known when the hardware is built, or given with each call. */
export type Extent = Count | Scalar | ((p: ProcessBuilder) => Val | number);

/** The bound inside a process. */
export function extent(p: ProcessBuilder, value: Extent): Val | Count {
  if (isCount(value)) return value;
  if (typeof value === 'function') return value(p);
  return p.arg(value);
}

/** The bound as a value; `name` is for one that the process computes and that has no name yet. */
export function extentVal(p: ProcessBuilder, value: Extent, name?: string): Val {
  const bound = extent(p, value);
  if (!(bound instanceof Val)) return p.constant(countOf(bound));
  const { operation, name: own } = bound.node;
  return name === undefined || own !== null || operation.kind === 'arg' ? bound : bound.named(name);
}

/** What the bound is called, where it is a number with a name. */
export function extentSize(value: Extent): Size | null {
  return isCount(value) ? sizeOf(value) : null;
}

/** Known when the hardware is built. */
function isCount(value: Extent): value is Count {
  return typeof value === 'number' || 'factors' in value;
}
