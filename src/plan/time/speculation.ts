/**
 * Speed of decoding with drafts. A call with k drafts that makes m tokens (1 to k + 1, the drafts that are right and one more) has the m tokens of the
 * call before it and its k drafts, m + k in all, and the head runs on k + 1 of them.
 */
import type { SpeculationPlan } from '../plan-types.js';
import type { CallSize } from './call-cycles.js';

/** A call of one sequence whose last tokens are `drafts` drafts, which leave nothing in its slot, with the logits of these and of the token before them. */
export function draftedCall(tokens: number, drafts: number): CallSize {
  return { tokens, rows: drafts + 1, parts: [{ slot: 0, tokens, gives: tokens - drafts }] };
}

/** Between two average numbers of tokens a call that are planned for. */
const STEP = 0.5;

/**
 * Speeds for each number of drafts, over the tokens that a call makes on average; between whole numbers cycles are a straight line. `cyclesOf` gives
 * the cycles of a call at `hz`.
 */
export function speculationPlan(
  cyclesOf: (call: CallSize) => number,
  hz: number,
  drafts: readonly number[],
): SpeculationPlan[] {
  return drafts.flatMap((k) =>
    Array.from({ length: k / STEP + 1 }, (_, i): SpeculationPlan => {
      const tokensPerCall = 1 + i * STEP;
      const below = Math.floor(tokensPerCall);
      const cyclesFor = (tokens: number) => cyclesOf(draftedCall(tokens + k, k));
      const share = tokensPerCall - below;
      const cycles = cyclesFor(below) * (1 - share) + (share > 0 ? cyclesFor(below + 1) * share : 0);
      const tokensPerSecond = (tokensPerCall * hz) / cycles;
      return { drafts: k, tokensPerCall, cycles: Math.round(cycles), tokensPerSecond };
    }),
  );
}
