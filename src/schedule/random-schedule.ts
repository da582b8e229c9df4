/** A scheduler of odd but legal schedules: operations start late by a seeded whim. Results must never depend on which schedule was taken. */
import type { Network } from '../kernel/ir.js';
import { Random } from '../util/random.js';
import { scheduleNetwork } from './asap.js';
import type { Schedule } from './schedule.js';
import type { TimingTarget } from './target.js';

/** A legal schedule drawn by `seed`. Loop-carried paths that leave no slack are scheduled without whims. */
export function randomSchedule(network: Network, target: TimingTarget, seed: number): Schedule {
  const random = new Random(seed, 'schedule');
  const parts = network.processes.map((process) => {
    const alone: Network = { ...network, processes: [process] };
    for (const whim of [0.3, 0.1, 0.03, 0]) {
      try {
        return scheduleNetwork(alone, target, () => (random.uniform() < whim ? random.integer(1, 3) : 0));
      } catch (error) {
        if (whim === 0) throw error;
      }
    }
    return scheduleNetwork(alone, target);
  });
  return { network: network.name, target, nests: parts.flatMap((part) => part.nests) };
}
