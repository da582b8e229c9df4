/** Choosing the next token: the most likely one, or a seeded draw among the most likely. */
import { exponential } from '../util/exponential.js';
import type { Random } from '../util/random.js';

/** How to draw. */
export interface Sampling {
  /** Divides the logits; 0 takes the most likely token. */
  readonly temperature: number;
  /** Draw among so many of the most likely tokens; all when undefined. */
  readonly topK?: number | undefined;
  /** Of these, the fewest whose share is at least this; all when undefined. */
  readonly topP?: number | undefined;
  readonly random: Random;
}

/** The id with the largest of the logits, the lowest such id when there are several. */
export function mostLikely(logits: Float64Array | Int16Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id] > logits[best]) best = id;
  return best;
}

/** The next token's id; a draw takes one random number. `logits` holds those of real tokens only, no padding. */
export function sample(logits: Float64Array, { temperature, topK, topP, random }: Sampling): number {
  if (temperature === 0) return mostLikely(logits);
  const ids = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
  let candidates = ids.slice(0, topK ?? ids.length);
  let weights = candidates.map((id) => exponential((logits[id] - logits[candidates[0]]) / temperature));
  if (topP !== undefined && topP < 1) {
    const kept = nucleus(weights, topP);
    [candidates, weights] = [candidates.slice(0, kept), weights.slice(0, kept)];
  }
  let rest = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < candidates.length; i++) {
    rest -= weights[i];
    if (rest < 0) return candidates[i];
  }
  return candidates[candidates.length - 1];
}

/** How many of the weights, largest first, have at least the share `topP` of their sum. */
function nucleus(weights: readonly number[], topP: number): number {
  const enough = topP * weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const last = weights.findIndex((weight) => (sum += weight) >= enough);
  return last < 0 ? weights.length : last + 1;
}
