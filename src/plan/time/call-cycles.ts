/** Cycles of whole calls: all layers over the call's tokens, and the head over those whose logits are wanted. */
import type { CallPart } from '../../units/layer/call.js';
import type { CallKind } from '../board/memory-model.js';
import { type TimedAccelerator, timeCall } from './timing.js';

/** A call by its size. */
export interface CallSize {
  readonly tokens: number;
  /** Tokens whose logits are wanted. */
  readonly rows: number;
  /** Whose its tokens are; one sequence's, which leaves its states after the last, when absent. */
  readonly parts?: readonly CallPart[];
}

/** A function that gives the cycles of a call; each kind of call is simulated once. Throws CheckFailed where one deadlocks. */
export function callTimer(timed: TimedAccelerator, layers: number): (call: CallSize) => number {
  const known = new Map<string, number>();
  const cyclesOf = (call: CallKind): number => {
    if (call.tokens === 0) return 0;
    const key = JSON.stringify(call);
    const cycles = known.get(key) ?? timeCall(timed, call).cycles;
    known.set(key, cycles);
    return cycles;
  };
  return ({ tokens, rows, parts }) =>
    layers * cyclesOf({ kind: 'layer', tokens, ...(parts ? { parts } : {}) }) +
    cyclesOf({ kind: 'head', tokens: rows });
}
