/** FIFO depths of a network: part of it, but found last. Another depth makes another network, which shares everything else. */
import type { Channel, Network } from './ir.js';
import { KernelError } from './kernel-error.js';

/** Words that a channel of the network holds. Throws KernelError for a channel of another one. */
export function depthOf(network: Network, channel: Channel): number {
  const depth = network.depths.get(channel);
  if (depth === undefined)
    throw new KernelError(`network ${network.name} has no depth for channel ${channel.name}`);
  return depth;
}

/** All depths by channel name. */
export function channelDepths(network: Network): Record<string, number> {
  return Object.fromEntries(network.channels.map((channel) => [channel.name, depthOf(network, channel)]));
}

/** The network with these depths, by channel name; a channel left out keeps its own. */
export function withDepths(network: Network, depths: Readonly<Record<string, number>>): Network {
  const all = network.channels.map((channel): [Channel, number] => [
    channel,
    depths[channel.name] ?? depthOf(network, channel),
  ]);
  return { ...network, depths: new Map(all) };
}
