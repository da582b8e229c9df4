/** `fastmamba csim`: simulates the emitted C++ and compares every word with the golden model. */
import type { Command } from 'commander';
import { openProject } from '../library/project.js';
import { csimReport } from '../report/csim-report.js';
import type { CsimFigures } from '../schema/csim.js';
import { findCompiler } from '../tools/cpp-compiler.js';
import { chainFlags, csimStep, emitStep, quantizeAndPlan, requireEqual } from './support/chain.js';
import { addChainOptions, type ChainCommandOptions } from './support/chain-options.js';
import { commandLine } from './support/command-line.js';
import { findModel } from './support/model-folder.js';
import { printResult } from './support/output.js';
import { stepRunner } from './support/progress.js';
import { saveResult } from './support/results.js';

interface Options extends ChainCommandOptions {
  readonly asIs?: boolean;
}

export function addCsim(program: Command): void {
  const command = program
    .command('csim')
    .description('simulate the emitted C++ and compare with the golden model');
  addChainOptions(command)
    .option('--as-is', 'simulate the project as it is on disk, with your changes, instead of writing it anew')
    .action(csim);
}

async function csim(path: string | undefined, options: Options): Promise<void> {
  const { asIs } = options;
  const step = stepRunner(options);
  const request = { model: await findModel(path, options), options, seed: options.seed };
  const ready = await quantizeAndPlan(request, step);
  const { name, output, artifact, planned } = ready;
  const project = asIs
    ? await step('Read the project', () => openProject(artifact, planned, ready.project))
    : await emitStep(ready, request, step);
  const found = await csimStep(project, step);
  const { units, words, mismatches, seconds } = found;
  const figures: CsimFigures = { units, words, mismatches, seconds };
  await saveResult(output, 'csim', {
    command: commandLine('csim', name, [...chainFlags(request), ['--as-is', asIs]]),
    plan: planned.plan.digest,
    quantized: artifact.options,
    tool: (await findCompiler()).program,
    result: figures,
  });
  printResult(options, figures, () => csimReport(figures));
  requireEqual(found);
}
