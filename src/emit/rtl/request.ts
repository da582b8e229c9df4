/**
 * Requests for bursts. The data of a burst nest come in order; where each burst begins is worked out by a walker of its own, which goes through
 * the outer loops ahead of the data, so that the memory's latency is paid once.
 */
import type { Nest, Node } from '../../kernel/ir.js';
import { Lines } from '../network/lines.js';
import type { ProcessContext } from './context.js';
import { type Counter, countersOf, type NestSignals } from './control.js';
import { type Settled, SettledValues } from './settled.js';
import { named, resize } from './term.js';

/** Bits of addresses and lengths of bursts, in words. */
const ADDRESS_BITS = 32;

/** What the template says of a walker: its counters, the text that works out the address, and the request. */
export interface WalkerFacts {
  readonly port: string;
  readonly counters: readonly Counter[];
  readonly address: string;
  /** Name of the instance. */
  readonly requests: string;
  readonly settleCycles: number;
  readonly enter: string;
  readonly last: string;
  /** The first word of the burst, and how many: the innermost bound. */
  readonly word: string;
  readonly words: string;
}

/** The walker of a nest with bursts; none for others. */
export function walkersOf(
  nest: Nest,
  signals: NestSignals,
  prologue: SettledValues,
  { names, nameOf, target }: ProcessContext,
): WalkerFacts[] {
  if (!nest.burst) return [];
  const { port, address } = nest.burst;
  const loops = nest.loops.slice(0, -1).map(({ index, maxBound }, i) => ({
    index: names.claim(`${port.name}_${index}`),
    last: signals.lasts[i],
    maxBound,
  }));
  const step = `${port.name}_request_valid & ${port.name}_request_ready`;
  const counters = countersOf(loops, signals.enter, step, names);
  const inBody = new Set<Node>(nest.body);
  const lines = new Lines(1);
  const outer = (node: Node, lowBits: number | null): Settled | null => {
    const o = node.operation;
    if (o.kind === 'index') {
      const { index, bits } = counters[loops.length - 1 - o.loop];
      return { term: named(index, { bits, signed: false }), cycles: 0 };
    }
    // The prologue has settled long before.
    return inBody.has(node) || o.kind === 'const' ? null : { ...prologue.of(node, lowBits), cycles: 0 };
  };
  const walked = new SettledValues(names, target, lines, outer, nameOf);
  const start = walked.of(address, ADDRESS_BITS);
  const words = prologue.of(nest.loops.at(-1)!.bound, ADDRESS_BITS);
  lines.add(...walked.unused());
  return [
    {
      port: port.name,
      counters,
      address: `${lines}`,
      requests: names.claim(`${port.name}_requests`),
      settleCycles: start.cycles,
      enter: signals.enter,
      last: counters.map(({ last }) => last).join(' & ') || "1'b1",
      word: resize(start.term, ADDRESS_BITS),
      words: resize(words.term, ADDRESS_BITS),
    },
  ];
}
