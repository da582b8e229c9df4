/**
 * FIFO sizing. The goal for each call is the time with unbounded FIFOs. Depths start small; a deadlock on the way doubles the full FIFOs of its
 * circle and goes on (Parks' bounded scheduling); while the calls take longer than the goal, FIFOs on which writers waited are
 * doubled, never beyond the fill of the unbounded run, since with that depth a run takes the same cycles. Depths that grew too
 * far are then cut back, widest words first, as long as no call takes longer.
 */
import { CheckFailed } from '../../errors.js';
import { checkedScalars } from '../interpret/interpret.js';
import type { Network } from '../ir.js';
import { totalBits } from '../type.js';
import { explainDeadlock, fullChannels } from './deadlock.js';
import {
  makeEngine,
  report,
  type SimulateOptions,
  type SimulationReport,
  simulatePlanned,
} from './simulate.js';
import { type PlannedProcess, planSteps } from './steps.js';

export interface SizeOptions extends Pick<SimulateOptions, 'timings' | 'ports' | 'cycleLimit'> {
  /** Depth every channel has at least (2). */
  readonly leastDepth?: number;
  /** How much longer than with unbounded FIFOs a call may take, as a fraction (0). */
  readonly slack?: number;
  /** Cut back after growing (true); each try is one simulation of every call. */
  readonly trim?: boolean;
}

export interface FifoSizes {
  /** Words, for every channel by name. */
  readonly depths: Readonly<Record<string, number>>;
  /** For each call: cycles with these depths and with unbounded FIFOs. */
  readonly calls: readonly { readonly cycles: number; readonly unboundedCycles: number }[];
}

/**
 * Depths with which none of the calls deadlocks or takes longer than allowed. Throws CheckFailed for a call that does not end even with
 * unbounded FIFOs.
 */
export function sizeFifos(
  network: Network,
  calls: readonly Readonly<Record<string, number | bigint>>[],
  options: SizeOptions = {},
): FifoSizes {
  const { leastDepth = 2, slack = 0, trim = true } = options;
  const plans = calls.map((call) => planSteps(network, checkedScalars(network, call), options.timings));
  const run = (plan: readonly PlannedProcess[], depths: 'unbounded' | Record<string, number>) =>
    simulatePlanned(network, plan, { ...options, depths });

  const most: Record<string, number> = Object.fromEntries(
    network.channels.map(({ name }) => [name, leastDepth]),
  );
  const depths = { ...most };
  const goals = plans.map((plan) => {
    const free = run(plan, 'unbounded');
    if (free.outcome !== 'done')
      throw new CheckFailed(
        free.deadlock?.message ?? `not done after ${free.cycles} cycles, with unbounded FIFOs`,
      );
    for (const { channel, highestFill } of free.channels)
      most[channel] = Math.max(most[channel], highestFill);
    return free.cycles;
  });
  const inTime = (cycles: number, call: number) => cycles <= Math.floor(goals[call] * (1 + slack));

  const cycles = plans.map((plan, call) => {
    for (;;) {
      const before = { ...depths };
      const bounded = runGrowing(network, plan, depths, most, options);
      if (inTime(bounded.cycles, call)) return bounded.cycles;
      for (const { channel, fullCycles } of bounded.channels)
        if (fullCycles > 0) depths[channel] = Math.min(most[channel], depths[channel] * 2);
      if (network.channels.every(({ name }) => before[name] === depths[name]))
        throw new CheckFailed(
          `${bounded.cycles} cycles with FIFOs that never fill, ${goals[call]} without bounds`,
        );
    }
  });
  const fits = (tried: Record<string, number>) =>
    plans.every((plan, call) => {
      const bounded = run(plan, tried);
      if (bounded.outcome === 'done' && inTime(bounded.cycles, call)) cycles[call] = bounded.cycles;
      return bounded.outcome === 'done' && inTime(bounded.cycles, call);
    });
  if (trim) trimDepths(network, depths, leastDepth, fits);
  plans.forEach((plan, call) => {
    cycles[call] = run(plan, depths).cycles;
  });
  return { depths, calls: goals.map((unboundedCycles, i) => ({ cycles: cycles[i], unboundedCycles })) };
}

/** One run that raises `depths` where it deadlocks. */
function runGrowing(
  network: Network,
  plan: readonly PlannedProcess[],
  depths: Record<string, number>,
  most: Readonly<Record<string, number>>,
  options: SizeOptions,
): SimulationReport {
  const engine = makeEngine(network, [plan], { ...options, depths });
  for (;;) {
    const outcome = engine.run(options.cycleLimit ?? 1e9);
    if (outcome === 'limit')
      throw new CheckFailed(`not done after ${engine.cycle} cycles, while sizing FIFOs`);
    if (outcome === 'done') return report(network, engine, outcome);
    const deadlock = explainDeadlock(network, engine);
    const full = fullChannels(deadlock).filter((name) => depths[name] < most[name]);
    if (full.length === 0) throw new CheckFailed(deadlock.message);
    for (const name of full) depths[name] = Math.min(most[name], depths[name] * 2);
    network.channels.forEach(({ name }, i) => {
      engine.fifos[i].depth = depths[name];
    });
    engine.wakeAll();
  }
}

/** Lowers each depth as far as halving steps of search find, all others as they are. */
function trimDepths(
  network: Network,
  depths: Record<string, number>,
  least: number,
  fits: (tried: Record<string, number>) => boolean,
): void {
  const grown = network.channels
    .filter(({ name }) => depths[name] > least)
    .sort((a, b) => totalBits(b.type) * depths[b.name] - totalBits(a.type) * depths[a.name]);
  for (const { name } of grown) {
    let low = least;
    let high = depths[name];
    if (fits({ ...depths, [name]: least })) high = least;
    // Within an eighth is near enough: memories come in powers of two.
    while (high - low > Math.max(1, high / 8)) {
      const middle = Math.floor((low + high) / 2);
      if (fits({ ...depths, [name]: middle })) high = middle;
      else low = middle;
    }
    depths[name] = high;
  }
}
