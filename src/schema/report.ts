/** What `report --json` prints. */
import { z } from 'zod';
import { type Described, digest, text } from '../util/schema-parts.js';
import { resultName } from './result-file.js';

export const reportSchema = z.strictObject({
  path: text('the page'),
  plan: digest('digest of the plan'),
  results: z.array(resultName).describe('results of this plan that the page shows'),
  ofOtherPlans: z.array(resultName).describe('results of another plan that the page shows'),
});

export type ReportResult = Described<typeof reportSchema>;
