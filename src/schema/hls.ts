/** What `hls --json` prints. */
import { z } from 'zod';
import { planSchema } from '../plan/plan-types.js';
import { type Described, text } from '../util/schema-parts.js';
import { compared } from './common.js';

export const hlsSchema = z.strictObject({
  model: text('name of the model'),
  output: text('folder of results; the project is in hls/ there'),
  plan: planSchema,
  csim: z.strictObject(compared).describe('C simulation of the project'),
  files: z.array(z.string()).describe('files of the project, relative to its folder'),
});

export type HlsResult = Described<typeof hlsSchema>;
