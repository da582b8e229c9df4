/** What `logits --json` prints. */
import { z } from 'zod';
import { type Described, size, text } from '../util/schema-parts.js';

export const logitsSchema = z.strictObject({
  model: text('folder as given'),
  engine: text('what computed: float, golden, fast, csim, rtl or board'),
  tokens: size('rows of logits, one a token'),
  vocabSize: size('tokens of the vocabulary'),
  paddedVocabSize: size('columns of logits, padding included'),
  out: text('the .npy file, float64'),
});

export type LogitsResult = Described<typeof logitsSchema>;
