/** What binds a plan: the busiest of memory and processes, for one token and for every further chunk of a long prompt. */
import type { Bound } from '../../plan/plan-types.js';
import { boundOf, type PlannedCalls, steadyCall } from '../../plan/time/speed.js';
import type { TimedCall } from '../../plan/time/timing.js';
import type { Bar } from './parts.js';
import { shareText } from './share-text.js';

export interface Binding {
  readonly bound: Bound;
  /** Shares of the cycles in which they work: what binds first, then the next busiest. */
  readonly bars: readonly Bar[];
}

/** Bars of a card. */
const BARS = 5;
/** What works less than this does not bind: the units wait for each other. */
const LEAST_SHARE = 0.5;

/** Of decode, and of prefill in the steady state. */
export function bindings({ decode, prefill }: PlannedCalls): { decode: Binding; prefill: Binding } {
  return { decode: bindingOf(decode), prefill: bindingOf(steadyCall(...prefill)) };
}

function bindingOf(call: TimedCall): Binding {
  const bound = boundOf(call);
  const others = Object.entries({ memory: call.memoryShare, ...call.busy })
    .filter(([name]) => name !== bound.name)
    .sort(([, a], [, b]) => b - a)
    .slice(0, BARS - 1);
  const bar = (name: string, share: number, isFirst: boolean): Bar => ({
    ...{ name, share, text: shareText(share) },
    tone: isFirst && share >= LEAST_SHARE ? 'binds' : 'plain',
  });
  return {
    bound,
    bars: [bar(bound.name, bound.share, true), ...others.map(([name, share]) => bar(name, share, false))],
  };
}

/** Says what binds, as a clause. */
export function boundClause({ name, share }: Bound): string {
  return share >= LEAST_SHARE
    ? `${name} binds, busy ${shareText(share)}`
    : `nothing binds: the busiest, ${name}, works ${shareText(share)} of the time, and the units wait for each other`;
}
