/** Perplexity of float, golden and ablations, and scores of tasks, where `eval` ran. */
import { perplexityRows, problemsOf } from '../eval-report.js';
import { count } from '../table.js';
import { comparedTables, tapsTable } from '../taps-report.js';
import { tasksTable } from '../tasks-report.js';
import { otherQuantization, type PageData } from './page-data.js';
import { type Part, type Section, tablePart } from './parts.js';
import type { Results } from './results.js';
import { sqnrRange, tapsChart } from './taps-chart.js';

const columns = [
  { head: 'perplexity', align: 'right' },
  { head: 'against float', align: 'right' },
] as const;

/** The section, with a command where nothing was measured. */
export function accuracySection(data: PageData): Section {
  const { results, commands } = data;
  const perplexity = results.eval
    ? [...provenance(data, 'eval'), ...tables(results.eval.result, commands.eval)]
    : [command('Perplexity was not measured. This measures it:', commands.eval)];
  const tasks = results.tasks
    ? [...provenance(data, 'tasks'), tablePart(tasksTable(results.tasks.result))]
    : [command('Tasks were not scored. This scores those whose files are in a folder DIR:', commands.tasks)];
  return { id: 'accuracy', title: 'Accuracy', parts: [...perplexity, ...tasks, ...tapsParts(data)] };
}

/** A heat map and the worst taps of each quantization that was measured. */
function tapsParts(data: PageData): Part[] {
  const { results, commands } = data;
  if (!results.taps)
    return [command('Errors within the layers were not measured. This measures them:', commands.taps)];
  const { variants, engine } = results.taps.result;
  const range = sqnrRange(variants);
  return [
    ...provenance(data, 'taps'),
    ...variants.flatMap((variant): Part[] => [
      { kind: 'figure', ...tapsChart(variant, range) },
      tablePart(tapsTable(variant, variant.taps.length)),
      ...(engine ? comparedTables(variant, engine, variant.taps.length).map(tablePart) : []),
    ]),
  ];
}

const command = (text: string, line: string): Part => ({ kind: 'command', text, command: line });

function provenance(data: PageData, name: 'eval' | 'taps' | 'tasks'): Part[] {
  const { command: made, quantized } = data.results[name]!;
  const other = otherQuantization(data, quantized);
  const text = `Measured on another quantization than the one shown: ${other}.`;
  return [
    ...(other === '' ? [] : [{ kind: 'remark', tone: 'bad', text } as const]),
    command('Made by:', made),
  ];
}

function tables(result: NonNullable<Results['eval']>['result'], again: string): Part[] {
  const { tokens, float, golden, ablations, ablationFloat, ablationTokens } = result;
  const main = tablePart({
    ...{ title: `Perplexity, ${count(tokens)} held-out tokens`, figures: 'measured', columns },
    rows: perplexityRows(float.perplexity, [['golden (integers)', golden.perplexity]]),
  });
  if (ablations.length === 0)
    return [main, command('The ablations were not measured. This measures them:', again)];
  const title = `One choice changed at a time, ${count(ablationTokens ?? tokens)} tokens`;
  const rows = ablations.map(({ name, perplexity }) => [name, perplexity] as const);
  const base = ablationFloat?.perplexity ?? float.perplexity;
  const changed = tablePart({ title, figures: 'measured', columns, rows: perplexityRows(base, rows) });
  const problems = problemsOf(ablations).map((text): Part => ({ kind: 'remark', tone: 'plain', text }));
  return [main, changed, ...problems];
}
