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
});

export type RunResult = Described<typeof runSchema>;
