/**
 * Sums over consecutive iterations, one after the other. The register is never reset: a multiplexer in front of a wide adder would not fit
 * the one cycle that the loop has. What it held when a sum began is taken off behind the loop; all of it modulo the width of the sums.
 */
import type { ProcessBuilder } from '../kernel/builder.js';
import type { Range } from '../kernel/type.js';
import { elementFor, typeOf } from '../kernel/type.js';
import type { Val } from '../kernel/value.js';
import { pau } from './lanes.js';

/** The sum of `partial` since the iteration behind the latest one with `last`; every such sum must lie in `range`. Inside a nest. */
export function runningSum(p: ProcessBuilder, partial: Val, range: Range, last: Val): Val {
  const element = elementFor(range);
  const running = p.register('running', typeOf(element, ...partial.shape));
  const begin = p.register('begin', typeOf(element, ...partial.shape));
  const total = pau(running.read(), partial).wrap(element).named('total').note('modulo its width');
  running.write(total);
  begin.write(total, last);
  return total.sub(begin.read()).wrap(element).named('sum');
}
