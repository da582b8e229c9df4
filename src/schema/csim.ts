/** What `csim --json` prints. */
import { z } from 'zod';
import { type Described, text } from '../util/schema-parts.js';
import { compared } from './common.js';

const { words, mismatches, seconds } = compared;

export const csimSchema = z.strictObject({
  units: z
    .array(z.strictObject({ name: text('name in the network'), words, mismatches }))
    .describe('a process or a memory region each'),
  words,
  mismatches,
  seconds,
});

export type CsimFigures = Described<typeof csimSchema>;
