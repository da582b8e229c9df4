/** What `eval --tasks --json` and `eval --merge --json` print. */
import { z } from 'zod';
import { amount, count, type Described, share, size, text } from '../util/schema-parts.js';
import { ENGINE_NAMES, recordsHeadSchema, TASK_NAMES } from './task-records.js';

const error = (of: string) => amount(`standard error of ${of}; null for a single example`).nullable();

const figures = z.strictObject({
  acc: share('share of examples answered right').nullable(),
  accError: error('acc'),
  accNorm: share('the same by log-probability over characters').nullable(),
  accNormError: error('acc_norm'),
  perplexity: z
    .number()
    .positive()
    .describe('exp of the mean surprise: of a target, or of a token')
    .nullable(),
  perplexityError: error('perplexity, to first order'),
});

const engines = Object.fromEntries(ENGINE_NAMES.map((name) => [name, figures])) as Record<
  (typeof ENGINE_NAMES)[number],
  typeof figures
>;

export const tasksSchema = z.strictObject({
  file: text('the file of records'),
  run: recordsHeadSchema,
  tasks: z
    .array(
      z.strictObject({
        task: z.enum(TASK_NAMES),
        examples: size('examples of this shard'),
        ...engines,
        different: count('examples for which the two choose differently').nullable(),
      }),
    )
    .describe('figures of the tasks of this shard; null where a task has none of the kind'),
  average: z
    .strictObject({ float: share('the float model'), golden: share('the golden integer model') })
    .nullable()
    .describe(
      'mean over the six tasks as papers on Mamba print it (acc_norm of hellaswag and arc_challenge, acc of the others); null where one is missing',
    ),
});

export type TaskFigures = Described<typeof figures>;
export type TasksResult = Described<typeof tasksSchema>;
