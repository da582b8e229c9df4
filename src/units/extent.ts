/** Loop bounds that a unit takes from outside: a constant, a network scalar, or an expression on scalars. */
import type { ProcessBuilder } from '../kernel/builder.js';
import type { Scalar } from '../kernel/ir.js';
import { Val } from '../kernel/value.js';

/** How often a loop runs: known when the hardware is built, or given with each call. */
export type Extent = number | Scalar | ((p: ProcessBuilder) => Val | number);

/** The bound inside a process. */
export function extent(p: ProcessBuilder, value: Extent): Val | number {
  if (typeof value === 'number') return value;
  if (typeof value === 'function') return value(p);
  return p.arg(value);
}

/** The bound as a value. */
export function extentVal(p: ProcessBuilder, value: Extent): Val {
  const bound = extent(p, value);
  return bound instanceof Val ? bound : p.constant(bound);
}
