/** Cycles of whole calls: all layers over the call's tokens, and the head over those whose logits are wanted. */
import { type TimedAccelerator, timeCall } from './timing.js';

/** A call by its size. */
export interface CallSize {
  readonly tokens: number;
  /** Tokens whose logits are wanted. */
  readonly rows: number;
}

/** A function that gives the cycles of a call; each length is simulated once. Throws CheckFailed where one deadlocks. */
export function callTimer(timed: TimedAccelerator, layers: number): (call: CallSize) => number {
  const known = new Map<string, number>();
  const cyclesOf = (kind: 'layer' | 'head', tokens: number): number => {
    if (tokens === 0) return 0;
    const key = `${kind} ${tokens}`;
    const cycles = known.get(key) ?? timeCall(timed, { kind, tokens }).cycles;
    known.set(key, cycles);
    return cycles;
  };
  return ({ tokens, rows }) => layers * cyclesOf('layer', tokens) + cyclesOf('head', rows);
}
