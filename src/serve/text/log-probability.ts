/** Log probabilities of tokens: those of the model, before temperature and the choice of candidates. */

/** A token with its natural log probability. */
export interface TokenProbability {
  readonly id: number;
  readonly logProbability: number;
}

/** A token that was drawn, and the most likely ones at its place, the likeliest first. */
export interface DrawnProbability extends TokenProbability {
  readonly top: readonly TokenProbability[];
}

/** Of token `id` under `logits`, [vocabSize], with the `count` likeliest. */
export function logProbabilities(logits: Float64Array, id: number, count: number): DrawnProbability {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  const norm = largest + Math.log(sum);
  const of = (one: number): TokenProbability => ({ id: one, logProbability: logits[one] - norm });
  return { ...of(id), top: likeliest(logits, count).map(of) };
}

/** Ids of the `count` largest logits, in order; of equal ones the lower id first. */
function likeliest(logits: Float64Array, count: number): number[] {
  const ids: number[] = [];
  for (let id = 0; id < logits.length && count > 0; id++) {
    if (ids.length === count && logits[id] <= logits[ids[count - 1]]) continue;
    const place = ids.findIndex((other) => logits[other] < logits[id]);
    ids.splice(place < 0 ? ids.length : place, 0, id);
    if (ids.length > count) ids.pop();
  }
  return ids;
}
