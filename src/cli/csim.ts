/** `fastmamba csim`: simulates the emitted C++ and compares every word with the golden model. */
import type { Command } from 'commander';
import { csimReport } from '../report/csim-report.js';
import type { CsimFigures } from '../schema/csim.js';
import { findCompiler } from '../tools/cpp-compiler.js';
import {
  type Chain,
  type ChainOptions,
  csimStep,
  emitStep,
  findProjectStep,
  planSteps,
  requireEqual,
} from './support/chain.js';
import { commandLine } from './support/command-line.js';
import { findModel } from './support/model-folder.js';
import { addModelOptions, addPlanOptions, addQuantOptions } from './support/options.js';
import { printResult } from './support/output.js';
import { runSteps } from './support/progress.js';
import { saveResult } from './support/results.js';

interface Options extends ChainOptions {
  readonly asIs?: boolean;
}

export function addCsim(program: Command): void {
  const command = program
    .command('csim')
    .description('simulate the emitted C++ and compare with the golden model');
  addPlanOptions(addQuantOptions(addModelOptions(command)))
    .option('--as-is', 'simulate the project that lies there, changes included, instead of writing it again')
    .action(csim);
}

async function csim(path: string | undefined, options: Options): Promise<void> {
  const model = await findModel(path, options);
  const chain: Chain = {};
  const project = options.asIs ? findProjectStep(chain) : emitStep(options, chain);
  await runSteps([...planSteps(model, options, chain), project, csimStep(chain)], options);
  const { units, words, mismatches, seconds } = chain.csim!;
  const figures: CsimFigures = { units, words, mismatches, seconds };
  const { name, output, artifact } = chain.prepared!;
  await saveResult(output, 'csim', {
    command: commandLine('csim', name, options, [['--as-is', options.asIs]]),
    plan: chain.planned!.plan.digest,
    quantized: artifact.options,
    tool: (await findCompiler()).program,
    result: figures,
  });
  printResult(options, figures, () => csimReport(figures));
  requireEqual(chain.csim!);
}
