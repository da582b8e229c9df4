/**
 * What commands that measure have left in build/<model>/results/<command>.json, read back for the page. A file that is not there means that
 * the step did not run; a damaged one is an error, never a missing step.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { boardSchema } from '../../schema/board.js';
import { cosimSchema } from '../../schema/cosim.js';
import { csimSchema } from '../../schema/csim.js';
import { evaluationSchema } from '../../schema/eval.js';
import { tapsSchema } from '../../schema/eval-taps.js';
import { tasksSchema } from '../../schema/eval-tasks.js';
import { hlsSchema } from '../../schema/hls.js';
import {
  RESULT_NAMES,
  type ResultFile,
  type ResultName,
  resultFileFields,
} from '../../schema/result-file.js';
import { synthSchema } from '../../schema/synth.js';
import { readJson } from '../../util/text-file.js';

export { RESULT_NAMES, type ResultFile, type ResultName } from '../../schema/result-file.js';

const MAX_RESULT_BYTES = 256 << 20;

/** The part of an object that the page shows; whatever else there is, is not looked at. */
const part = <Shape extends z.ZodRawShape>({ shape }: z.ZodObject<Shape>) => z.object(shape);

const area = { lut: true, ff: true, dsp: true, bram36: true } as const;
const unit = { ...area, name: true, count: true, ns: true, budgetNs: true, planned: true } as const;
const { shape: synth } = synthSchema;

const results = {
  hls: part(hlsSchema.pick({ csim: true })),
  eval: part(evaluationSchema),
  taps: part(tapsSchema),
  tasks: part(tasksSchema),
  csim: part(csimSchema.omit({ units: true })),
  cosim: part(cosimSchema),
  synth: part(synthSchema.pick({ tool: true, version: true, preset: true })).extend({
    units: z.array(part(synth.units.unwrap().pick(unit))),
    total: part(synth.total.pick(area)),
  }),
  board: part(boardSchema.pick({ version: true, device: true, kernel: true, built: true })),
} as const;

/** All results that are there, by command. */
export type Results = { readonly [N in ResultName]?: ResultFile<z.infer<(typeof results)[N]>> };

/** Reads what lies in `folder`. Throws UserError naming file and field for what is damaged. */
export async function readResults(folder: string): Promise<Results> {
  const found: Partial<Record<ResultName, ResultFile>> = {};
  for (const name of RESULT_NAMES) {
    const path = join(folder, `${name}.json`);
    if (existsSync(path)) found[name] = await readResult(name, path);
  }
  return found as Results;
}

async function readResult(name: ResultName, path: string): Promise<ResultFile> {
  const value = await readJson(path, MAX_RESULT_BYTES).catch((error: unknown) => {
    throw error instanceof UserError ? new UserError(`${error.message}; run fastmamba ${name} again`) : error;
  });
  const parsed = z.object({ ...resultFileFields, result: results[name] }).safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: field, message } = parsed.error.issues[0];
  throw new UserError(`${path}: ${field.join('.') || 'the whole'}: ${message}; run fastmamba ${name} again`);
}
