/** The streams of a network and the words they carry, as the templates place them. */
import { depthOf } from '../../kernel/depths.js';
import type { Channel, Network } from '../../kernel/ir.js';
import { printType } from '../../kernel/type.js';
import { endsOf, sideOf } from '../network/interface.js';
import { dimensions, elementName, wordName } from './type.js';

/** Streams that a struct of words names before it only counts them. */
const NAMED_STREAMS = 6;

/** Channels that some process uses. */
export function usedChannels(network: Network): Channel[] {
  const { writers, readers } = endsOf(network);
  return network.channels.filter((channel) => writers.has(channel) || readers.has(channel));
}

export function streamsOf(network: Network) {
  const ends = endsOf(network);
  return usedChannels(network).map((channel) => ({
    name: channel.name,
    word: wordName(channel.type),
    format: printType(channel.type),
    depth: Math.max(2, depthOf(network, channel)),
    doc: channel.doc,
    side: sideOf(ends, channel),
    writer: ends.writers.get(channel) ?? '',
    from: ends.writers.get(channel) ?? 'outside',
    to: ends.readers.get(channel) ?? 'outside',
  }));
}

/** The structs of lanes, sorted by name. */
export function wordsOf(network: Network) {
  const types = new Map<string, Channel[]>();
  for (const channel of usedChannels(network)) {
    if (channel.type.shape.length === 0) continue;
    const name = wordName(channel.type);
    types.set(name, [...(types.get(name) ?? []), channel]);
  }
  return [...types]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, carried]) => {
      const { element, shape } = carried[0].type;
      const names = carried.slice(0, NAMED_STREAMS).map((channel) => channel.name);
      const more = carried.length - names.length;
      return {
        name,
        lane: `${elementName(element)} lane${dimensions(shape)}`,
        carries: `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      };
    });
}
