/** What `doctor --json` prints. */
import { z } from 'zod';
import type { FoundTool } from '../tools/programs/doctor.js';
import { type Described, fieldsOf, flag, text } from '../util/schema-parts.js';

const toolSchema = fieldsOf<FoundTool>({
  name: text('name of the program or package'),
  found: flag('whether it is on this machine'),
  version: text('as it says; null where it is not here or does not say').nullable(),
  enables: text('what it gives'),
  get: text('how to get it'),
  isNeeded: flag('whether a command cannot do without it, and nothing here serves instead'),
});

export const doctorSchema = z.strictObject({
  fastmamba: text('version of this package'),
  node: text('version of Node'),
  compiler: z
    .strictObject({ program: text('as it is called'), version: text('as it says').nullable() })
    .nullable()
    .describe('the C++ compiler that simulations use; null where there is none'),
  tools: z.array(toolSchema),
});

export type DoctorResult = Described<typeof doctorSchema>;
