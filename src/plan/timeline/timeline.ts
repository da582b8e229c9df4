/** What every process, and the memory, did when in a call, by the timed simulation that the plan's speeds come from. Figures are planned. */
import type { OnWait, Wait } from '../../kernel/simulate/simulate.js';
import type { CallKind } from '../board/memory-model.js';
import { runCall, type TimedAccelerator } from '../time/timing.js';
import { CycleBins } from './cycle-bins.js';

/** What a process waits for: a word from a FIFO, room in one, or the memory at a port. */
export type WaitKind = 'word' | 'room' | 'memory';

export interface WaitTimeline {
  readonly kind: WaitKind;
  /** The FIFO or port. */
  readonly on: string;
  readonly cycles: number;
  /** Cycles of each bin. */
  readonly bins: readonly number[];
}

export interface ProcessTimeline {
  readonly process: string;
  /** Cycles in which its pipeline moved: in all, and of each bin. */
  readonly busyCycles: number;
  readonly busy: readonly number[];
  /** Longest first. */
  readonly waits: readonly WaitTimeline[];
}

/** A channel of the memory: cycles in which it moved words. */
export interface MemoryTimeline {
  readonly busyCycles: number;
  readonly busy: readonly number[];
}

export interface Timeline {
  readonly call: CallKind;
  readonly cycles: number;
  /** Of every bin but the last, which may be cut short. */
  readonly binCycles: number;
  /** In the network's order. */
  readonly processes: readonly ProcessTimeline[];
  readonly memory: readonly MemoryTimeline[];
}

interface RecordedWait {
  readonly wait: Wait;
  readonly bins: CycleBins;
}

/** Simulates a call once more and records it. Throws CheckFailed where it deadlocks. */
export function recordCall(timed: TimedAccelerator, call: CallKind): Timeline {
  const { network } = timed.layer;
  const memory = Array.from({ length: timed.device.memory.channels }, () => new CycleBins());
  const waits = new Map(network.processes.map(({ name }) => [name, new Map<string, RecordedWait>()]));
  const onWait: OnWait = (process, wait, from, to) => {
    const known = waits.get(process)!;
    const key = wait.kind === 'port' ? `port ${wait.port}` : `${wait.kind} ${wait.channel}`;
    const recorded = known.get(key) ?? { wait, bins: new CycleBins() };
    known.set(key, recorded);
    recorded.bins.add(from, to);
  };
  const onServed = (channel: number, from: number, to: number) => memory[channel].add(from, to);
  const { cycles, processes } = runCall(timed, call, { onServed }, onWait);

  // A bin is as wide as in bins that are filled from the first cycle to the last.
  const whole = new CycleBins();
  whole.add(0, cycles);
  const { binCycles } = whole;
  const count = Math.ceil(cycles / binCycles);
  const binsOf = (bins: CycleBins) => {
    bins.widen(binCycles);
    return bins.first(count);
  };
  const nameOf = (wait: Wait) =>
    wait.kind === 'port' ? network.ports[wait.port].name : network.channels[wait.channel].name;
  return {
    call: { kind: call.kind, tokens: call.tokens },
    cycles,
    binCycles,
    processes: processes.map((report) => {
      const own = [...waits.get(report.process)!.values()].map(({ wait, bins }): WaitTimeline => {
        const inBins = binsOf(bins);
        return { kind: kinds[wait.kind], on: nameOf(wait), cycles: sum(inBins), bins: inBins };
      });
      const alive = new CycleBins();
      alive.add(0, report.busyCycles + sum(own.map((wait) => wait.cycles)));
      const busy = binsOf(alive).map((cycles, bin) => cycles - sum(own.map(({ bins }) => bins[bin])));
      return {
        process: report.process,
        busyCycles: report.busyCycles,
        busy,
        waits: own.sort((a, b) => b.cycles - a.cycles),
      };
    }),
    memory: memory.map((bins) => {
      const busy = binsOf(bins);
      return { busyCycles: sum(busy), busy };
    }),
  };
}

const kinds = { empty: 'word', full: 'room', port: 'memory' } as const;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
