/** `fastmamba logits`: the logits of given token ids, to compare with another implementation. */
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { openCheckpoint } from '../model/checkpoint/checkpoint.js';
import { readTokenIds } from '../model/tokenizer/token-file.js';
import type { LogitsResult } from '../schema/logits.js';
import { allLogits } from '../serve/engine/engine.js';
import { floatLogits } from '../serve/engine/float.js';
import { makeFolder } from '../util/make-folder.js';
import { writeNpy } from '../util/npy.js';
import { addChainOptions, type ChainCommandOptions } from './support/chain-options.js';
import {
  findModel,
  folderName,
  type ModelFolder,
  outputFolder,
  requireFloat,
} from './support/model-folder.js';
import { ENGINES, type EngineName, openEngine } from './support/open-engine.js';
import { printResult } from './support/output.js';
import { type RunStep, stepRunner } from './support/progress.js';

interface LogitsOptions extends ChainCommandOptions {
  readonly tokens: string;
  readonly engine: EngineName;
  readonly out?: string;
}

export function addLogits(program: Command): void {
  const command = program.command('logits').description('write the logits of given token ids to a .npy file');
  addChainOptions(command)
    .requiredOption('--tokens <file>', 'JSON array of token ids, or an object with it as "tokens"')
    .addOption(new Option('--engine <name>', 'what computes them').choices(ENGINES).default('golden'))
    .option('--out <file>', 'float64 [tokens, padded vocabulary] (default: <output>/logits-<engine>.npy)')
    .action(logits);
}

async function logits(path: string | undefined, options: LogitsOptions): Promise<void> {
  const { engine: name, tokens: file } = options;
  const model = await findModel(path, options);
  const out = options.out ?? join(outputFolder(folderName(model.path), options.output), `logits-${name}.npy`);
  const { vocabSize, paddedVocabSize } = model.config;
  const tokens = await readTokenIds(file, vocabSize);
  const step = stepRunner(options);
  const rows =
    name === 'float'
      ? await fromFloat(model, options, tokens, step)
      : await fromEngine(model, options, tokens, step);
  makeFolder(dirname(out));
  await writeNpy(out, [tokens.length, paddedVocabSize], rows);
  const sizes = { tokens: tokens.length, vocabSize, paddedVocabSize };
  const result: LogitsResult = { model: model.path, engine: name, ...sizes, out };
  printResult(options, result, () => {
    return `${out}: logits [${tokens.length}, ${paddedVocabSize}], float64, ${name} model`;
  });
}

/** By the float model, with a layer in memory at a time. */
async function fromFloat(
  model: ModelFolder,
  options: LogitsOptions,
  tokens: readonly number[],
  step: RunStep,
): Promise<Float64Array> {
  requireFloat(model, '--engine float');
  const checkpoint = await openCheckpoint(model.path, options);
  try {
    return await step('Compute logits (float)', () => floatLogits(checkpoint, tokens));
  } finally {
    await checkpoint.close();
  }
}

async function fromEngine(
  model: ModelFolder,
  options: LogitsOptions,
  tokens: readonly number[],
  step: RunStep,
): Promise<Float64Array> {
  const request = { model, options, seed: options.seed, engine: options.engine, generates: false };
  const engine = await step('Open the model', (tell) => openEngine(request, tell));
  try {
    return await step(`Compute logits (${options.engine})`, () => allLogits(engine, tokens));
  } finally {
    await engine.close();
  }
}
