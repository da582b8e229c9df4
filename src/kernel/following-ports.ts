/**
 * Ports that read what another port has written in the call before. Calls that follow each other may overlap (a process begins the next one
 * when its own part of the one before has ended), as if each ran after the other: what crosses channels is in order by itself, and these
 * ports wait for the memory.
 */
import type { Network, Port } from './ir.js';

/** A port that is read, and the one whose writes of the call before it waits for. */
export interface FollowingPort {
  readonly port: Port;
  readonly after: Port;
}

/** Those of a network. A port that follows one outside the network follows none. */
export function followingPorts({ ports }: Pick<Network, 'ports'>): FollowingPort[] {
  return ports.flatMap((port) => {
    const after = ports.find(({ name }) => name === port.follows);
    return after ? [{ port, after }] : [];
  });
}
