/** Which products of an accelerator are bound to DSP blocks, as the RTL builds them. */
import type { Network, Node } from '../../kernel/ir.js';
import { dotProducts } from '../../schedule/dot-products.js';
import { biasedSums, preAddedFactors } from '../../schedule/dsp-fusion.js';
import { operatorTiming } from '../../schedule/operator-timing.js';
import type { TimingTarget } from '../../schedule/target.js';
import type { BindingOf } from './process.js';

/**
 * Products in DSP blocks with the stages that they have on `target`. Those with a sum before or after them that the same block can make are
 * left to the tool: BIND_OP would make an operator of the product alone, and the sums would go into look-up tables.
 */
export function bindingsOf(network: Network, target: TimingTarget): BindingOf {
  const joined = new Set<Node>(
    network.processes
      .flatMap(({ nests }) => nests)
      .flatMap((nest) => [
        ...preAddedFactors(nest).keys(),
        ...biasedSums(nest).values(),
        ...dotProducts(nest).values(),
      ]),
  );
  return (_process, node) => {
    const { dsp, stages } = operatorTiming(node, target);
    return dsp > 0 && !joined.has(node) ? { implementation: 'dsp', latency: stages } : null;
  };
}
