/** What several results have in common. */
import { z } from 'zod';
import { amount, count, type Described, digest } from '../util/schema-parts.js';

/** A comparison with the golden model. */
export const compared = {
  words: count('words compared with the golden model'),
  mismatches: count('words that differ'),
  seconds: amount('time in the simulation, seconds'),
};

/** What an evaluation ran on: with the command, all that its figures depend on. */
export const ranOnSchema = z
  .strictObject({
    checkpoint: digest('files of the checkpoint'),
    artifact: digest('manifest of the quantized model, which holds the digests of its tensors'),
    text: digest('held-out text or token ids'),
  })
  .describe('what it ran on');
export type RanOn = Described<typeof ranOnSchema>;
