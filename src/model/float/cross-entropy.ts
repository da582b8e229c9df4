/**
 * How surprised a model is by the token that really came: perplexity is the exponential of its mean.
 */

/** What logits say of a token. */
export interface Surprise {
  /** -log softmax(logits)[token]. */
  readonly nats: number;
  /** Whether no other token is likelier; of equals the first is taken. */
  readonly isMostLikely: boolean;
}

/** The surprise at `token`, given the logits of all tokens, [vocabSize]. */
export function surprise(logits: Float64Array, token: number): Surprise {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
  const largest = logits[best];
  let total = 0;
  for (const value of logits) total += Math.exp(value - largest);
  return { nats: largest + Math.log(total) - logits[token], isMostLikely: best === token };
}
