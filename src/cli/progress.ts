/** Progress of long work: a list of steps on stderr, so that stdout carries results only. Silent with --json or when asked to be. */
import { Listr, ListrLogger, type ListrTask, ProcessOutput } from 'listr2';

/** Called by a step with a short line on how far it is. */
export type Tell = (line: string) => void;

/** One step: a title and the work; what it returns is not shown. */
export interface Step {
  readonly title: string;
  readonly run: (tell: Tell) => Promise<void>;
}

/** Runs the steps one after another. A failing step stops the rest; its error passes through. */
export async function runSteps(steps: readonly Step[], quiet: boolean): Promise<void> {
  if (quiet) {
    for (const step of steps) await step.run(() => {});
    return;
  }
  const output = new ProcessOutput(process.stderr, process.stderr);
  const tasks: ListrTask[] = steps.map((step) => ({
    title: step.title,
    task: (_context, task) =>
      step.run((line) => {
        task.output = line;
      }),
  }));
  const renderer = process.stderr.isTTY && !process.env.CI ? 'default' : 'simple';
  const rendererOptions = { processOutput: output, logger: new ListrLogger({ processOutput: output }) };
  await new Listr(tasks, { renderer, rendererOptions, registerSignalListeners: false }).run();
}
