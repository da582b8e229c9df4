/** A scheduler of odd but legal schedules: operations start late by a seeded whim. Results must never depend on which schedule was taken. */
import type { Network } from '../kernel/ir.js';
import { scheduleNetwork } from './asap.js';
import type { Schedule } from './schedule.js';
import type { TimingTarget } from './target.js';

/** A legal schedule drawn by `seed`. Loop-carried paths that leave no slack are scheduled without whims. */
export function randomSchedule(network: Network, target: TimingTarget, seed: number): Schedule {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const parts = network.processes.map((process) => {
    const alone: Network = { ...network, processes: [process] };
    for (const whim of [0.3, 0.1, 0.03, 0]) {
      try {
        return scheduleNetwork(alone, target, () => (next() < whim ? 1 + Math.floor(next() * 3) : 0));
      } catch (error) {
        if (whim === 0) throw error;
      }
    }
    return scheduleNetwork(alone, target);
  });
  return { network: network.name, target, nests: parts.flatMap((part) => part.nests) };
}
