/**
 * FIFO depths of a plan: those that the units ask for, grown until the calls that a plan is timed with do not deadlock and do not
 * gain from more room. Nobody asks what unbounded FIFOs would give, which at full size would prefetch whole weight matrices; it takes some ten
 * simulations of a call, whatever the number of FIFOs.
 */
import { CheckFailed } from '../errors.js';
import { channelDepths } from '../kernel/depths.js';
import { checkedScalars } from '../kernel/interpret/interpret.js';
import { fullChannels } from '../kernel/simulate/deadlock.js';
import { type SimulationReport, simulatePlanned } from '../kernel/simulate/simulate.js';
import { type PlannedProcess, planSteps } from '../kernel/simulate/steps.js';
import { totalBits } from '../kernel/type.js';
import { fifoLatencyCycles, roomForLate } from '../schedule/memory-choice.js';
import { lateWrites } from '../schedule/schedule.js';
import { portAddresses } from './board/layout.js';
import { boardMemory } from './board/memory.js';
import type { CallKind } from './board/memory-model.js';
import { callScalars, type TimedAccelerator } from './time/timing.js';

/** A deadlock that needs a deeper FIFO than this has another cause. */
const MOST_WORDS = 2 ** 16;
/** Rounds of growing for speed, and the gain that a round must bring. */
const MOST_ROUNDS = 4;
const LEAST_GAIN = 0.005;
/** FIFOs up to this many bits are grown for speed: half a block RAM. */
const CHEAP_BITS = 18 * 1024;

/** Depths by channel name. Throws CheckFailed for a call that no depth lets end. */
export function fifoDepths(timed: TimedAccelerator, calls: readonly CallKind[]): Record<string, number> {
  const { network } = timed.layer;
  const depths = startDepths(timed);
  const addresses = portAddresses(timed.shape, network.ports, timed.device);
  const runs = calls.map((call) => {
    const plan = planSteps(
      network,
      checkedScalars(network, callScalars(timed.layer, timed.shape, call)),
      timed.schedule.nests,
    );
    return (tried: Record<string, number>) =>
      simulatePlanned(network, plan as PlannedProcess[], {
        memory: boardMemory(network, timed.device, { addresses }),
        depths: tried,
        fifoLatencyCycles,
      });
  });
  for (const run of runs) growForSpeed(timed, run, depths);
  // What helped a later call can only help the others: more room never hurts.
  return depths;
}

/**
 * What the units ask for, and room for the words on their way: a place is taken when an iteration is issued and is free one cycle after its word has
 * been read.
 */
function startDepths({ layer: { network }, schedule }: TimedAccelerator): Record<string, number> {
  const depths = channelDepths(network);
  for (const [{ name, everyCycles = 1 }, delay] of lateWrites(network, schedule))
    depths[name] = roomForLate(depths[name], delay, everyCycles);
  return depths;
}

type Run = (depths: Record<string, number>) => SimulationReport;

/** Raises `depths` until the call ends. */
function untilDone(run: Run, depths: Record<string, number>): SimulationReport {
  for (;;) {
    const report = run(depths);
    if (report.outcome === 'done') return report;
    const full = report.deadlock ? fullChannels(report.deadlock) : [];
    if (full.length === 0 || full.some((name) => depths[name] > MOST_WORDS))
      throw new CheckFailed(`plan: ${report.deadlock?.message ?? `not done after ${report.cycles} cycles`}`);
    for (const name of full) depths[name] = grown(depths[name]);
  }
}

/** Raises `depths` of cheap FIFOs that keep writers waiting as long as the call gets faster by it. */
function growForSpeed({ layer }: TimedAccelerator, run: Run, depths: Record<string, number>): void {
  const bits = new Map(layer.network.channels.map(({ name, type }) => [name, totalBits(type)]));
  let report = untilDone(run, depths);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const tried = { ...depths };
    const full = report.channels.filter(({ channel, fullCycles }) => {
      const size = grown(depths[channel]) * bits.get(channel)!;
      return fullCycles > report.cycles * LEAST_GAIN && size <= CHEAP_BITS;
    });
    if (full.length === 0) return;
    for (const { channel } of full) tried[channel] = grown(tried[channel]);
    const next = untilDone(run, tried);
    if (next.cycles > report.cycles * (1 - LEAST_GAIN)) return;
    Object.assign(depths, tried);
    report = next;
  }
}

/** Doubled while small, by half above that: rows of a norm are some hundred words. */
function grown(depth: number): number {
  return depth < 32 ? depth * 2 : Math.ceil(depth * 1.5);
}
