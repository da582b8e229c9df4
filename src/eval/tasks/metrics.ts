/** From records to figures, by the rules of lm-evaluation-harness: acc, acc_norm, perplexity, and their standard errors. */
import type { TaskFigures, TasksResult } from '../../schema/eval-tasks.js';
import { ENGINE_NAMES, type EngineName, type TaskName, type TaskRecord } from '../../schema/task-records.js';
import type { RecordsFile } from './records.js';

/** What a task is judged by. */
type Metric = 'acc' | 'accNorm' | 'target' | 'window';

const METRICS: Readonly<Record<TaskName, readonly Metric[]>> = {
  lambada_openai: ['target'],
  hellaswag: ['acc', 'accNorm'],
  piqa: ['acc', 'accNorm'],
  arc_easy: ['acc', 'accNorm'],
  arc_challenge: ['acc', 'accNorm'],
  winogrande: ['acc'],
  wikitext2: ['window'],
};

/** Which figure of each task papers on Mamba average. */
const AVERAGED: Readonly<Partial<Record<TaskName, 'acc' | 'accNorm'>>> = {
  lambada_openai: 'acc',
  hellaswag: 'accNorm',
  piqa: 'acc',
  arc_easy: 'acc',
  arc_challenge: 'accNorm',
  winogrande: 'acc',
};

/** The figures of each task that has records, and their average. */
export function tasksResult(file: string, { head, records }: RecordsFile): TasksResult {
  const tasks = head.tasks.flatMap(({ task }) => {
    const by = (engine: EngineName) =>
      records.filter((record) => record.task === task && record.engine === engine);
    const [float, golden] = ENGINE_NAMES.map(by);
    if (float.length === 0) return [];
    return [
      {
        task,
        examples: float.length,
        float: taskFigures(task, float),
        golden: taskFigures(task, golden),
        different: differences(task, float, golden),
      },
    ];
  });
  return { file, run: head, tasks, average: averageOf(tasks) };
}

/** Figures of one engine on one task. */
export function taskFigures(task: TaskName, records: readonly TaskRecord[]): TaskFigures {
  const metrics = METRICS[task];
  const right = metrics.includes('target')
    ? records.map(({ choices }) => choices[0].isGreedy)
    : metrics.includes('acc')
      ? records.map(({ chosen, answer }) => chosen === answer)
      : undefined;
  const rightByCharacter = metrics.includes('accNorm')
    ? records.map(({ chosenByCharacter, answer }) => chosenByCharacter === answer)
    : undefined;
  const perplexity = metrics.includes('target')
    ? perplexityOf(records, () => 1)
    : metrics.includes('window')
      ? perplexityOf(records, ({ tokens }) => tokens)
      : { perplexity: null, perplexityError: null };
  const [acc, accError] = shareOf(right);
  const [accNorm, accNormError] = shareOf(rightByCharacter);
  return { acc, accError, accNorm, accNormError, ...perplexity };
}

/** A share and its standard error, sqrt(p (1 - p) / (n - 1)). */
function shareOf(hits: readonly boolean[] | undefined): [number | null, number | null] {
  if (hits === undefined) return [null, null];
  const n = hits.length;
  const p = hits.filter(Boolean).length / n;
  return [p, n > 1 ? Math.sqrt((p * (1 - p)) / (n - 1)) : null];
}

/**
 * exp of the mean surprise, where each record counts as `parts` says: a target as one, a window as its tokens (windows are of one length).
 * Its standard error to first order: perplexity times that of the mean.
 */
function perplexityOf(records: readonly TaskRecord[], parts: (choice: TaskRecord['choices'][0]) => number) {
  const nats = records.map(({ choices: [choice] }) => -choice.logProbability / parts(choice));
  const n = nats.length;
  const mean = nats.reduce((sum, value) => sum + value, 0) / n;
  const squares = nats.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const perplexity = Math.exp(mean);
  return { perplexity, perplexityError: n > 1 ? perplexity * Math.sqrt(squares / (n - 1) / n) : null };
}

/** How often the engines decide differently; null where nothing is decided. */
function differences(
  task: TaskName,
  float: readonly TaskRecord[],
  golden: readonly TaskRecord[],
): number | null {
  if (METRICS[task].includes('window')) return null;
  const decision = ({ choices, chosen }: TaskRecord) =>
    METRICS[task].includes('target') ? choices[0].isGreedy : chosen;
  return float.filter((record, i) => decision(record) !== decision(golden[i])).length;
}

function averageOf(tasks: TasksResult['tasks']): TasksResult['average'] {
  const wanted = Object.entries(AVERAGED);
  const found = wanted.map(([name, figure]) => ({ figure, task: tasks.find(({ task }) => task === name) }));
  if (found.some(({ task }) => task === undefined)) return null;
  const mean = (engine: EngineName) =>
    found.reduce((sum, { task, figure }) => sum + task![engine][figure]!, 0) / found.length;
  return { float: mean('float'), golden: mean('golden') };
}
