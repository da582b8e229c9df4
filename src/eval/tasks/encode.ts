/**
 * From a choice's text to token ids, as lm-evaluation-harness does it (`_encode_pair` and `_loglikelihood_tokens`): spaces at the end of the
 * context move to the continuation, context and continuation are encoded together and cut at the length of the context's own ids, and what
 * is too long loses its beginning.
 */
import { UserError } from '../../errors.js';
import type { Choice, TextChoice } from './example.js';

/** What encoding needs. */
export interface Encoder {
  /** Ids of a text without special tokens. */
  readonly encode: (text: string) => readonly number[];
  /** What stands before a continuation without context: the id that ends a text; undefined where the model names none. */
  readonly prefix: number | undefined;
  /** Most tokens that a model is given. */
  readonly context: number;
}

/** Ids of one choice. Throws UserError for a choice without a token of its own or with more than the model is given. */
export function encodeChoice(encoder: Encoder, { context, continuation, characters }: TextChoice): Choice {
  const { encode, prefix } = encoder;
  const before = context.trimEnd();
  const given = encode(before);
  const whole = encode(context + continuation);
  const scored = Int32Array.from(whole.slice(given.length));
  if (scored.length === 0) throw new UserError('found a choice without a token of its own, expected one');
  if (given.length === 0 && prefix === undefined) {
    throw new UserError('found no context, expected one: config.json names no eos_token_id to begin with');
  }
  const start = given.length === 0 ? [prefix!] : given;
  // The last token scored is not given.
  const room = encoder.context + 1 - scored.length;
  if (room < 1) {
    throw new UserError(
      `found a choice of ${scored.length} tokens, expected at most ${encoder.context} (--context)`,
    );
  }
  return { context: Int32Array.from(start.slice(-room)), continuation: scored, characters };
}
