/** Where a network ends: its boundary channels, the region of all its processes, and the top around the region. */
import type { Channel, Network } from '../../kernel/ir.js';
import { endsOf } from './interface.js';

/** Channels without a writer or without a reader: where they exist, the region itself is the top. */
export function boundaryOf(network: Network): { inputs: Channel[]; outputs: Channel[] } {
  const { writers, readers } = endsOf(network);
  return {
    inputs: network.channels.filter((channel) => !writers.has(channel) && readers.has(channel)),
    outputs: network.channels.filter((channel) => writers.has(channel) && !readers.has(channel)),
  };
}

/** Whether there is a top with control registers around the region. */
export function hasTop(network: Network): boolean {
  const { inputs, outputs } = boundaryOf(network);
  return inputs.length + outputs.length === 0;
}

/** Name of the function or module that synthesis starts from. */
export function topName(network: Network): string {
  return `fastmamba_${network.name}`;
}

/** Name of the function or module that holds processes and FIFOs: the top itself where the network has boundary channels. */
export function regionName(network: Network): string {
  return hasTop(network) ? `${network.name}_region` : topName(network);
}
