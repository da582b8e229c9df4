/**
 * `fastmamba eval`: perplexity on held-out text of the float model, the golden model and, when asked, of one choice changed at a time; with
 * --taps the errors within the layers, with --tasks the scores of tasks instead.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../errors.js';
import { ABLATION_TOKENS, ABLATION_VARIANTS, evaluate } from '../eval/ablations.js';
import { EVAL_WINDOW } from '../eval/perplexity.js';
import { TAP_TOKENS } from '../eval/tap-variants.js';
import { INTEGER_ENGINES, type IntegerEngine } from '../eval/window-model.js';
import { readTokens } from '../model/tokenizer/token-file.js';
import { evalReport } from '../report/eval-report.js';
import type { EvalResult } from '../schema/eval.js';
import type { Shard } from '../util/shards.js';
import { commandLine } from './support/command-line.js';
import { ranOn } from './support/digest.js';
import { evalTaps, KERNEL_ENGINES } from './support/eval-taps.js';
import { evalMerge, evalTasks, TASK_CONTEXT } from './support/eval-tasks.js';
import { findModel, type ModelFolder, requireFloat } from './support/model-folder.js';
import { addModelOptions, integer, type ModelOptions, shard } from './support/options.js';
import { printResult } from './support/output.js';
import { addPlanOptions, type PlanOptions } from './support/plan-options.js';
import { stepRunner } from './support/progress.js';
import { findCalibration, prepareQuantized } from './support/quantized.js';
import {
  addQuantizeOptions,
  addSeedOption,
  type QuantizeOptions,
  quantizeFlags,
  quantOptions,
  type SeedOption,
} from './support/quantizer-options.js';
import { saveResult } from './support/results.js';

interface EvalOptions extends ModelOptions, QuantizeOptions, PlanOptions, SeedOption {
  readonly threads: number;
  readonly engine: IntegerEngine | (typeof KERNEL_ENGINES)[number];
  readonly text?: string;
  readonly tokens: number;
  readonly window: number;
  readonly ablations?: boolean;
  readonly ablationTokens: number;
  readonly taps?: boolean;
  readonly tapTokens: number;
  readonly tasks?: string;
  readonly limit?: number;
  readonly context: number;
  readonly batch: number;
  readonly shard: Shard;
  readonly merge?: readonly string[];
}

/** Options of perplexity, which have no meaning for tasks. */
const PERPLEXITY = ['text', 'tokens', 'window', 'ablations', 'ablationTokens', 'taps', 'tapTokens'];
/** Options of an accelerator, whose taps are compared. */
const PLAN = ['device', 'preset', 'chunk', 'for', 'under', 'shell'];
/** Options of tasks alone. */
const TASKS = ['limit', 'context', 'batch', 'shard'];

export function addEval(program: Command): void {
  const command = program
    .command('eval')
    .description('perplexity on held-out text, ablations, and scores of tasks: float against golden');
  addSeedOption(addPlanOptions(addQuantizeOptions(addModelOptions(command))))
    .option('--text <file>', 'text or .json of token ids (default: heldout.txt of the model)')
    .option('--tokens <n>', 'measure on the first n tokens', integer(2), 16384)
    .option(
      '--window <n>',
      'tokens a window; each window begins with an empty state',
      integer(2),
      EVAL_WINDOW,
    )
    .option('--ablations', 'also measure the effect of each choice of the quantizer')
    .option('--ablation-tokens <n>', 'tokens to measure the ablations on', integer(2), ABLATION_TOKENS)
    .addOption(
      new Option(
        '--engine <name>',
        'what computes: fast, or golden beside float64 (the references); with --taps, csim or rtl to compare the emitted accelerator',
      )
        .choices([...INTEGER_ENGINES, ...KERNEL_ENGINES])
        .default('fast'),
    )
    .addOption(
      new Option(
        '--taps',
        'instead, the error of every tap of every layer, worst first; with --ablations also without rotation and with 4 bits',
      ).conflicts(['tokens', 'ablationTokens']),
    )
    .option('--tap-tokens <n>', 'with --taps: tokens to measure on', integer(2), TAP_TOKENS)
    .addOption(
      new Option(
        '--tasks <folder>',
        'score the tasks whose files (hellaswag.jsonl, ...) are in a folder',
      ).conflicts(PERPLEXITY),
    )
    .option('--limit <n>', 'with --tasks: the first n examples of each task (default: all)', integer(1))
    .option(
      '--context <n>',
      'with --tasks: most tokens that a model is given, and window of wikitext2',
      integer(2),
      TASK_CONTEXT,
    )
    .option(
      '--batch <n>',
      'with --tasks: examples whose tokens go through the model together; no score depends on it',
      integer(1, 256),
      1,
    )
    .addOption(
      new Option('--shard <i/n>', 'with --tasks: only the i-th of n parts of the examples')
        .argParser(shard)
        .default({ index: 1, count: 1 }, '1/1'),
    )
    .addOption(
      new Option('--merge <files...>', 'join the files of all shards, and nothing else').conflicts([
        ...['tasks', ...PERPLEXITY, ...TASKS],
      ]),
    )
    .option('--threads <n>', 'threads to measure with', integer(1, 1024), availableParallelism())
    .action(evaluateAsAsked);
}

async function evaluateAsAsked(
  path: string | undefined,
  options: EvalOptions,
  command: Command,
): Promise<void> {
  const { tasks, merge, engine } = options;
  if (merge) return evalMerge(merge, options);
  const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  const integers = INTEGER_ENGINES.find((name) => name === engine);
  const idle = integers && PLAN.find(isGiven);
  if (idle) throw new UserError(`--${idle}: found without --engine csim or rtl, expected with it`);
  const stray = tasks === undefined && TASKS.find(isGiven);
  if (stray) throw new UserError(`--${stray}: found without --tasks, expected with it`);
  if (options.taps) return evaluateTaps(path, options);
  if (!integers) throw new UserError(`--engine ${engine}: found without --taps, expected with it`);
  if (tasks !== undefined) return evalTasks(path, tasks, options, integers);
  if (isGiven('tapTokens')) throw new UserError('--tap-tokens: found without --taps, expected with it');
  return evaluateModel(path, options, integers);
}

async function evaluateTaps(path: string | undefined, options: EvalOptions): Promise<void> {
  const model = await findModel(path, options);
  await evalTaps(model, await readInput(model, options, options.tapTokens), options);
}

async function evaluateModel(
  path: string | undefined,
  options: EvalOptions,
  engine: IntegerEngine,
): Promise<void> {
  const model = await findModel(path, options);
  const { file, tokens, calibrationTokens } = await readInput(model, options, options.tokens);
  const step = stepRunner(options);
  const prepared = await step('Quantize', (tell) =>
    prepareQuantized({ model, options, seed: options.seed }, tell),
  );
  const result = await step(`Measure perplexity on ${tokens.length} tokens`, (tell) =>
    evaluate({
      checkpoint: model.path,
      artifact: prepared.artifact.path,
      options: quantOptions(options),
      normGroups: options.normGroups,
      tokens,
      calibrationTokens,
      ablations: options.ablations ? ABLATION_VARIANTS : [],
      ablationTokens: options.ablationTokens,
      window: options.window,
      threads: options.threads,
      engine,
      progress: (name, done, total) => tell(`${name}: ${done} of ${total}`),
    }),
  );
  const digests = await ranOn(model.path, prepared.artifact.path, file);
  const figures: EvalResult = { model: model.path, ranOn: digests, ...result };
  await saveResult(prepared.output, 'eval', {
    command: commandLine('eval', prepared.name, [
      ...quantizeFlags(options),
      ['--seed', options.seed],
      ['--text', options.text && basename(options.text)],
      ['--tokens', options.tokens],
      ['--window', options.window],
      ['--ablations', options.ablations],
    ]),
    plan: null,
    quantized: prepared.artifact.options,
    result: figures,
  });
  printResult(options, figures, () => evalReport(result));
}

/** The tokens to measure on and, for the ablations, those to calibrate on. Throws UserError when there are too few. */
async function readInput(model: ModelFolder, options: EvalOptions, most: number) {
  requireFloat(model, 'the float figure');
  const { vocabSize } = model.config;
  const text = options.text ?? join(model.path, 'heldout.txt');
  if (options.text === undefined && !existsSync(text)) {
    throw new UserError(`${text}: found none, expected held-out text there or with --text FILE`);
  }
  const tokens = (await readTokens(text, vocabSize, model.path)).slice(0, most);
  if (tokens.length < options.window) {
    throw new UserError(
      `${text}: found ${tokens.length} tokens, expected at least one window of ${options.window}`,
    );
  }
  const calibration = findCalibration(model.path, options);
  const isNeeded = options.ablations && calibration !== undefined;
  return {
    file: text,
    tokens,
    calibrationTokens: isNeeded ? await readTokens(calibration, vocabSize, model.path) : undefined,
  };
}
