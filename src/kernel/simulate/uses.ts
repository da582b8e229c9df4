/** What the iterations of nests use, with FIFOs and ports at hand, and when it can be made. */
import type { PortDriver } from './ports.js';
import type { FifoState, PortUse, ProcessState, Use, UsesByMask, Wait } from './state.js';
import type { PlannedAccess, PlannedNest } from './steps.js';

/** Uses of a network, resolved once for every mask of a nest. */
export class Uses {
  /** One object for each wait that there can be: a process waits for this very one. */
  private readonly fifoWaits: readonly { readonly empty: Wait; readonly full: Wait }[];
  private readonly portWaits: readonly Wait[];
  private readonly byNest = new Map<PlannedNest, UsesByMask>();

  constructor(
    private readonly processes: readonly ProcessState[],
    private readonly fifos: readonly FifoState[],
    private readonly ports: readonly PortDriver[],
  ) {
    this.fifoWaits = fifos.map((_, channel) => ({
      empty: { kind: 'empty', channel },
      full: { kind: 'full', channel },
    }));
    this.portWaits = ports.map((_, port) => ({ kind: 'port', port }));
  }

  /** Those of a nest that are known so far. */
  ofNest(nest: PlannedNest): UsesByMask {
    const known = this.byNest.get(nest) ?? [];
    this.byNest.set(nest, known);
    return known;
  }

  /** What iterations with a mask use; FIFOs at the boundary, which keep nobody waiting, left out. */
  resolve(nest: PlannedNest, mask: number): readonly Use[] {
    const uses = nest.accesses.filter((_, bit) => (mask >>> bit) & 1).flatMap((access) => this.useOf(access));
    this.ofNest(nest)[mask] = uses;
    return uses;
  }

  private useOf({ kind, target, delay }: PlannedAccess): Use[] {
    if (kind === 'portRead' || kind === 'portWrite')
      return [{ kind, port: this.ports[target], wait: this.portWaits[target] }];
    const fifo = this.fifos[target];
    const { empty, full } = this.fifoWaits[target];
    const other = kind === 'read' ? fifo.writer : fifo.reader;
    if (other < 0) return [];
    const end = { fifo, delay, other: this.processes[other] };
    return kind === 'read'
      ? [{ kind, ...end, wait: empty, ends: full }]
      : [{ kind, ...end, wait: full, ends: empty }];
  }
}

/** Words that a writer finds in a FIFO: the place of one that is read in the same cycle is not free yet. */
export const filled = (fifo: FifoState, now: number) => (fifo.lastRead === now ? fifo.fill + 1 : fifo.fill);

/** The first cycle in which the next word at a port can be taken or given, `now` or earlier where it can. */
const portReady = (process: ProcessState, { burst }: PlannedNest, use: PortUse, now: number) =>
  use.kind === 'portRead' ? use.port.readable(process.portWords % burst === 0, now) : use.port.writable(now);

/** The first use of an iteration that cannot be made now. */
export function firstObstacle(
  process: ProcessState,
  nest: PlannedNest,
  uses: readonly Use[],
  now: number,
): Use | undefined {
  for (let i = 0; i < uses.length; i++) {
    const use = uses[i];
    if (use.kind === 'read') {
      if (!(use.fifo.arrivals.first <= now)) return use;
    } else if (use.kind === 'write') {
      if (filled(use.fifo, now) >= use.fifo.depth) return use;
    } else if (portReady(process, nest, use, now) > now) return use;
  }
  return undefined;
}

/** The first cycle in which it is worth while to look again; Infinity where the other end of a FIFO has to move first. */
export function endOfWait(process: ProcessState, use: Use, now: number): number {
  if (use.kind === 'read') return use.fifo.fill > 0 ? use.fifo.arrivals.first : Number.POSITIVE_INFINITY;
  // The reader has moved in this very cycle and will not wake us.
  if (use.kind === 'write') return use.fifo.lastRead === now ? now + 1 : Number.POSITIVE_INFINITY;
  return portReady(process, process.plan.nests[process.nest], use, now);
}
