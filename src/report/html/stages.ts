/**
 * The three stages of a layer in a plan's network: up to the rescaled output of in_proj, the state space path, and from the gate on. Told by
 * who feeds whom: a process that both could claim belongs to the first stage that needs it.
 */
import type { Plan } from '../../plan/plan-types.js';

export const STAGES = ['in_proj', 'ssm', 'out_proj'] as const;
export type Stage = (typeof STAGES)[number];

/** For people. */
export const stageNames: Readonly<Record<Stage, string>> = {
  in_proj: 'Norm, in_proj, LM head',
  ssm: 'Convolution and state space',
  out_proj: 'Gate, norm, out_proj, residual',
};

/** Last process of the first stage, first process of the last one. */
const LAST_OF_FIRST = 'rescale_in';
const FIRST_OF_LAST = 'gate';

/** Stage of every process, by name. */
export function stagesOf({ processes, channels }: Pick<Plan, 'processes' | 'channels'>): Map<string, Stage> {
  const next = edges(channels.map(({ from, to }) => [from, to]));
  const before = edges(channels.map(({ from, to }) => [to, from]));
  const first = reach([LAST_OF_FIRST], before);
  const last = reach([FIRST_OF_LAST], next);
  const after = reach([LAST_OF_FIRST], next);
  const stages = new Map<string, Stage>();
  const stageOf = (name: string): Stage => {
    const known = stages.get(name);
    if (known) return known;
    const own = first.has(name)
      ? 'in_proj'
      : last.has(name)
        ? 'out_proj'
        : after.has(name)
          ? 'ssm'
          : earliest((next.get(name) ?? []).map(stageOf));
    stages.set(name, own);
    return own;
  };
  for (const { name } of processes) stageOf(name);
  return stages;
}

function earliest(stages: readonly Stage[]): Stage {
  return STAGES.find((stage) => stages.includes(stage)) ?? 'in_proj';
}

function edges(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const to = new Map<string, string[]>();
  for (const [a, b] of pairs) to.set(a, [...(to.get(a) ?? []), b]);
  return to;
}

/** `from` and all that edges lead to from there. */
function reach(from: readonly string[], to: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set(from);
  // A set that grows while it is walked: each newly found process is walked too.
  for (const name of seen) for (const other of to.get(name) ?? []) seen.add(other);
  return seen;
}
