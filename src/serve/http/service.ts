/** What stands between HTTP and the scheduler: who is let in, how long a request may take, who has hung up, and how all of it ends. */
import { randomUUID } from 'node:crypto';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.js';
import type { Drafting } from '../draft/drafter.js';
import type { Engine } from '../engine/engine.js';
import { Scheduler } from '../scheduler.js';
import type { FinishReason } from '../text/continuation.js';
import { type AnswerHead, Answers, type ChoicePiece, type Usage, usageOf } from './answer.js';
import { ApiError, badField } from './api-error.js';
import { Metrics } from './metrics.js';
import type { RequestLimits, TextRequest } from './request.js';
import { Texts } from './texts.js';

/** What a server needs of its model. */
export interface ServedModel {
  /** As clients name it. */
  readonly name: string;
  readonly engine: Engine;
  readonly tokenizer: Tokenizer;
  readonly stopIds: ReadonlySet<number>;
  readonly drafting?: Drafting | undefined;
}

/** What a server bears. */
export interface ServiceLimits extends Omit<RequestLimits, 'texts'> {
  /** Texts that wait for a slot. */
  readonly queue: number;
  /** A request in all, in the queue too. */
  readonly requestSeconds: number;
  /** A request's body. */
  readonly bodyBytes: number;
}

/** A request at work. */
export interface Job {
  readonly answers: Answers;
  /** Pieces as they come, until the last has come. */
  pieces(): AsyncGenerator<ChoicePiece>;
  /** Of what there is now. */
  usage(): Usage;
  /** The client has gone. */
  hangUp(): void;
}

export class Service {
  readonly metrics: Metrics;
  readonly limits: ServiceLimits & RequestLimits;
  private readonly scheduler: Scheduler;
  private readonly jobs = new Set<Texts>();
  private readonly created = Math.floor(Date.now() / 1000);
  private readonly slots: number;
  private isStopping = false;
  /** Of late, a text in its slot; seconds. */
  private textSeconds = 1;
  /** Rejects when the engine fails: the server is of no use then. */
  readonly failed: Promise<never>;
  private fail!: (error: unknown) => void;

  constructor(
    readonly model: ServedModel,
    limits: ServiceLimits,
  ) {
    const { engine, drafting } = model;
    this.slots = Math.min(engine.slots, engine.maxTokens);
    this.limits = { ...limits, texts: this.slots + limits.queue };
    this.failed = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {});
    this.scheduler = new Scheduler(engine, { drafting, onCall: (call) => this.metrics.called(call) });
    this.metrics = new Metrics(() => this.scheduler);
  }

  /** `ok`, or why no request is taken. */
  get health(): 'ok' | 'stopping' {
    return this.isStopping ? 'stopping' : 'ok';
  }

  /** The model as /v1/models lists it. */
  get listed(): object {
    return { id: this.model.name, object: 'model', created: this.created, owned_by: 'fastmamba' };
  }

  /** Starts a request. Throws ApiError for one that is refused. */
  start(request: TextRequest): Job {
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    const { name, tokenizer } = this.model;
    if (request.model !== name) {
      const details = { param: 'model', code: 'model_not_found' };
      throw new ApiError(
        404,
        `The model '${request.model}' does not exist; this server has '${name}'`,
        details,
      );
    }
    const prompts = request.prompts.map((prompt, i) => this.idsOf(prompt, i));
    this.admit(prompts.length * request.choices);
    const waiting: ChoicePiece[] = [];
    let wake = () => {};
    let hasText = false;
    const texts = new Texts({ ...this.model, scheduler: this.scheduler }, request, prompts, (piece) => {
      if (!hasText) this.metrics.firstText(seconds());
      hasText = true;
      waiting.push(piece);
      wake();
    });
    this.jobs.add(texts);
    let [isEnded, isLate, failure] = [false, false, undefined as unknown];
    const timer = setTimeout(() => {
      isLate = true;
      texts.cancel();
    }, this.limits.requestSeconds * 1000);
    const promptTokens = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
    const made = () => texts.continuations.reduce((sum, { ids }) => sum + ids.length, 0);
    void texts
      .ended()
      .catch((error: unknown) => {
        failure = error;
        this.fail(error);
      })
      .finally(() => {
        clearTimeout(timer);
        this.jobs.delete(texts);
        this.textSeconds += (seconds() - this.textSeconds) / 8;
        this.metrics.ended(seconds(), promptTokens, made());
        isEnded = true;
        wake();
      });
    const { limits } = this;
    async function* pieces(): AsyncGenerator<ChoicePiece> {
      for (;;) {
        for (let piece = waiting.shift(); piece; piece = waiting.shift()) {
          if (piece.finishReason !== 'cancelled') yield piece;
          else if (isLate) throw new ApiError(504, `The request took longer than ${limits.requestSeconds} s`);
          else throw new ApiError(503, 'The server is stopping');
        }
        if (failure !== undefined) throw new ApiError(500, 'The engine has failed');
        if (isEnded) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    const head: AnswerHead = {
      id: `${request.kind === 'chat' ? 'chatcmpl' : 'cmpl'}-${randomUUID().replaceAll('-', '')}`,
      created: Math.floor(Date.now() / 1000),
      model: name,
    };
    return {
      answers: new Answers(request, head, tokenizer),
      pieces,
      usage: () => usageOf(promptTokens, made()),
      hangUp: () => texts.cancel(),
    };
  }

  /** Takes no more requests; resolves when those at work have ended, which they do after `graceSeconds` in any case. */
  async stop(graceSeconds: number): Promise<void> {
    this.isStopping = true;
    const end = performance.now() + graceSeconds * 1000;
    while (this.jobs.size > 0) {
      if (performance.now() >= end) for (const texts of this.jobs) texts.cancel();
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
  }

  private admit(texts: number): void {
    const { queue, texts: most } = this.limits;
    if (this.isStopping) throw new ApiError(503, 'The server is stopping');
    if (texts > most) throw badField('n', `found ${texts} texts in all, expected at most ${most}`);
    const { queued, running } = this.scheduler;
    if (queued + running + texts <= this.slots + queue) return;
    const retrySeconds = Math.min(60, Math.max(1, Math.ceil(((queued + 1) / this.slots) * this.textSeconds)));
    throw new ApiError(429, 'The queue is full', { code: 'queue_full', retrySeconds });
  }

  private idsOf(prompt: string | readonly number[], place: number): readonly number[] {
    const { tokenizer, engine } = this.model;
    const ids = typeof prompt === 'string' ? tokenizer.encode(prompt) : prompt;
    const where = place === 0 ? 'prompt' : `prompt.${place}`;
    if (ids.length === 0) throw badField(where, 'found no text, expected at least one token');
    const most = this.limits.promptTokens;
    if (ids.length > most)
      throw badField(
        where,
        `found ${ids.length} tokens, expected at most ${most}`,
        'context_length_exceeded',
      );
    const outside = ids.find((id) => id >= engine.vocabSize);
    if (outside !== undefined)
      throw badField(where, `found id ${outside}, expected 0 to ${engine.vocabSize - 1}`);
    return ids;
  }
}

/** Between two looks at what is still at work. */
const POLL_MILLISECONDS = 20;

/** Pieces of the texts of a request, put together; the last of each has its reason to end. */
export function wholeTexts(pieces: readonly ChoicePiece[]): ChoicePiece[] {
  const texts: {
    index: number;
    text: string;
    tokens: ChoicePiece['tokens'][number][];
    finishReason: FinishReason | null;
  }[] = [];
  for (const { index, text, tokens, finishReason } of pieces) {
    const whole = (texts[index] ??= { index, text: '', tokens: [], finishReason: null });
    whole.text += text;
    whole.tokens.push(...tokens);
    whole.finishReason = finishReason;
  }
  return texts;
}
