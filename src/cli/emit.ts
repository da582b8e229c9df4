/** `fastmamba emit`: writes the Vitis HLS C++ project of a model. */
import type { Command } from 'commander';
import type { EmitResult } from '../schema/emit.js';
import { type Chain, type ChainOptions, emitStep, planSteps } from './support/chain.js';
import { findModel } from './support/model-folder.js';
import { addModelOptions, addPlanOptions, addQuantOptions } from './support/options.js';
import { printResult } from './support/output.js';
import { runSteps } from './support/progress.js';

export function addEmit(program: Command): void {
  const command = program.command('emit').description('write the Vitis HLS C++ project and its memory image');
  addPlanOptions(addQuantOptions(addModelOptions(command))).action(emit);
}

async function emit(path: string | undefined, options: ChainOptions): Promise<void> {
  const model = await findModel(path, options);
  const chain: Chain = {};
  await runSteps([...planSteps(model, options, chain), emitStep(options, chain)], options);
  const { project, files = [], planned, prepared } = chain;
  const result: EmitResult = { model: prepared!.name, output: project!, plan: planned!.plan, files };
  printResult(options, result, () => `${project}: ${files.length} files; its README.md says what they are`);
}
