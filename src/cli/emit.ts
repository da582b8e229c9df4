/** `fastmamba emit`: writes the Vitis HLS C++ project of a model. */
import type { Command } from 'commander';
import type { EmitResult } from '../schema/emit.js';
import { emitStep, quantizeAndPlan } from './support/chain.js';
import { addChainOptions, type ChainCommandOptions } from './support/chain-options.js';
import { findModel } from './support/model-folder.js';
import { printResult } from './support/output.js';
import { stepRunner } from './support/progress.js';

export function addEmit(program: Command): void {
  const command = program.command('emit').description('write the Vitis HLS C++ project and its memory image');
  addChainOptions(command).action(emit);
}

async function emit(path: string | undefined, options: ChainCommandOptions): Promise<void> {
  const step = stepRunner(options);
  const request = { model: await findModel(path, options), options, seed: options.seed };
  const planned = await quantizeAndPlan(request, step);
  const { folder, files } = await emitStep(planned, request, step);
  const result: EmitResult = { model: planned.name, output: folder, plan: planned.planned.plan, files };
  printResult(options, result, () => `${folder}: ${files.length} files; its README.md says what they are`);
}
