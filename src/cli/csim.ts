/** `fastmamba csim`: simulates the emitted C++ with g++ and compares every word with the golden model. */
import type { Command } from 'commander';
import { csimReport } from '../report/csim-report.js';
import { runSteps } from './progress.js';
import {
  type Chain,
  type ChainOptions,
  commandLine,
  csimStep,
  emitSteps,
  requireEqual,
} from './support/chain.js';
import { findModel, folderName } from './support/model-folder.js';
import { addModelOptions, addPlanOptions, addQuantOptions } from './support/options.js';
import { printResult } from './support/output.js';

interface Options extends ChainOptions {
  readonly project?: string;
}

export function addCsim(program: Command): void {
  const command = program
    .command('csim')
    .description('simulate the emitted C++ and compare with the golden model');
  addPlanOptions(addQuantOptions(addModelOptions(command)))
    .option('--project <folder>', 'simulate this emitted project as it is, edits included')
    .action(csim);
}

async function csim(path: string | undefined, options: Options): Promise<void> {
  const chain: Chain = options.project === undefined ? {} : { project: options.project };
  const model = await findModel(path);
  const command = commandLine('csim', folderName(model.path), options);
  const before = options.project === undefined ? emitSteps(model, options, command, chain) : [];
  await runSteps([...before, csimStep(chain)], options);
  const { failures, ...figures } = chain.csim!;
  printResult(options, figures, () => csimReport(figures));
  requireEqual(chain.csim!);
}
