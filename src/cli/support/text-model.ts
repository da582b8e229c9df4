/** What `run` and `serve` need of a model beside its engine: the tokenizer, the tokens that end a text, and where drafts come from. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../errors.js';
import { loadTokenizer, type Tokenizer } from '../../model/tokenizer/tokenizer.js';
import { MAX_DRAFTS } from '../../serve/draft/draft-count.js';
import type { Drafting } from '../../serve/draft/drafter.js';
import { lookupDrafter } from '../../serve/draft/lookup.js';
import { openDraftModel } from '../../serve/draft/model.js';
import { draftModelInThread } from '../../serve/in-thread.js';
import type { ChainOptions } from './chain.js';
import { findModel, folderName, type ModelFolder, outputFolder } from './model-folder.js';
import { integer } from './options.js';
import type { RunStep } from './progress.js';
import { findCalibration, prepareQuantized } from './quantized.js';
import { stopTokens } from './stop-tokens.js';

/** Of every command that generates text. */
export interface TextModelOptions extends ChainOptions {
  readonly tokenizer?: string;
  /** `lookup`, or the folder of a smaller model. */
  readonly speculate?: string;
  readonly drafts?: number;
}

export interface TextModel {
  readonly model: ModelFolder;
  readonly tokenizer: Tokenizer;
  /** Ids that end a text. */
  readonly stopIds: ReadonlySet<number>;
}

/** Throws UserError for a folder that is no model, or has no tokenizer. */
export async function openTextModel(path: string | undefined, options: TextModelOptions): Promise<TextModel> {
  const model = await findModel(path, options);
  const folder = options.tokenizer ?? model.path;
  const tokenizer = await loadTokenizer(folder);
  const stopIds = await stopTokens(model.path, folder, tokenizer, model.config.vocabSize);
  return { model, tokenizer, stopIds };
}

/** Ids of a prompt; `name` says in an error where it is from. Throws UserError for none, or for one that the model does not have. */
export function encodePrompt({ tokenizer, model }: TextModel, prompt: string, name: string): number[] {
  const ids = tokenizer.encode(prompt);
  if (ids.length === 0) throw new UserError(`${name}: found no text, expected at least one token`);
  const { vocabSize } = model.config;
  const outside = ids.find((id) => id >= vocabSize);
  if (outside !== undefined) {
    throw new UserError(`tokenizer.json: gives id ${outside}, expected 0 to ${vocabSize - 1}`);
  }
  return ids;
}

/** Who is to draft. */
export interface DraftingRequest {
  /** Texts at a time. */
  readonly slots: number;
  /** Leaves this thread free while a draft model computes. */
  readonly inThread?: boolean;
}

/**
 * What --speculate asks for; undefined without it. A draft model is quantized with the defaults, into the folder `draft` of the model's results (it
 * may have the model's name), on the calibration text of the model where it has none of its own.
 */
export async function openDrafting(
  { model }: TextModel,
  { speculate, drafts, output: given }: TextModelOptions,
  step: RunStep,
  { slots, inThread = false }: DraftingRequest,
): Promise<Drafting | undefined> {
  if (speculate === undefined) {
    if (drafts !== undefined) throw new UserError('--drafts: expected --speculate beside it');
    return undefined;
  }
  if (speculate === 'lookup') return { drafter: lookupDrafter, count: drafts };
  const small = await findModel(speculate);
  if (small.config.vocabSize !== model.config.vocabSize) {
    throw new UserError(
      `--speculate: found ${small.config.vocabSize} tokens in ${speculate}, expected the ${model.config.vocabSize} of the model`,
    );
  }
  const isOnModelText =
    small.kind === 'checkpoint' && !findCalibration(speculate, {}) && model.kind === 'checkpoint';
  const calibration = isOnModelText ? findCalibration(model.path, {}) : undefined;
  const output = join(outputFolder(folderName(model.path), given), 'draft');
  const { artifact } = await step(`Open the draft model ${speculate}`, (tell) =>
    prepareQuantized(
      { model: small, options: { output, ...(calibration === undefined ? {} : { calibration }) } },
      tell,
    ),
  );
  const source = { artifact: artifact.path, slots };
  return { drafter: inThread ? draftModelInThread(source) : await openDraftModel(source), count: drafts };
}

/** Adds --tokenizer, --speculate and --drafts. */
export function addTextModelOptions(command: Command): Command {
  return command
    .option('--tokenizer <folder>', 'folder of tokenizer.json (default: the model)')
    .option(
      '--speculate <how>',
      'draft tokens and check several a call: lookup (what followed the same words before), or the folder of a smaller model',
    )
    .option('--drafts <n>', 'drafts a call (default: by how many are accepted)', integer(1, MAX_DRAFTS));
}
