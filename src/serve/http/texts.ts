/** The texts of one request on the scheduler: added together, cancelled together. */
import { randomInt } from 'node:crypto';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.js';
import { Random } from '../../util/random.js';
import type { Scheduler } from '../scheduler.js';
import { Continuation } from '../text/continuation.js';
import type { ChoicePiece } from './answer.js';
import type { TextRequest } from './request.js';

/** What texts are made with. */
export interface TextSource {
  readonly scheduler: Scheduler;
  readonly tokenizer: Tokenizer;
  readonly stopIds: ReadonlySet<number>;
}

/** Texts at work. Choice c of prompt p has the index p n + c, and the seed of the request plus c. */
export class Texts {
  readonly continuations: readonly Continuation[];
  private readonly tickets: readonly { readonly ended: Promise<void>; cancel(): void }[];

  /** `onPiece` gets text as it comes; the last piece of a text has its reason to end. */
  constructor(
    { scheduler, tokenizer, stopIds }: TextSource,
    request: TextRequest,
    prompts: readonly (readonly number[])[],
    onPiece: (piece: ChoicePiece) => void,
  ) {
    const { temperature, topK, topP, maxTokens, stopStrings, likeliest, choices } = request;
    const started = prompts.flatMap((prompt, place) =>
      Array.from({ length: choices }, (_, choice) => {
        const index = place * choices + choice;
        const seed = request.seed === undefined ? randomInt(2 ** 32) : request.seed + choice;
        const continuation = new Continuation({
          ...{ prompt, tokenizer, stopIds, maxTokens, stopStrings, likeliest },
          sampling: { temperature, topK, topP, random: new Random(seed, 'sampling') },
          onText: (text, tokens) => {
            onPiece({ index, text, tokens, finishReason: null });
            return true;
          },
        });
        const ticket = scheduler.add(continuation);
        const ended = ticket.ended.then((end) => {
          const { finishReason } = continuation;
          onPiece({ index, text: '', tokens: [], finishReason: end === 'done' ? finishReason : 'cancelled' });
        });
        // `ended` speaks for all of them.
        ended.catch(() => {});
        return { continuation, ended, cancel: ticket.cancel };
      }),
    );
    this.continuations = started.map(({ continuation }) => continuation);
    this.tickets = started;
  }

  /** Settles when all have ended; rejects when the engine fails. */
  async ended(): Promise<void> {
    await Promise.all(this.tickets.map(({ ended }) => ended));
  }

  /** Ends all of them. */
  cancel(): void {
    for (const ticket of this.tickets) ticket.cancel();
  }
}
