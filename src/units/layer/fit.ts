/** Small helpers of the layer network: extents as products, and channels that change lanes on their way. */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Channel, Scalar } from '../../kernel/ir.js';
import { laneCount, typeOf } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { gearbox } from '../movement/gearbox.js';

/** A scalar times a constant: words of a whole call. */
export function times(scalar: Scalar, factor: number): Extent {
  return (p) => p.arg(scalar).mul(factor);
}

/**
 * The same lanes in words of another shape: the channel itself where nothing changes, else a gearbox `name` and its output channel
 * `<name>_words`. `lanesInAll` counts lanes over the whole call: a scalar (tokens, say) times a constant. `depth` is that of the result.
 */
export function fitLanes(
  net: NetworkBuilder,
  name: string,
  input: Channel,
  shape: readonly number[],
  lanesInAll: { readonly count: Scalar; readonly lanes: number },
  depth = 2,
): Channel {
  const from = laneCount(input.type.shape);
  const to = laneCount(shape);
  if (from === to && input.type.shape.length === shape.length) {
    net.deepen(input, depth);
    return input;
  }
  const output = net.channel(
    `${name}_words`,
    typeOf(input.type.element, ...shape),
    `${input.doc} In words of ${to} lanes.`,
    depth,
  );
  const wideWords = times(lanesInAll.count, lanesInAll.lanes / Math.max(from, to));
  gearbox(net, name, { input, output, wideWords });
  return output;
}

/** The largest power of two of lanes, at most `most`, that divides `total`. */
export function portLanes(total: number, most: number): number {
  let lanes = 1;
  while (lanes * 2 <= most && total % (lanes * 2) === 0) lanes *= 2;
  return lanes;
}
