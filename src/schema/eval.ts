/** What `eval --json` prints. */
import { z } from 'zod';
import { count, type Described, text } from '../util/schema-parts.js';
import { ranOnSchema } from './common.js';

const perplexity = z.number().positive().describe('perplexity: exp of the mean surprise of a token');
const measured = z.strictObject({ perplexity });

export const evaluationSchema = z.strictObject({
  tokens: count('held-out tokens of whole windows'),
  float: measured.describe('the float model on these tokens'),
  golden: measured.describe('the golden integer model on these tokens'),
  ablationTokens: count('held-out tokens of the ablations; 0 where there are none'),
  ablationFloat: measured.optional().describe('the float model on the tokens of the ablations'),
  ablations: z
    .array(
      z.strictObject({
        name: text('what differs from the default'),
        perplexity: perplexity.nullable().describe('perplexity; null where the model cannot be quantized so'),
        problem: text('why it cannot').optional(),
      }),
    )
    .describe('the golden model with one choice changed at a time'),
});

export const evalSchema = z.strictObject({
  model: text('folder as given'),
  ranOn: ranOnSchema,
  ...evaluationSchema.shape,
});

/** A row of the ablations. */
export type Ablation = Evaluation['ablations'][number];
/** Perplexities; `ablations` are over the first `ablationTokens` tokens, on which float has `ablationFloat`. */
export type Evaluation = Described<typeof evaluationSchema>;
export type EvalResult = Described<typeof evalSchema>;
