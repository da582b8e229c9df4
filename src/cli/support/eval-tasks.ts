/** `fastmamba eval --tasks` and `--merge`: scores tasks of a folder, a shard of them, and joins the files of shards. */
import { basename, join } from 'node:path';
import { UserError } from '../../errors.js';
import { mergeRecords } from '../../eval/tasks/merge.js';
import { tasksResult } from '../../eval/tasks/metrics.js';
import { readTasks, type Task } from '../../eval/tasks/read-tasks.js';
import { parseRecords, type RecordsFile, recordsText } from '../../eval/tasks/records.js';
import { MAX_RECORDS_BYTES, runTasks } from '../../eval/tasks/run-tasks.js';
import type { IntegerEngine } from '../../eval/window-model.js';
import { stopIds } from '../../model/tokenizer/stop-ids.js';
import { loadTokenizer } from '../../model/tokenizer/tokenizer.js';
import { tasksReport } from '../../report/tasks-report.js';
import { RECORDS_FORMAT, type RecordsHead } from '../../schema/task-records.js';
import { packageVersion } from '../../util/package-path.js';
import type { Shard } from '../../util/shards.js';
import { readTextFile } from '../../util/text-file.js';
import { writeWhole } from '../../util/write-whole.js';
import { commandLine } from './command-line.js';
import { checkpointDigest, fileDigest } from './digest.js';
import { findModel, type ModelFolder, outputFolder, requireFloat } from './model-folder.js';
import type { ModelOptions } from './options.js';
import { printResult } from './output.js';
import { stepRunner } from './progress.js';
import { type Prepared, prepareQuantized } from './quantized.js';
import { type QuantizeOptions, quantizeFlags, type SeedOption } from './quantizer-options.js';
import { saveResult } from './results.js';

/** Tokens that lm-evaluation-harness gives a Mamba, and the window of papers on WikiText2. */
export const TASK_CONTEXT = 2048;

/** Options of a run. */
export interface TasksOptions extends ModelOptions, QuantizeOptions, SeedOption {
  readonly shard: Shard;
  readonly limit?: number;
  readonly context: number;
  readonly threads: number;
  readonly batch: number;
}

/** Scores the shard of the tasks in `folder` with `engine` beside the float model, unless its file is there already. */
export async function evalTasks(
  path: string | undefined,
  folder: string,
  options: TasksOptions,
  engine: IntegerEngine,
): Promise<void> {
  const model = await findModel(path, options);
  requireFloat(model, 'the float figure');
  const tasks = await tasksOf(model, folder, options);
  const step = stepRunner(options);
  const prepared = await step('Quantize', (tell) =>
    prepareQuantized({ model, options, seed: options.seed }, tell),
  );
  const head = await headOf(model, prepared, tasks, options);
  const { index, count } = head.shard;
  const file = recordsPath(prepared.output, head.shard);
  const title = `Score ${tasks.map(({ task }) => task).join(', ')}${count > 1 ? `, shard ${index} of ${count}` : ''}`;
  const found = await step(title, (tell) =>
    runTasks({
      ...{ head, tasks, file, threads: options.threads, batch: options.batch },
      sources: {
        float: {
          engine: 'float',
          checkpoint: model.path,
          normGroups: options.normGroups,
          single: engine === 'fast',
        },
        golden: { engine, artifact: prepared.artifact.path },
      },
      progress: (name, done, total) => tell(`${name}: ${done} of ${total}`),
    }),
  );
  const flags = [
    ['--tasks', basename(folder)],
    ...quantizeFlags(options),
    ['--seed', options.seed],
    ['--limit', options.limit],
    ['--context', options.context],
  ] as const;
  await finish(options, prepared.output, file, found, commandLine('eval', prepared.name, flags));
}

/** Joins the files of shards and prints the figures of all. */
export async function evalMerge(files: readonly string[], options: ModelOptions): Promise<void> {
  const parts = [];
  for (const file of files) {
    parts.push({ file, ...parseRecords(await readTextFile(file, MAX_RECORDS_BYTES), file) });
  }
  const merged = mergeRecords(parts);
  const output = outputFolder(merged.head.model, options.output);
  const file = recordsPath(output, merged.head.shard);
  await writeWhole(file, recordsText(merged.head, merged.records));
  await finish(options, output, file, merged, commandLine('eval', '', [['--merge', 'tasks-*.jsonl']]));
}

/** Keeps the figures of a whole run for `report`, and prints them. */
async function finish(
  options: ModelOptions,
  output: string,
  file: string,
  found: RecordsFile,
  command: string,
): Promise<void> {
  const result = tasksResult(file, found);
  if (found.head.shard.count === 1) {
    await saveResult(output, 'tasks', { command, plan: null, quantized: found.head.quantized, result });
  }
  printResult(options, result, () => tasksReport(result));
}

function recordsPath(output: string, { index, count }: Shard): string {
  return join(output, count === 1 ? 'tasks.jsonl' : `tasks-${index}-of-${count}.jsonl`);
}

async function tasksOf(
  { path, config }: ModelFolder,
  folder: string,
  { context, limit }: TasksOptions,
): Promise<Task[]> {
  const tokenizer = await loadTokenizer(path);
  const [prefix] = await stopIds(path, config.vocabSize);
  const encode = (text: string) => tokenizer.encode(text);
  return readTasks({ folder, limit, vocabSize: config.vocabSize, encoder: { encode, prefix, context } });
}

async function headOf(
  model: ModelFolder,
  { artifact, name }: Prepared,
  tasks: readonly Task[],
  { context, limit, shard: asked }: TasksOptions,
): Promise<RecordsHead> {
  const total = tasks.reduce((sum, { examples }) => sum + examples.length, 0);
  if (asked.count > total) {
    throw new UserError(`--shard: found ${asked.count} shards, expected at most one an example (${total})`);
  }
  return {
    ...{ format: RECORDS_FORMAT, version: 1, generator: packageVersion(), model: name },
    checkpoint: await checkpointDigest(model.path),
    artifact: await fileDigest(join(artifact.path, 'manifest.json')),
    quantized: artifact.options,
    context,
    limit: limit ?? 0,
    tasks: tasks.map(({ task, data, examples }) => ({ task, data, examples: examples.length })),
    shard: asked,
  };
}
