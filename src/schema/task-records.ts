/** The file that `eval --tasks` leaves: a line about the run, then a line for each example and engine, in the order of tasks and examples. */
import { z } from 'zod';
import { quantOptionsSchema } from '../quant/artifact/manifest.js';
import { count, type Described, digest, flag, size, text } from '../util/schema-parts.js';
import { shardSchema } from '../util/shards.js';

export const RECORDS_FORMAT = 'fastmamba-task-records';

/** Tasks, in the order of tables and files. */
export const TASK_NAMES = [
  'lambada_openai',
  'hellaswag',
  'piqa',
  'arc_easy',
  'arc_challenge',
  'winogrande',
  'wikitext2',
] as const;
export type TaskName = (typeof TASK_NAMES)[number];

export const ENGINE_NAMES = ['float', 'golden'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

const taskName = z.enum(TASK_NAMES).describe('task, as lm-evaluation-harness names it');

export const recordsHeadSchema = z.strictObject({
  format: z.literal(RECORDS_FORMAT).describe('what this file is'),
  version: z.literal(1).describe('version of this format and of the prompts'),
  generator: text('version of the package that wrote it'),
  model: text('folder name of the checkpoint'),
  checkpoint: digest('files of the checkpoint'),
  artifact: digest('manifest of the quantized model, which holds the digests of its tensors'),
  quantized: quantOptionsSchema,
  context: size(
    'most tokens that a model is given; longer contexts lose their beginning. Also the tokens of a window',
  ),
  limit: count('first examples of each task that were taken; 0: all'),
  tasks: z
    .array(
      z.strictObject({
        task: taskName,
        data: digest('the file'),
        examples: size('examples of all shards together'),
      }),
    )
    .min(1)
    .describe('tasks of all shards'),
  shard: shardSchema('example k, counted from 0 on over all tasks, is in shard k modulo count, plus 1'),
});

export const recordSchema = z.strictObject({
  task: taskName,
  example: count('line of the file or window of the text, from 0 on'),
  engine: z.enum(ENGINE_NAMES).describe('the float model or the golden integer model'),
  choices: z
    .array(
      z.strictObject({
        tokens: size('tokens scored'),
        characters: count('characters of the choice'),
        logProbability: z.number().describe('sum of log p of its tokens, nats'),
        isGreedy: flag('whether each of its tokens is the most likely one'),
      }),
    )
    .min(1)
    .describe('the choices in their order; a target has one'),
  answer: count('the right choice'),
  chosen: count('choice of the largest log-probability; of equals the first'),
  chosenByCharacter: count('the same of log-probability over characters'),
});

export type RecordsHead = Described<typeof recordsHeadSchema>;
export type TaskRecord = Described<typeof recordSchema>;
