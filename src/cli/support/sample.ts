/** Choosing the next token: the most likely one, or a seeded draw among the most likely. */
import { exponential } from '../../util/exponential.js';
import type { Random } from '../../util/random.js';

/** How to draw. */
export interface Sampling {
  /** Divides the logits; 0 takes the most likely token. */
  readonly temperature: number;
  /** Draw among so many of the most likely tokens; all when undefined. */
  readonly topK?: number | undefined;
  readonly random: Random;
}

/** The id with the largest of the logits, the lowest such id when there are several. */
export function mostLikely(logits: Float64Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id] > logits[best]) best = id;
  return best;
}

/** The next token's id. `logits` holds those of real tokens only, no padding. */
export function sample(logits: Float64Array, { temperature, topK, random }: Sampling): number {
  if (temperature === 0) return mostLikely(logits);
  const ids = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
  const candidates = ids.slice(0, topK ?? ids.length);
  const weights = candidates.map((id) => exponential((logits[id] - logits[candidates[0]]) / temperature));
  let rest = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < candidates.length; i++) {
    rest -= weights[i];
    if (rest < 0) return candidates[i];
  }
  return candidates[candidates.length - 1];
}
