/** What commands that measure leave in build/<model>/results/<name>.json (`taps` and `tasks` are of `eval --taps` and `--tasks`): what --json printed, and what it speaks of. */
import { z } from 'zod';
import { quantOptionsSchema } from '../quant/artifact/manifest.js';
import type { QuantOptions } from '../quant/types.js';
import { text } from '../util/schema-parts.js';
import { boardSchema } from './board.js';
import { cosimSchema } from './cosim.js';
import { csimSchema } from './csim.js';
import { evalSchema } from './eval.js';
import { tapsSchema } from './eval-taps.js';
import { tasksSchema } from './eval-tasks.js';
import { hlsSchema } from './hls.js';
import { synthSchema } from './synth.js';

/** Commands that leave a result. */
export const RESULT_NAMES = ['hls', 'eval', 'taps', 'tasks', 'csim', 'cosim', 'synth', 'board'] as const;
export type ResultName = (typeof RESULT_NAMES)[number];
export const resultName = z.enum(RESULT_NAMES);

/** A result as it lies in its file. */
export interface ResultFile<Result = unknown> {
  /** The command line that makes it again. */
  readonly command: string;
  /** Digest of the plan it speaks of; null where it depends on none. */
  readonly plan: string | null;
  readonly quantized: QuantOptions;
  /** The process that ran alone; null for the whole accelerator. */
  readonly kernel: string | null;
  /** Name and version of the program that ran, where the result does not say it. */
  readonly tool: string | null;
  readonly result: Result;
}

/** What a result is stored with. */
export const resultFileFields = {
  command: text('the command line that makes it again'),
  plan: text('digest of the plan it speaks of; null where it depends on none').nullable(),
  quantized: quantOptionsSchema,
  kernel: text('the process that ran alone; null for the whole accelerator').nullable(),
  tool: text('name and version of the program that ran, where the result does not say it').nullable(),
};

const file = <Schema extends z.ZodType>(result: Schema) => z.strictObject({ ...resultFileFields, result });

export const resultFileSchemas = {
  hls: file(hlsSchema),
  eval: file(evalSchema),
  taps: file(tapsSchema),
  tasks: file(tasksSchema),
  csim: file(csimSchema),
  cosim: file(cosimSchema),
  synth: file(synthSchema),
  board: file(boardSchema),
} satisfies Record<ResultName, z.ZodType<ResultFile>>;
