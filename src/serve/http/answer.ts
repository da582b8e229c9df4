/** The objects of OpenAI's API that texts are sent in: whole answers, and the chunks of a stream. */
import type { Tokenizer } from '../../model/tokenizer/tokenizer.js';
import type { FinishReason, PlacedToken } from '../text/continuation.js';
import type { TokenProbability } from '../text/log-probability.js';
import type { TextRequest } from './request.js';

/** What all objects of an answer say. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
}

/** A text, or a piece of one. */
export interface ChoicePiece {
  readonly index: number;
  readonly text: string;
  /** Where probabilities are asked for. */
  readonly tokens: readonly PlacedToken[];
  /** Where it ends. */
  readonly finishReason: FinishReason | null;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

export function usageOf(promptTokens: number, completionTokens: number): Usage {
  const total_tokens = promptTokens + completionTokens;
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens };
}

/** Makes them for a request. */
export class Answers {
  private readonly names;

  constructor(
    private readonly request: TextRequest,
    private readonly head: AnswerHead,
    private readonly tokenizer: Pick<Tokenizer, 'bytes'>,
  ) {
    const isChat = request.kind === 'chat';
    this.names = isChat
      ? { whole: 'chat.completion', chunk: 'chat.completion.chunk' }
      : { whole: 'text_completion', chunk: 'text_completion' };
  }

  /** All texts. */
  whole(choices: readonly ChoicePiece[], usage: Usage): object {
    return {
      ...this.top(this.names.whole),
      choices: choices.map((choice) => this.choice(choice, 'message')),
      usage,
    };
  }

  /** The chunk that begins a choice of a chat. */
  begin(index: number): object {
    const delta = { role: 'assistant', content: '' };
    return this.chunk([{ index, delta, logprobs: null, finish_reason: null }]);
  }

  /** A chunk of a stream. */
  piece(choice: ChoicePiece): object {
    return this.chunk([this.choice(choice, 'delta')]);
  }

  /** The chunk with the counts. */
  usage(usage: Usage): object {
    return { ...this.chunk([]), usage };
  }

  private chunk(choices: readonly object[]): object {
    const usage = this.request.wantsUsage ? { usage: null } : {};
    return { ...this.top(this.names.chunk), choices, ...usage };
  }

  private top(object: string): object {
    const { id, created, model } = this.head;
    return { id, object, created, model };
  }

  private choice({ index, text, tokens, finishReason }: ChoicePiece, part: 'message' | 'delta'): object {
    const { kind, likeliest } = this.request;
    const rest = { index, finish_reason: finishReason };
    if (kind === 'completion') {
      return {
        text,
        ...rest,
        logprobs: likeliest === undefined ? null : this.completionProbabilities(tokens),
      };
    }
    const logprobs =
      likeliest === undefined ? null : { content: this.chatProbabilities(tokens), refusal: null };
    const whole = part === 'message' ? { role: 'assistant', content: text, refusal: null } : undefined;
    const delta = finishReason === null || text !== '' ? { content: text } : {};
    return { [part]: whole ?? delta, ...rest, logprobs };
  }

  private completionProbabilities(tokens: readonly PlacedToken[]): object {
    const name = ({ id }: TokenProbability) => this.tokenName(id);
    const top = tokens.map((token) => {
      const named = [...token.top, token].map((one) => [name(one), one.logProbability]);
      return this.request.likeliest === 0 ? null : Object.fromEntries(named);
    });
    return {
      tokens: tokens.map(name),
      token_logprobs: tokens.map(({ logProbability }) => logProbability),
      top_logprobs: this.request.likeliest === 0 ? null : top,
      text_offset: tokens.map(({ offset }) => offset),
    };
  }

  private chatProbabilities(tokens: readonly PlacedToken[]): object[] {
    const one = ({ id, logProbability }: TokenProbability) => {
      return { token: this.tokenName(id), logprob: logProbability, bytes: [...this.tokenizer.bytes(id)] };
    };
    return tokens.map((token) => ({ ...one(token), top_logprobs: token.top.map(one) }));
  }

  /** A token's text; of one that is no whole character its bytes, so that no two are called the same. */
  private tokenName(id: number): string {
    const bytes = this.tokenizer.bytes(id);
    const text = Buffer.from(bytes).toString('utf8');
    if (!text.includes('\uFFFD')) return text;
    return `bytes:${[...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}`;
  }
}
