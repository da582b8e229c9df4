/**
 * How surprised a model is by the token that really came: perplexity is its exponential.
 */

/**
 * Sum over rows of -log softmax(logits)[target], in nats. `logits` is [targets.length, width]; only the first
 * `vocabSize` columns stand for tokens.
 */
export function crossEntropySum(
  logits: Float64Array,
  width: number,
  targets: ArrayLike<number>,
  vocabSize: number,
): number {
  let sum = 0;
  for (let t = 0; t < targets.length; t++) {
    const row = logits.subarray(t * width, t * width + vocabSize);
    let largest = Number.NEGATIVE_INFINITY;
    for (const value of row) largest = Math.max(largest, value);
    let total = 0;
    for (const value of row) total += Math.exp(value - largest);
    sum += largest + Math.log(total) - row[targets[t]];
  }
  return sum;
}
