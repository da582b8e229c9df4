/**
 * The bodies of /v1/completions and /v1/chat/completions, after OpenAI's API reference. A field that would change the text and that we do not have is
 * refused where it is more than its default; others are ignored.
 */
import { z } from 'zod';
import { badField } from './api-error.js';
import { CHAT_STOP, type ChatMessage, chatPrompt } from './chat-template.js';

/** What a request may ask for at most. */
export interface RequestLimits {
  /** Tokens of a prompt. */
  readonly promptTokens: number;
  /** Tokens of a text. */
  readonly maxTokens: number;
  /** Texts of a request: prompts times choices. */
  readonly texts: number;
}

/** Texts to make, whichever endpoint asked. */
export interface TextRequest {
  readonly kind: 'completion' | 'chat';
  readonly model: string;
  readonly prompts: readonly (string | readonly number[])[];
  /** Texts a prompt. */
  readonly choices: number;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number | undefined;
  readonly topK: number | undefined;
  readonly seed: number | undefined;
  readonly stopStrings: readonly string[];
  /** Likeliest tokens to report at each place; none and no probabilities when undefined. */
  readonly likeliest: number | undefined;
  readonly isStreamed: boolean;
  /** Whether the stream ends with the counts of tokens. */
  readonly wantsUsage: boolean;
}

const MAX_STOPS = 4;
const stop = z.union([z.string().min(1), z.array(z.string().min(1)).max(MAX_STOPS)]);
const id = z.int().nonnegative();

const common = {
  model: z.string(),
  n: z.int().min(1).nullish(),
  max_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(1).nullish(),
  seed: z.int().nullish(),
  stop: stop.nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  // What would change the text.
  presence_penalty: z.literal(0).nullish(),
  frequency_penalty: z.literal(0).nullish(),
  logit_bias: z.strictObject({}).nullish(),
};

const completion = z.object({
  ...common,
  prompt: z.union([
    z.string(),
    z.array(z.string()).min(1),
    z.array(id).min(1),
    z.array(z.array(id).min(1)).min(1),
  ]),
  logprobs: z.int().min(0).max(5).nullish(),
  echo: z.literal(false).nullish(),
  suffix: z.literal('').nullish(),
  best_of: z.int().nullish(),
});

const content = z.union([z.string(), z.array(z.object({ type: z.literal('text'), text: z.string() }))]);
const chat = z.object({
  ...common,
  messages: z.array(z.object({ role: z.enum(['system', 'developer', 'user', 'assistant']), content })).min(1),
  max_completion_tokens: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: z.array(z.never()).nullish(),
  functions: z.array(z.never()).nullish(),
  response_format: z.object({ type: z.literal('text') }).nullish(),
});

/** Tokens of a completion where the request does not say, as OpenAI has it. */
const COMPLETION_TOKENS = 16;

/** Checks the body of /v1/completions. Throws ApiError, which names the field. */
export function completionRequest(body: unknown, limits: RequestLimits): TextRequest {
  const given = parsed(completion, body);
  const { prompt, logprobs } = given;
  if ((given.best_of ?? 1) > (given.n ?? 1)) throw badField('best_of', 'only as many as n');
  return {
    kind: 'completion',
    prompts: promptsOf(prompt),
    ...commonOf(given, given.max_tokens ?? Math.min(COMPLETION_TOKENS, limits.maxTokens), limits),
    stopStrings: [given.stop ?? []].flat(),
    likeliest: logprobs ?? undefined,
  };
}

/** Checks the body of /v1/chat/completions. Throws ApiError, which names the field. */
export function chatRequest(body: unknown, limits: RequestLimits): TextRequest {
  const given = parsed(chat, body);
  const messages = given.messages.map(({ role, content }): ChatMessage => {
    const text = typeof content === 'string' ? content : content.map(({ text }) => text).join('');
    return { role, content: text };
  });
  const maxTokens = given.max_completion_tokens ?? given.max_tokens ?? limits.maxTokens;
  if (given.top_logprobs != null && !given.logprobs)
    throw badField('top_logprobs', 'expected logprobs: true beside it');
  return {
    kind: 'chat',
    prompts: [chatPrompt(messages)],
    ...commonOf(given, maxTokens, limits),
    stopStrings: [given.stop ?? [], CHAT_STOP].flat(),
    likeliest: given.logprobs ? (given.top_logprobs ?? 0) : undefined,
  };
}

function promptsOf(prompt: z.infer<typeof completion>['prompt']): TextRequest['prompts'] {
  if (typeof prompt === 'string') return [prompt];
  return typeof prompt[0] === 'number' ? [prompt as number[]] : (prompt as string[] | number[][]);
}

function commonOf(given: z.infer<z.ZodObject<typeof common>>, maxTokens: number, limits: RequestLimits) {
  if (maxTokens > limits.maxTokens)
    throw badField('max_tokens', `found ${maxTokens}, expected at most ${limits.maxTokens}`);
  return {
    model: given.model,
    choices: given.n ?? 1,
    maxTokens,
    temperature: given.temperature ?? 1,
    topP: given.top_p ?? undefined,
    topK: given.top_k ?? undefined,
    seed: given.seed ?? undefined,
    isStreamed: given.stream ?? false,
    wantsUsage: given.stream_options?.include_usage ?? false,
  };
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const [issue] = error.issues;
  throw badField(issue.path.join('.') || 'body', issue.message);
}
