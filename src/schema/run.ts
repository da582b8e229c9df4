/** What `run --json` prints. */
import { z } from 'zod';
import { amount, count, type Described, text } from '../util/schema-parts.js';

const kernelSchema = z.strictObject({
  clockMHz: amount('clock of the kernel, MHz'),
  promptTokens: count('tokens of the prompt'),
  promptCycles: count('cycles that they took'),
  cyclesPerToken: amount('cycles of a call of one token, on average; null where there was none').nullable(),
  tokensPerSecond: amount('tokens a second, one after the other, at that clock; null likewise').nullable(),
});

export type KernelSpeed = Described<typeof kernelSchema>;

const speculationSchema = z.strictObject({
  drafts: count('tokens that were drafted'),
  accepted: count('drafts that were right'),
  calls: count('calls after the one that ends the prompt'),
  tokens: count('tokens that these calls made'),
  tokensPerCall: amount('tokens that such a call made, on average; null where there was none').nullable(),
  cycles: count('cycles that the plan gives for these calls'),
  tokensPerSecond: amount('tokens a second by the plan; null likewise').nullable(),
  plainTokensPerSecond: amount('tokens a second of plain decoding by the same plan'),
});

export type Speculation = Described<typeof speculationSchema>;

export const runSchema = z.strictObject({
  model: text('folder as given'),
  engine: text('what computed: float, golden, fast, csim, rtl or board'),
  prompt: text('as given'),
  seed: count('seed of the draws; absent where the most likely token was taken').optional(),
  tokens: count('tokens made'),
  ids: z.array(z.int().nonnegative()).describe('their ids'),
  text: text('their text'),
  seconds: amount('time from the prompt to the last token, seconds'),
  kernel: kernelSchema.describe('what the kernel counted; absent where nothing does').optional(),
  speculation: speculationSchema.describe('with --speculate alone').optional(),
});

export type RunResult = Described<typeof runSchema>;

export const batchSchema = z.strictObject({
  id: count('line of the prompt, from 1'),
  prompt: text('as given'),
  text: text('what follows it'),
  tokens: count('tokens made'),
  finishReason: z
    .enum(['stop', 'length', 'cancelled'])
    .describe('a token that ends texts; the most tokens; nobody reads it'),
});

export type BatchLine = Described<typeof batchSchema>;
