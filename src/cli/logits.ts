/** `fastmamba logits`: the logits of given token ids, to compare with another implementation. */
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { readTokenIds } from '../model/tokenizer/token-file.js';
import type { LogitsResult } from '../schema/logits.js';
import { makeFolder } from '../util/make-folder.js';
import { writeNpy } from '../util/npy.js';
import { addChainOptions, type ChainCommandOptions } from './support/chain-options.js';
import { ENGINES, type EngineName } from './support/engine.js';
import { findModel, folderName, outputFolder } from './support/model-folder.js';
import { openEngine } from './support/open-engine.js';
import { printResult } from './support/output.js';
import { stepRunner } from './support/progress.js';

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
  const request = { model, options, seed: options.seed, engine: name, generates: false };
  const engine = await step('Open the model', (tell) => openEngine(request, tell));
  try {
    await step(`Compute logits (${name})`, async () => {
      const rows = await engine.all(tokens);
      makeFolder(dirname(out));
      await writeNpy(out, [tokens.length, paddedVocabSize], rows);
    });
  } finally {
    await engine.close();
  }
  const sizes = { tokens: tokens.length, vocabSize, paddedVocabSize };
  const result: LogitsResult = { model: model.path, engine: name, ...sizes, out };
  printResult(options, result, () => {
    return `${out}: logits [${tokens.length}, ${paddedVocabSize}], float64, ${name} model`;
  });
}
