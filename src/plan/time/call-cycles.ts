/** Cycles of whole calls: all layers over the call's tokens, and the head over those whose logits are wanted. */
import { timeModel } from './model-call.js';
import type { TimedAccelerator } from './timing.js';

/** A call by its size. */
export interface CallSize {
  readonly tokens: number;
  /** Tokens whose logits are wanted. */
  readonly rows: number;
}

/** A function that gives the cycles of a call; each size is simulated once. Throws CheckFailed where one deadlocks. */
export function callTimer(timed: TimedAccelerator, layers: number): (call: CallSize) => number {
  const known = new Map<string, number>();
  return ({ tokens, rows }) => {
    const key = `${tokens} ${rows}`;
    const cycles = known.get(key) ?? timeModel(timed, layers, { kind: 'layer', tokens }, rows).cycles;
    known.set(key, cycles);
    return cycles;
  };
}
