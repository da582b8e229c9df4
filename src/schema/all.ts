/** Every object that --json prints and every JSON file that the project reads or writes, by the name of its schema in schemas/. */
import type { z } from 'zod';
import { imageSchema } from '../emit/image/manifest.js';
import { designSchema } from '../emit/testbench/cosim-bench.js';
import { areaModelSchema } from '../plan/area/model.js';
import { deviceSchema } from '../plan/board/device.js';
import { planSchema } from '../plan/plan-types.js';
import { manifestSchema } from '../quant/artifact/manifest.js';
import { boardSchema } from './board.js';
import { campaignSchema } from './campaign.js';
import { comparisonSchema } from './comparison.js';
import { cosimSchema } from './cosim.js';
import { csimSchema } from './csim.js';
import { doctorSchema } from './doctor.js';
import { emitSchema } from './emit.js';
import { evalSchema } from './eval.js';
import { tapsSchema } from './eval-taps.js';
import { tasksSchema } from './eval-tasks.js';
import { hlsSchema } from './hls.js';
import { logitsSchema } from './logits.js';
import { measurementsSchema } from './measurements.js';
import { quantizeSchema } from './quantize.js';
import { reportSchema } from './report.js';
import { RESULT_NAMES, type ResultName, resultFileSchemas } from './result-file.js';
import { batchSchema, runSchema } from './run.js';
import { serveSchema } from './serve.js';
import { synthSchema } from './synth.js';
import { recordSchema, recordsHeadSchema } from './task-records.js';

/** A schema and what it describes, in a line. */
export interface Named {
  readonly schema: z.ZodType;
  readonly title: string;
}

const named = (schema: z.ZodType, title: string): Named => ({ schema, title });

/** What a command prints with --json. `plan` is also the emitted project's plan.json and what plan --output writes. */
export const printed = {
  hls: named(hlsSchema, 'What fastmamba hls --json prints'),
  quantize: named(quantizeSchema, 'What fastmamba quantize --json prints'),
  eval: named(evalSchema, 'What fastmamba eval --json prints (measured)'),
  taps: named(tapsSchema, 'What fastmamba eval --taps --json prints (measured)'),
  tasks: named(tasksSchema, 'What fastmamba eval --tasks --json and eval --merge --json print (measured)'),
  logits: named(logitsSchema, 'What fastmamba logits --json prints'),
  run: named(runSchema, 'What fastmamba run --json prints'),
  batch: named(batchSchema, 'A line of what fastmamba run --batch prints'),
  serve: named(serveSchema, 'What fastmamba serve --json prints once it listens'),
  plan: named(
    planSchema,
    'A plan (plan.json of a project, and what fastmamba plan --json prints); all figures planned',
  ),
  comparison: named(comparisonSchema, 'What fastmamba plan --compare paper --json prints'),
  emit: named(emitSchema, 'What fastmamba emit --json prints'),
  csim: named(csimSchema, 'What fastmamba csim --json prints (measured)'),
  cosim: named(
    cosimSchema,
    'What fastmamba cosim --json prints; cycles measured on the RTL, or planned where the name says so',
  ),
  synth: named(
    synthSchema,
    'What fastmamba synth --json prints; synthesized, or planned where the name says so',
  ),
  verify: named(campaignSchema, 'What fastmamba verify --json prints, and its files (measured)'),
  board: named(
    boardSchema,
    'What fastmamba board --json prints; as Vivado reports it, or planned where the name says so',
  ),
  report: named(reportSchema, 'What fastmamba report --json prints'),
  doctor: named(doctorSchema, 'What fastmamba doctor --json prints'),
} as const;

const resultFile = (name: ResultName) =>
  [`result-${name}`, named(resultFileSchemas[name], `results/${name}.json in a model's folder`)] as const;

/** Files. */
export const files: Readonly<Record<string, Named>> = {
  device: named(deviceSchema, 'A board: devices/<name>.json'),
  'area-model': named(areaModelSchema, 'Fitted costs of units: devices/area/xc7.json'),
  'quantized-manifest': named(manifestSchema, 'manifest.json of a quantized model'),
  image: named(imageSchema, 'image/image.json of an emitted project: its memory image'),
  'cosim-design': named(
    designSchema,
    'cosim/design.json of an emitted project: modules that can be simulated',
  ),
  measurements: named(
    measurementsSchema,
    'measurements/rtl-cycles.json: cycles of full-size accelerators (measured)',
  ),
  'task-records-head': named(recordsHeadSchema, 'First line of tasks.jsonl, which eval --tasks writes'),
  'task-record': named(recordSchema, 'Every other line of tasks.jsonl: an example and an engine (measured)'),
  ...Object.fromEntries(RESULT_NAMES.map(resultFile)),
};
