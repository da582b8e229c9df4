/** What `run --json` prints. */
import { z } from 'zod';
import { amount, count, type Described, text } from '../util/schema-parts.js';

export const runSchema = z.strictObject({
  model: text('folder as given'),
  engine: text('what computed: float, golden or csim'),
  prompt: text('as given'),
  seed: count('seed of the draws; absent where the most likely token was taken').optional(),
  tokens: count('tokens made'),
  ids: z.array(z.int().nonnegative()).describe('their ids'),
  text: text('their text'),
  seconds: amount('time from the prompt to the last token, seconds'),
});

export type RunResult = Described<typeof runSchema>;
