/** Cycles of whole calls: all layers over the call's tokens, and the head over those whose logits are wanted. */
import type { CallPart } from '../../units/layer/call.js';
import type { CallKind } from '../board/memory-model.js';
import { timeModel } from './model-call.js';
import type { TimedAccelerator } from './timing.js';

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
  return ({ tokens, rows, parts }) => {
    const layer: CallKind = { kind: 'layer', tokens, ...(parts ? { parts } : {}) };
    const key = JSON.stringify([layer, rows]);
    const cycles = known.get(key) ?? timeModel(timed, layers, layer, rows).cycles;
    known.set(key, cycles);
    return cycles;
  };
}
