/** What a process touches of the network around it. */
import type { Channel, Network, Port, Process, Scalar } from '../../kernel/ir.js';

/** Channels, ports and scalars, each in the order of the network's declarations. */
export interface Interface {
  readonly inputs: readonly Channel[];
  readonly outputs: readonly Channel[];
  readonly ports: readonly Port[];
  readonly scalars: readonly Scalar[];
}

/** What `process` reads, writes and takes as arguments. */
export function interfaceOf(process: Process, network: Network): Interface {
  const nodes = [...process.prologue, ...process.nests.flatMap((nest) => nest.body)];
  const used = new Set<object>();
  const written = new Set<Channel>();
  for (const { operation: o } of nodes) {
    if (o.kind === 'arg') used.add(o.scalar);
    if (o.kind === 'read' || o.kind === 'write') used.add(o.channel);
    if (o.kind === 'write') written.add(o.channel);
    if (o.kind === 'portRead' || o.kind === 'portWrite') used.add(o.port);
  }
  const channels = network.channels.filter((channel) => used.has(channel));
  return {
    inputs: channels.filter((channel) => !written.has(channel)),
    outputs: channels.filter((channel) => written.has(channel)),
    ports: network.ports.filter((port) => used.has(port)),
    scalars: network.scalars.filter((scalar) => used.has(scalar)),
  };
}

/** Names of the processes at the ends of each channel. */
export interface Ends {
  readonly writers: ReadonlyMap<Channel, string>;
  readonly readers: ReadonlyMap<Channel, string>;
}

/** Who writes and who reads each channel of the network. */
export function endsOf(network: Network): Ends {
  const writers = new Map<Channel, string>();
  const readers = new Map<Channel, string>();
  for (const process of network.processes) {
    const { inputs, outputs } = interfaceOf(process, network);
    for (const channel of inputs) readers.set(channel, process.name);
    for (const channel of outputs) writers.set(channel, process.name);
  }
  return { writers, readers };
}

/** Whether a channel that some process uses comes from outside, goes there, or neither. */
export function sideOf({ writers, readers }: Ends, channel: Channel): 'input' | 'output' | 'inner' {
  if (!writers.has(channel)) return 'input';
  return readers.has(channel) ? 'inner' : 'output';
}
