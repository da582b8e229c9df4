/**
 * How likely a model finds a continuation of a context: the one question that perplexity and all tasks ask. Choices that share a context
 * share its state, short ones share calls, and logits are made for a few tokens at a time, so that a long window needs little memory.
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

/** Tokens of a sequence, and its state before them, which is moved on in place. */
export interface SequencePart<State> {
  readonly tokens: Int32Array;
  readonly state: State;
}

/** A model whose state can be kept: what an engine must offer. What it says of a sequence does not depend on the others of a call. */
export interface StatefulModel<State> {
  readonly vocabSize: number;
  readonly paddedVocabSize: number;
  newState(): State;
  copyState(state: State): State;
  /** Feeds tokens whose logits nobody wants. */
  skip(parts: readonly SequencePart<State>[]): Promise<void>;
  /** Feeds tokens; the logits of all, part after part, [tokens][paddedVocabSize], natural units. */
  logits(parts: readonly SequencePart<State>[]): Promise<Float64Array>;
}

/** Tokens whose logits are in memory at a time: 50,288 of float64 are 0.4 MB. */
const TOKENS_AT_ONCE = 64;

/** A continuation that is being scored. */
interface Job<State> {
  readonly continuation: Int32Array;
  /** The last token of the context, and all of the continuation but the last. */
  readonly given: Int32Array;
  /** Made when its turn comes. */
  readonly start: () => State;
  state?: State;
  nats: number;
  isGreedy: boolean;
}

/**
 * Scores the continuations, each after its own context from an empty state. They share calls, and neighbours with equal contexts the context; no
 * score depends on that. Throws UserError for a token outside the vocabulary.
 */
export async function scoreContinuations<State>(
  model: StatefulModel<State>,
  requests: readonly ContinuationRequest[],
): Promise<ContinuationScore[]> {
  const { vocabSize } = model;
  for (const { continuation } of requests) {
    const outside = continuation.find((token) => token < 0 || token >= vocabSize);
    if (outside !== undefined)
      throw new UserError(`token to score: found id ${outside}, expected 0 to ${vocabSize - 1}`);
  }
  const jobs: Job<State>[] = [];
  const contexts: SequencePart<State>[] = [];
  for (const [i, { context, continuation }] of requests.entries()) {
    const isNew = i === 0 || !sameTokens(context, requests[i - 1].context);
    // The last token of a context is given with the continuation: its logits are wanted.
    if (isNew) contexts.push({ tokens: context.subarray(0, -1), state: model.newState() });
    const isLast = i + 1 === requests.length || !sameTokens(context, requests[i + 1].context);
    const { state } = contexts[contexts.length - 1];
    const given = Int32Array.from(continuation, (_, k) => (k === 0 ? context.at(-1)! : continuation[k - 1]));
    const start = () => (isLast ? state : model.copyState(state));
    jobs.push({ continuation, given, start, nats: 0, isGreedy: true });
  }
  const before = contexts.filter(({ tokens }) => tokens.length > 0);
  if (before.length > 0) await model.skip(before);
  for (const slices of callsOf(jobs)) await scoreCall(model, slices);
  return jobs.map(({ nats, isGreedy }) => ({ logProbability: -nats, isGreedy }));
}

/** Tokens of a job that are in one call. */
interface Slice<State> {
  readonly job: Job<State>;
  readonly first: number;
  readonly count: number;
}

/** All tokens of all jobs in calls of TOKENS_AT_ONCE. */
function callsOf<State>(jobs: readonly Job<State>[]): Slice<State>[][] {
  const calls: Slice<State>[][] = [];
  let room = 0;
  for (const job of jobs)
    for (let first = 0; first < job.given.length; ) {
      if (room === 0) {
        calls.push([]);
        room = TOKENS_AT_ONCE;
      }
      const count = Math.min(room, job.given.length - first);
      calls[calls.length - 1].push({ job, first, count });
      first += count;
      room -= count;
    }
  return calls;
}

async function scoreCall<State>(model: StatefulModel<State>, slices: readonly Slice<State>[]): Promise<void> {
  const { vocabSize, paddedVocabSize } = model;
  const parts = slices.map(({ job, first, count }) => {
    job.state ??= job.start();
    return { tokens: job.given.subarray(first, first + count), state: job.state };
  });
  const logits = await model.logits(parts);
  let row = 0;
  for (const { job, first, count } of slices) {
    for (let k = first; k < first + count; k++, row++) {
      const begin = row * paddedVocabSize;
      const found = surprise(logits.subarray(begin, begin + vocabSize), job.continuation[k]);
      job.nats += found.nats;
      job.isGreedy &&= found.isMostLikely;
    }
    // A state is large, and is not asked for again.
    if (first + count === job.given.length) delete job.state;
  }
}

function sameTokens(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i]);
}
