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

/** Words that `fitLanes` makes. */
export interface FittedWords {
  readonly shape: readonly number[];
  /** Lanes over the whole call are `count` (tokens, say) times `lanes`. */
  readonly count: Scalar;
  readonly lanes: number;
  /** Words that the channel holds; 2 when absent. */
  readonly depth?: number;
  /** They come no more often than every so many cycles (1 when absent). */
  readonly everyCycles?: number;
}

/**
 * The same lanes in words of another shape: the channel itself where nothing changes, else a gearbox `name` and its output channel
 * `<name>_words`.
 */
export function fitLanes(
  net: NetworkBuilder,
  name: string,
  input: Channel,
  { shape, count, lanes, depth = 2, everyCycles }: FittedWords,
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
    everyCycles,
  );
  const wideWords = times(count, lanes / Math.max(from, to));
  gearbox(net, name, { input, output, wideWords });
  return output;
}
