/** Every unit of a network as the RTL has it: processes, FIFOs, AXI masters, frame. */
import { depthOf } from '../../kernel/depths.js';
import type { Channel, Network } from '../../kernel/ir.js';
import { lateWrites, type Schedule } from '../../schedule/schedule.js';
import type { TimingTarget } from '../../schedule/target.js';
import { fifoStructure } from './fifo.js';
import { frameStructures, masterStructure } from './frame.js';
import { processStructure } from './process.js';
import type { UnitStructure } from './structure.js';

/** Structures in the order processes, FIFOs, ports, frame. */
export interface NetworkStructure {
  readonly processes: readonly UnitStructure[];
  readonly fifos: readonly UnitStructure[];
  readonly ports: readonly UnitStructure[];
  readonly frame: readonly UnitStructure[];
}

/** Takes the network apart. Throws RangeError for a schedule of another network. */
export function networkStructure(network: Network, schedule: Schedule): NetworkStructure {
  const late = lateWrites(network, schedule);
  return {
    processes: network.processes.map((process) => processStructure(process, schedule)),
    ...aroundProcesses(network, (channel) => late.has(channel), schedule.target),
  };
}

/** All but the processes; `isLate`: words of the channel come after the issue of their iteration. */
export function aroundProcesses(
  network: Network,
  isLate: (channel: Channel) => boolean,
  target: TimingTarget,
): Omit<NetworkStructure, 'processes'> {
  return {
    fifos: innerChannels(network).map((channel) =>
      fifoStructure(channel, depthOf(network, channel), isLate(channel), target),
    ),
    ports: network.ports.map(masterStructure),
    frame: frameStructures(network),
  };
}

/** Channels between two processes: those at the border are FIFOs of somebody else. */
function innerChannels(network: Network): Channel[] {
  const uses = { read: new Set<unknown>(), write: new Set<unknown>() };
  for (const { operation: o } of network.processes.flatMap(({ nests }) => nests).flatMap(({ body }) => body))
    if (o.kind === 'read' || o.kind === 'write') uses[o.kind].add(o.channel);
  return network.channels.filter((channel) => uses.read.has(channel) && uses.write.has(channel));
}
