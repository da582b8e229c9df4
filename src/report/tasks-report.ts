/** Scores of tasks as a table, float and integers side by side. All measured. */
import type { TaskFigures, TasksResult } from '../schema/eval-tasks.js';
import { count, type ReportStyle, reportStyle, type TableData, textTable } from './table.js';

/** The table, and where the records of the examples are. */
export function tasksReport(result: TasksResult, style: ReportStyle = reportStyle()): string {
  return `${textTable(tasksTable(result), style)}\nRecords of all examples: ${result.file}\n`;
}

const METRICS = [
  { name: 'acc', value: 'acc', error: 'accError' },
  { name: 'acc_norm', value: 'accNorm', error: 'accNormError' },
  { name: 'perplexity', value: 'perplexity', error: 'perplexityError' },
] as const;

/** A row for each task and metric, and the average where there is one. */
export function tasksTable({ run, tasks, average }: TasksResult): TableData {
  const right = { align: 'right' } as const;
  const rows = tasks.flatMap(({ task, examples, float, golden, different }) =>
    METRICS.filter(({ value }) => float[value] !== null).map((metric) => [
      `${task} ${metric.name}`,
      cell(float, metric),
      cell(golden, metric),
      metric.value === 'acc' && different !== null ? count(different) : '',
      count(examples),
    ]),
  );
  const mean = average ? [['average of the six', share(average.float), share(average.golden), '', '']] : [];
  const { index, count: shards } = run.shard;
  return {
    title: shards === 1 ? 'Tasks' : `Tasks, shard ${index} of ${shards}`,
    figures: 'measured',
    columns: [
      { head: 'float', ...right },
      { head: 'golden', ...right },
      { head: 'different', ...right },
      { head: 'examples', ...right },
    ],
    rows: [...rows, ...mean],
    foot: `0-shot, ± standard error; at most ${count(run.context)} tokens of context.`,
  };
}

function cell(figures: TaskFigures, { value, error }: (typeof METRICS)[number]): string {
  const show = value === 'perplexity' ? (x: number) => x.toFixed(3) : share;
  const deviation = figures[error];
  return deviation === null ? show(figures[value]!) : `${show(figures[value]!)} ± ${show(deviation)}`;
}

/** 42.61 %, as papers print it. */
const share = (value: number) => `${(100 * value).toFixed(2)} %`;
