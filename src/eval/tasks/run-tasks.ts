/**
 * Scores a shard of tasks, float first and then the integers, so that one model is in memory at a time; resumes where an earlier run was
 * interrupted.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ENGINE_NAMES, type EngineName, type RecordsHead } from '../../schema/task-records.js';
import { readTextFile } from '../../util/text-file.js';
import { writeWhole } from '../../util/write-whole.js';
import { scoreAll } from '../score-all.js';
import type { EvalSource } from '../window-model.js';
import { ProgressFile } from './progress-file.js';
import type { Task } from './read-tasks.js';
import { headLine, isOfHead, parseRecords, type RecordsFile, recordOf, recordsText } from './records.js';

/** Largest file of records that is read. */
export const MAX_RECORDS_BYTES = 1 << 30;

/** What to run. */
export interface TasksRun {
  /** What the file says of the run; its shard says which examples are scored. */
  readonly head: RecordsHead;
  readonly tasks: readonly Task[];
  readonly sources: Readonly<Record<EngineName, EvalSource>>;
  readonly threads: number;
  /** Examples whose tokens share calls; no score depends on it. */
  readonly batch: number;
  /** The file to write. What is done lies beside it until it is whole. */
  readonly file: string;
  /** Called as examples are scored: by what, how many are done, of how many. */
  readonly progress?: ((engine: EngineName, done: number, total: number) => void) | undefined;
}

/** Runs, writes the file, and returns what is in it. A whole file of the same head is taken as it is. Throws UserError as its parts do. */
export async function runTasks(run: TasksRun): Promise<RecordsFile> {
  const { head, file, tasks, sources, threads, batch, progress } = run;
  const finished = await finishedRun(file, head);
  if (finished) return finished;
  const kept = ProgressFile.open(progressPath(file, head), head);
  const examples = tasks.flatMap((task) => task.examples).filter((example) => isOfHead(head, example));
  for (const engine of ENGINE_NAMES) {
    const missing = examples.filter((example) => !kept.has({ ...example, engine }));
    let done = examples.length - missing.length;
    await scoreAll({
      source: sources[engine],
      lists: missing.map(({ choices }) => choices),
      ...{ threads, batch },
      scored: (i, scores) => {
        kept.add(recordOf(missing[i], engine, scores));
        progress?.(engine, ++done, examples.length);
      },
    });
  }
  const text = recordsText(head, kept.records);
  await writeWhole(file, text);
  kept.remove();
  return parseRecords(text, file);
}

/** Where a run's progress lies: runs with other heads do not disturb it. */
export function progressPath(file: string, head: RecordsHead): string {
  const key = createHash('sha256').update(headLine(head)).digest('hex').slice(0, 12);
  return join(dirname(file), `tasks-${key}.partial.jsonl`);
}

async function finishedRun(file: string, head: RecordsHead): Promise<RecordsFile | undefined> {
  if (!existsSync(file)) return undefined;
  const text = await readTextFile(file, MAX_RECORDS_BYTES);
  return text.startsWith(headLine(head)) ? parseRecords(text, file) : undefined;
}
