/**
 * Progress of long work: a list of steps on stderr, so that stdout carries results only. Lines one after another where
 * stderr is no terminal; silent with --quiet.
 */
import { Listr, ListrLogger, type ListrTask, ProcessOutput } from 'listr2';

/** Called by a step with a short line on how far it is. */
export interface Tell {
  (line: string): void;
  /** A remark that stays to be read, printed where progress is. */
  readonly remark?: (line: string) => void;
}

/** One step: a title and the work; what it returns is not shown. */
export interface Step {
  readonly title: string;
  readonly run: (tell: Tell) => Promise<void>;
}

/** Between two progress lines of a step that is not drawn in place. */
const BETWEEN_LINES_MILLISECONDS = 2000;

/** Runs the steps one after another. A failing step stops the rest; its error passes through, to be printed by main. */
export async function runSteps(
  steps: readonly Step[],
  { quiet = false }: { readonly quiet?: boolean },
): Promise<void> {
  if (!quiet && process.stderr.isTTY && !process.env.CI) return runLive(steps);
  for (const { title, run } of steps) {
    if (!quiet) process.stderr.write(`- ${title}\n`);
    await run(quiet ? () => {} : Object.assign(lineTeller(), { remark }));
  }
}

/** Steps drawn in place. */
async function runLive(steps: readonly Step[]): Promise<void> {
  const output = new ProcessOutput(process.stderr, process.stderr);
  const remarks: string[] = [];
  const tasks: ListrTask[] = steps.map(({ title, run }) => ({
    title,
    task: (_context, task) => {
      const tell = (line: string) => {
        task.output = line;
      };
      return run(Object.assign(tell, { remark: (line: string) => remarks.push(line) }));
    },
  }));
  const logger = new ListrLogger({ processOutput: output });
  const rendererOptions = { logger, showErrorMessage: false };
  try {
    await new Listr(tasks, { renderer: 'default', rendererOptions, registerSignalListeners: false }).run();
  } finally {
    remarks.forEach(remark);
  }
}

function remark(line: string): void {
  process.stderr.write(`fastmamba: ${line}\n`);
}

/** Writes lines to stderr, the first at once and others not too often. */
function lineTeller(): Tell {
  let last = Number.NEGATIVE_INFINITY;
  return (line) => {
    const now = performance.now();
    if (now - last < BETWEEN_LINES_MILLISECONDS) return;
    last = now;
    process.stderr.write(`  ${line}\n`);
  };
}
