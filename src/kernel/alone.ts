/** One process of a network by itself: its channels become the boundary. */
import { depthOf } from './depths.js';
import type { Channel, Network, Port, Process, Scalar } from './ir.js';
import { KernelError } from './kernel-error.js';

/** A network of process `name` alone, called `name` too. Throws KernelError where there is none of this name. */
export function processAlone(network: Network, name: string): Network {
  const process = network.processes.find((one) => one.name === name);
  if (!process) throw new KernelError(`network ${network.name} has no process ${name}`);
  const used = usedBy(process);
  const channels = network.channels.filter((channel) => used.has(channel));
  return {
    name,
    doc: process.doc,
    sizes: network.sizes,
    scalars: network.scalars.filter((scalar) => used.has(scalar)),
    channels,
    depths: new Map(channels.map((channel) => [channel, depthOf(network, channel)])),
    ports: network.ports.filter((port) => used.has(port)),
    processes: [process],
  };
}

/** Scalars, channels and ports that a process uses. */
export function usedBy(process: Process): Set<Scalar | Channel | Port> {
  const used = new Set<Scalar | Channel | Port>();
  for (const { operation: o } of [...process.prologue, ...process.nests.flatMap((nest) => nest.body)]) {
    if (o.kind === 'arg') used.add(o.scalar);
    if (o.kind === 'read' || o.kind === 'write') used.add(o.channel);
    if (o.kind === 'portRead' || o.kind === 'portWrite') used.add(o.port);
  }
  for (const { burst } of process.nests) if (burst) used.add(burst.port);
  return used;
}
