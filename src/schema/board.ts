/** What `board --json` prints. */
import { z } from 'zod';
import { resourcesSchema } from '../plan/plan-types.js';
import { amount, count, type Described, flag, text } from '../util/schema-parts.js';

const slack = (what: string) => z.number().describe(what);

export const boardSchema = z.strictObject({
  model: text('name of the model'),
  plan: text('digest of the plan'),
  project: text('folder of the Vivado project'),
  step: z.enum(['project', 'build', 'program']).describe('what was done'),
  version: text('version of Vivado'),
  device: z.strictObject({
    name: text('board'),
    part: text("the vendor's part number"),
    area: resourcesSchema,
  }),
  kernel: resourcesSchema.describe('planned area of the kernel'),
  built: z
    .strictObject({
      bitstream: text('the bitstream'),
      area: resourcesSchema.describe('the whole design, placed and routed'),
      cells: z
        .array(resourcesSchema.extend({ name: text('name in the block design') }))
        .describe('cells of the block design'),
      timing: z.strictObject({
        isMet: flag('whether no endpoint misses its time'),
        setupSlack: slack('worst slack of setup, ns'),
        holdSlack: slack('worst slack of hold, ns'),
        failingEndpoints: count('endpoints that miss setup or hold'),
        clocks: z.array(
          z.strictObject({ name: text('clock'), slack: slack('worst slack of setup, ns').nullable() }),
        ),
      }),
      power: z
        .strictObject({
          totalWatts: amount('W'),
          dynamicWatts: amount('W'),
          staticWatts: amount('W'),
          junctionCelsius: z.number().describe('temperature of the junction, C'),
        })
        .describe('as Vivado estimates it'),
    })
    .nullable()
    .describe('what Vivado reports after implementation; null where nothing was built'),
});

export type BoardFigures = Described<typeof boardSchema>;
