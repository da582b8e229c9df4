/** What is written on the processes and FIFOs of the network's picture. */
import type { ChannelPlan, ProcessPlan } from '../../plan/plan-types.js';

/** What a FIFO's label says: bits of a word, and words that it holds. */
export function channelLabel({ bits, depth }: ChannelPlan): string {
  return `${bits} b × ${depth}`;
}

/** The second line of a process. */
export function unitLabel({ unit, lanes }: ProcessPlan): string {
  return `${unit}, ${lanes.length === 0 ? '1' : lanes.join(' × ')}`;
}

/** The third line: shares of the cycles in which it works. */
export function busyLabel({ busyDecode, busyPrefill }: ProcessPlan): string {
  return `${whole(busyDecode)} · ${whole(busyPrefill)}`;
}

const whole = (share: number) => (share > 0 && share < 0.005 ? '<1 %' : `${Math.round(100 * share)} %`);
