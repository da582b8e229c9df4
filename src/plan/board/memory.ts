/**
 * The board's memory cycle by cycle, for the timed simulation: an AXI master at every port, DDR3 channels that all of them share. It is the
 * plan's own account of what co-simulation measures, and says how long a call takes to within its few approximations: latencies without
 * their random part.
 */

import { followingPorts } from '../../kernel/following-ports.js';
import type { Network } from '../../kernel/ir.js';
import type { MemoryDriver, PortDriver } from '../../kernel/simulate/simulate.js';
import { totalBits } from '../../kernel/type.js';
import type { Device } from './device.js';
import { type BoardPort, ReadPort, WritePort } from './master-port.js';
import { bufferWordsOn } from './memory-model.js';
import { memoryTiming } from './memory-timing.js';
import { PagedMemory } from './paged-memory.js';

/** What an announcement takes longer where it may have to wait for another port's writes (rtl/lib/read_after_write.sv). */
const GATE_CYCLES = 1;

/** The byte at which a port's word 0 lies, by the port's name. */
export type PortAddresses = ReadonlyMap<string, number>;

export interface BoardOptions {
  /** A memory that answers at once: what is left is the AXI masters' own time. */
  readonly ideal?: boolean;
  readonly latencyCycles?: number;
  /** Random cycles more in a latency, at most; half of them are counted. */
  readonly jitterCycles?: number;
  /** So many times slower: a whole number. */
  readonly slow?: number;
  /** Each port by itself, far from all others, when absent. */
  readonly addresses?: PortAddresses;
  /** Told of every burst of eight that a channel moved, and when: for pictures of a run. */
  readonly onServed?: (channel: number, from: number, to: number) => void;
}

/** The memory of `network` on `device`, for calls that follow each other. */
export function boardMemory(network: Network, device: Device, options: BoardOptions = {}): MemoryDriver {
  return new Board(network, device, options);
}

/** Where memories lie that no map places: far apart, in the order of their names, as in the testbench. */
const APART_BYTES = 2 ** 36;

function separate(network: Network): PortAddresses {
  const names = network.ports.map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1));
  return new Map(names.map((name, i) => [name, (i + 1) * APART_BYTES]));
}

class Board implements MemoryDriver {
  private readonly ports = new Map<string, BoardPort>();
  private readonly memory: PagedMemory;
  /** The last cycle that has been worked through. */
  private last = -1;

  constructor(network: Network, device: Device, options: BoardOptions) {
    const { latencyCycles } = device.memory;
    const { slow, onServed, ideal = false, addresses = separate(network) } = options;
    const latency = (options.latencyCycles ?? latencyCycles) + (options.jitterCycles ?? 0) / 2;
    this.memory = new PagedMemory(memoryTiming(device), { onMoved: onServed, ...(slow ? { slow } : {}) });
    const bufferWords = bufferWordsOn(device);
    const follows = new Map(followingPorts(network).map(({ port, after }) => [port.name, after.name]));
    for (const port of network.ports) {
      const { name, type, direction } = port;
      const bytes = totalBits(type) / 8;
      const base = addresses.get(name);
      if (base === undefined) throw new RangeError(`port ${name} has no address`);
      const client = this.memory.add(bytes, direction === 'read');
      const after = follows.get(name);
      const gateCycles = after === undefined ? 0 : GATE_CYCLES;
      const own = {
        board: this,
        memory: this.memory,
        client,
        base,
        bytes,
        buffer: bufferWords(port),
        ideal,
        latency,
        gateCycles,
      };
      const followed = after === undefined ? undefined : () => this.ports.get(after) as WritePort;
      this.ports.set(name, direction === 'read' ? new ReadPort(own, followed) : new WritePort(own));
    }
  }

  port(name: string): PortDriver {
    return this.ports.get(name)!;
  }

  settle(cycle: number): number {
    let end = cycle;
    for (const port of this.ports.values())
      while (!port.idle) {
        this.advance(Math.max(this.last + 1, end));
        end = Math.max(end, this.last + 1);
      }
    return end;
  }

  /** Works through all cycles up to `cycle`. */
  advance(cycle: number): void {
    while (this.last < cycle) {
      this.last++;
      this.memory.advance(this.last);
      for (const port of this.ports.values()) port.tick(this.last);
    }
  }
}
