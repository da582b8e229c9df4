/**
 * Sums over consecutive iterations, one after the other. The register is never reset: a multiplexer before a wide adder would not fit
 * the one cycle that the loop has. What it held before a sum began is subtracted outside the loop; all of it modulo the width of the sums.
 */
import type { ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Range } from '../../kernel/type.js';
import { elementFor, typeOf } from '../../kernel/type.js';
import { pau } from './lanes.js';

/**
 * The sum of `partial` from the iteration after the latest one with `last`; every such sum must lie in `range`. It is called `name`; the names
 * of its parts begin with `name`. Inside a nest.
 */
export function runningSum(p: ProcessBuilder, partial: Val, range: Range, last: Val, name: string): Val {
  const element = elementFor(range);
  const soFar = p.register(`${name}_so_far`, typeOf(element, ...partial.shape));
  const before = p.register(`${name}_before`, typeOf(element, ...partial.shape));
  const total = pau(soFar.read(), partial).wrap(element).named(`${name}_total`).note('modulo its width');
  soFar.write(total);
  before.write(total, last);
  return total.sub(before.read()).wrap(element).named(name);
}
