/** `fastmamba quantize`: calibrates on a text and writes the quantized model. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../errors.js';
import type { QuantOptions } from '../quant/types.js';
import type { QuantizeResult } from '../schema/quantize.js';
import { findModel, folderName, outputFolder } from './support/model-folder.js';
import { addModelOptions, type ModelOptions } from './support/options.js';
import { printResult } from './support/output.js';
import { stepRunner } from './support/progress.js';
import { deviationsOf, quantizeCheckpoint } from './support/quantized.js';
import {
  addQuantizeOptions,
  addSeedOption,
  type QuantizeOptions,
  type SeedOption,
} from './support/quantizer-options.js';

type Options = ModelOptions & QuantizeOptions & SeedOption;

export function addQuantize(program: Command): void {
  const command = program.command('quantize').description('calibrate, quantize, write the quantized model');
  addModelOptions(command, 'folder to write (default: build/<model>/quantized)');
  addSeedOption(addQuantizeOptions(command)).action(quantize);
}

async function quantize(path: string | undefined, options: Options): Promise<void> {
  const model = await findModel(path, options);
  if (model.kind === 'artifact')
    throw new UserError(`${model.path}: is quantized already, expected a checkpoint`);
  const output = options.output ?? join(outputFolder(folderName(model.path), undefined), 'quantized');
  const request = { path: model.path, folder: output, options, seed: options.seed, reuses: false };
  const artifact = await stepRunner(options)(`Quantize ${model.path}`, (tell) =>
    quantizeCheckpoint(request, tell),
  );
  const { manifest } = artifact;
  const { model: name, calibration, tensors } = manifest;
  const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  const result: QuantizeResult = {
    model: name,
    output,
    options: manifest.options,
    calibration,
    warnings: deviationsOf(artifact),
    tensors: tensors.length,
    bytes,
  };
  printResult(options, result, () => {
    const { hadamard, nau, stateBits } = manifest.options;
    const from = calibration.kind === 'text' ? 'of text' : `at random, seed ${calibration.seed}`;
    return [
      `${name} -> ${output}`,
      `  ${tensors.length} tensors, ${(bytes / 2 ** 20).toFixed(1)} MiB; calibrated on ${calibration.tokens} tokens ${from}`,
      `  hadamard ${hadamard}, nau ${nau}, ${stateBits}-bit state`,
      `  ${weightsLine(manifest.options, calibration.roundingTokens)}`,
    ].join('\n');
  });
}

/** How the weights are stored and were rounded. */
function weightsLine({ weightBits, headBits, weightGroup, rounding }: QuantOptions, tokens?: number): string {
  const widths = `weights ${weightBits} bits, LM head ${headBits}`;
  if (weightBits === 8 && headBits === 8) return widths;
  const groups = weightGroup === 0 ? 'no groups' : `groups of ${weightGroup}`;
  return `${widths}; ${groups}, ${rounding === 'gptq' ? `GPTQ on ${tokens} tokens` : 'rounded to the nearest'}`;
}
