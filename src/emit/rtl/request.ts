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
  readonly firstWord: string;
  readonly wordCount: string;
  /** Signals of the request: the port's, or own ones where several nests ask it. */
  readonly isShared: boolean;
  readonly valid: string;
  readonly word: string;
  readonly words: string;
}

/** The request of a port that several nests ask, of which one asks at a time. */
export interface SharedRequest {
  readonly port: string;
  readonly valid: string;
  readonly word: string;
  readonly words: string;
}

/** What ports are asked by several of these walkers. */
export function sharedRequests(walkers: readonly WalkerFacts[]): SharedRequest[] {
  const ports = [...new Set(walkers.filter(({ isShared }) => isShared).map(({ port }) => port))];
  return ports.map((port) => {
    const own = walkers.filter((walker) => walker.port === port);
    const chosen = (of: (walker: WalkerFacts) => string) =>
      own
        .slice(0, -1)
        .reduceRight((rest, walker) => `${walker.valid} ? ${of(walker)} : ${rest}`, of(own.at(-1)!));
    return {
      port,
      valid: own.map(({ valid }) => valid).join(' | '),
      word: chosen(({ word }) => word),
      words: chosen(({ words }) => words),
    };
  });
}

/** The walker of a nest with bursts; none for others. */
export function walkersOf(
  nest: Nest,
  signals: NestSignals,
  prologue: SettledValues,
  { process, names, nameOf, target }: ProcessContext,
): WalkerFacts[] {
  if (!nest.burst) return [];
  const { port, address } = nest.burst;
  const isShared = process.nests.filter(({ burst }) => burst?.port === port).length > 1;
  const signal = (name: string) =>
    isShared ? names.claim(`${signals.prefix}${port.name}_${name}`) : `${port.name}_${name}`;
  const [valid, word, wordCount] = [signal('request_valid'), signal('request_word'), signal('request_words')];
  const loops = nest.loops.slice(0, -1).map(({ index, maxBound }, i) => ({
    index: names.claim(`${isShared ? signals.prefix : ''}${port.name}_${index}`),
    last: signals.lasts[i],
    maxBound,
  }));
  const step = `${valid} & ${port.name}_request_ready`;
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
      requests: names.claim(`${isShared ? signals.prefix : ''}${port.name}_requests`),
      settleCycles: start.cycles,
      enter: signals.enter,
      last: counters.map(({ last }) => last).join(' & ') || "1'b1",
      firstWord: resize(start.term, ADDRESS_BITS),
      wordCount: resize(words.term, ADDRESS_BITS),
      ...{ isShared, valid, word, words: wordCount },
    },
  ];
}
