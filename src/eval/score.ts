/**
 * How likely a model finds a continuation of a context: the one question that perplexity and all tasks ask. Choices that share a context
 * share its state, and logits are made for a few tokens at a time, so that a long window needs little memory.
 */
import { UserError } from '../errors.js';
import { surprise } from '../model/float/cross-entropy.js';

/** Token ids: what is given, at least one, and what is scored after it. */
export interface ContinuationRequest {
  readonly context: Int32Array;
  readonly continuation: Int32Array;
}

/** What a model says of a continuation. */
export interface ContinuationScore {
  /** Sum of log p(token | all before it) over the continuation, in nats. */
  readonly logProbability: number;
  /** Whether each of its tokens is the most likely one; of equals the first. */
  readonly isGreedy: boolean;
}

/** A model whose state can be kept: what an engine must offer. States are moved on in place. */
export interface StatefulModel<State> {
  readonly vocabSize: number;
  readonly paddedVocabSize: number;
  newState(): State;
  copyState(state: State): State;
  /** Feeds tokens whose logits nobody wants. */
  skip(tokens: Int32Array, state: State): Promise<void>;
  /** Feeds tokens; their logits, [tokens][paddedVocabSize], natural units. */
  logits(tokens: Int32Array, state: State): Promise<Float64Array>;
}

/** Tokens whose logits are in memory at a time: 50,288 of float64 are 0.4 MB. */
const TOKENS_AT_ONCE = 64;

/** Scores the continuations, each after its own context from an empty state. Throws UserError for a token outside the vocabulary. */
export async function scoreContinuations<State>(
  model: StatefulModel<State>,
  requests: readonly ContinuationRequest[],
): Promise<ContinuationScore[]> {
  const scores: ContinuationScore[] = [];
  let start: State | undefined;
  for (const [i, request] of requests.entries()) {
    start ??= await stateBefore(model, request.context);
    const isLast = i + 1 === requests.length || !sameTokens(request.context, requests[i + 1].context);
    const state = isLast ? start : model.copyState(start);
    if (isLast) start = undefined;
    scores.push(await scoreFrom(model, state, request));
  }
  return scores;
}

/** The state after all of the context but its last token, whose logits are wanted. */
async function stateBefore<State>(model: StatefulModel<State>, context: Int32Array): Promise<State> {
  const state = model.newState();
  if (context.length > 1) await model.skip(context.subarray(0, -1), state);
  return state;
}

async function scoreFrom<State>(
  model: StatefulModel<State>,
  state: State,
  { context, continuation }: ContinuationRequest,
): Promise<ContinuationScore> {
  const { vocabSize, paddedVocabSize } = model;
  const outside = continuation.find((token) => token < 0 || token >= vocabSize);
  if (outside !== undefined) {
    throw new UserError(`token to score: found id ${outside}, expected 0 to ${vocabSize - 1}`);
  }
  const given = Int32Array.from(continuation, (_, i) => (i === 0 ? context.at(-1)! : continuation[i - 1]));
  let nats = 0;
  let isGreedy = true;
  for (let first = 0; first < given.length; first += TOKENS_AT_ONCE) {
    const logits = await model.logits(given.subarray(first, first + TOKENS_AT_ONCE), state);
    for (let row = 0; row * paddedVocabSize < logits.length; row++) {
      const begin = row * paddedVocabSize;
      const found = surprise(logits.subarray(begin, begin + vocabSize), continuation[first + row]);
      nats += found.nats;
      isGreedy &&= found.isMostLikely;
    }
  }
  return { logProbability: -nats, isGreedy };
}

function sameTokens(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i]);
}
