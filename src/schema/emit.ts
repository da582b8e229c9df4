/** What `emit --json` prints. */
import { z } from 'zod';
import { planSchema } from '../plan/plan-types.js';
import { type Described, text } from '../util/schema-parts.js';

export const emitSchema = z.strictObject({
  model: text('name of the model'),
  output: text('folder of the project'),
  plan: planSchema,
  files: z.array(z.string()).describe('files written, relative to the folder'),
});

export type EmitResult = Described<typeof emitSchema>;
