/**
 * A text as it is continued: token ids become text as soon as their characters are complete, and end at a stop token, a stop string, or the limit. The
 * text does not depend on where tokens or calls are cut.
 */
import type { StreamDecoder, Tokenizer } from '../../model/tokenizer/tokenizer.js';
import type { Sampling } from '../sample.js';
import type { SequenceRequest } from '../scheduler.js';
import { type DrawnProbability, logProbabilities } from './log-probability.js';
import { StopStrings } from './stop-strings.js';

/** Why a text ended: a stop token or string; the most tokens that were asked for; or nobody reads it. */
export type FinishReason = 'stop' | 'length' | 'cancelled';

/** A token of a text, and where its text begins, in UTF-16 units from the beginning of the continuation. */
export interface PlacedToken extends DrawnProbability {
  readonly offset: number;
}

/** What to continue and how. */
export interface ContinuationRequest {
  readonly prompt: readonly number[];
  readonly tokenizer: Pick<Tokenizer, 'stream'>;
  readonly sampling: Sampling;
  readonly maxTokens: number;
  /** Tokens that end the text and are no part of it. */
  readonly stopIds: ReadonlySet<number>;
  /** Strings that end the text and are no part of it. */
  readonly stopStrings?: readonly string[] | undefined;
  /** Likeliest tokens to report at each place; no probabilities are computed when absent. */
  readonly likeliest?: number | undefined;
  /** Called with text as it becomes certain, and the tokens that begin in it where probabilities are asked for. False when nobody reads it. */
  onText?(text: string, tokens: readonly PlacedToken[]): boolean;
}

/** One text. The scheduler feeds it through `take`. */
export class Continuation implements SequenceRequest {
  /** Ids of the text, without a stop token. */
  readonly ids: number[] = [];
  /** Text so far that is certain. */
  text = '';
  finishReason: FinishReason = 'cancelled';
  readonly prompt: readonly number[];
  readonly sampling: Sampling;
  readonly maxTokens: number;
  private readonly decoder: StreamDecoder;
  private readonly stops: StopStrings;
  private decoded = 0;
  private tokens: PlacedToken[] = [];

  constructor(private readonly request: ContinuationRequest) {
    ({ prompt: this.prompt, sampling: this.sampling, maxTokens: this.maxTokens } = request);
    this.decoder = request.tokenizer.stream();
    this.stops = new StopStrings(request.stopStrings ?? []);
  }

  /** Takes the token that was drawn from `logits`; true when the text has ended. */
  take(id: number, logits: Float64Array): boolean {
    if (this.request.stopIds.has(id)) return this.finish('stop');
    this.ids.push(id);
    const { likeliest } = this.request;
    if (likeliest !== undefined)
      this.tokens.push({ ...logProbabilities(logits, id, likeliest), offset: this.decoded });
    if (this.isEndedBy(this.decoder.push(id))) return true;
    return this.ids.length === this.maxTokens && this.finish('length');
  }

  /** No more tokens come: what was held back follows, unless a stop string ends the text there. */
  private finish(reason: FinishReason): true {
    if (this.isEndedBy(this.decoder.end())) return true;
    this.give(this.stops.end(), this.tokens.length);
    this.finishReason = reason;
    return true;
  }

  /** Adds decoded text; true when a stop string or the reader ends it. */
  private isEndedBy(piece: string): boolean {
    this.decoded += piece.length;
    const { text, isStopped } = this.stops.push(piece);
    const end = this.text.length + text.length;
    const isRead = this.give(text, this.tokens.filter(({ offset }) => offset < end).length);
    if (isStopped) this.finishReason = 'stop';
    return isStopped || !isRead;
  }

  /** Text and the first `count` of the tokens that wait for theirs. */
  private give(text: string, count: number): boolean {
    const begun = this.tokens.slice(0, count);
    this.tokens = this.tokens.slice(count);
    this.text += text;
    if (text === '' && count === 0) return true;
    return this.request.onText?.(text, begun) ?? true;
  }
}
