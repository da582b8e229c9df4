/**
 * Held-out perplexity: exp of the mean surprise of the tokens of consecutive windows, each from an empty state, the first
 * token of a window given and all others predicted. Windows run on worker threads; the result does not depend on how many.
 */
import { availableParallelism } from 'node:os';
import { UserError } from '../errors.js';
import { scoreAll } from './score-all.js';
import type { EvalSource } from './window-model.js';

export type { EvalSource } from './window-model.js';

/** Tokens a window. */
export const EVAL_WINDOW = 256;

/** What to measure. */
export interface PerplexityRequest {
  readonly source: EvalSource;
  readonly tokens: ArrayLike<number>;
  /** Tokens a window, 256 when left out; tokens after the last whole window are left out. */
  readonly window?: number | undefined;
  /** Worker threads; all cores when left out. With 1 everything runs in this thread. */
  readonly threads?: number | undefined;
  /** Called after each window: how many are done, of how many. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** The measurement. */
export interface Perplexity {
  /** exp(nats). */
  readonly perplexity: number;
  /** Mean surprise of a predicted token. */
  readonly nats: number;
  /** Tokens in the windows, predicted or given. */
  readonly tokens: number;
  readonly predicted: number;
}

/**
 * Measures. Throws UserError when there is no whole window of tokens, for a token outside the vocabulary, and as opening the
 * checkpoint or artifact does.
 */
export async function evalPerplexity(request: PerplexityRequest): Promise<Perplexity> {
  const { source, tokens, window = EVAL_WINDOW, threads = availableParallelism(), progress } = request;
  if (!(Number.isInteger(window) && window >= 2)) {
    throw new UserError(`window: found ${window}, expected an integer from 2 on`);
  }
  const count = Math.floor(tokens.length / window);
  if (count === 0) {
    throw new UserError(`text to evaluate: found ${tokens.length} tokens, expected at least ${window}`);
  }
  const lists = Array.from({ length: count }, (_, i) => {
    const ids = Int32Array.from({ length: window }, (_unused, t) => tokens[i * window + t]);
    return [{ context: ids.subarray(0, 1), continuation: ids.subarray(1) }];
  });
  const sums = new Array<number>(count);
  let done = 0;
  const scored = (i: number, [{ logProbability }]: readonly { readonly logProbability: number }[]) => {
    sums[i] = -logProbability;
    progress?.(++done, count);
  };
  await scoreAll({ source, lists, threads, scored });
  const predicted = count * (window - 1);
  // Summed in the order of the windows, so that threads change no bit.
  const nats = sums.reduce((total, sum) => total + sum, 0) / predicted;
  return { perplexity: Math.exp(nats), nats, tokens: count * window, predicted };
}
