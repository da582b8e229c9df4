/**
 * From the [model] argument to a quantized model. A checkpoint is quantized into `<output>/quantized`, unless the artifact
 * there was made from the same bytes with the same options by the same quantizer.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { calibrationFile } from '../../library/quantize.js';
import { openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import { normGroupsOf } from '../../model/config/norm-groups.js';
import { readTokens } from '../../model/tokenizer/token-file.js';
import { type Artifact, openArtifact, quantizeModel } from '../../quant/artifact/artifact.js';
import type { QuantProgress } from '../../quant/calibrate/calibrate.js';
import { type DeviationWarning, deviationWarnings, warningLines } from '../../quant/deviation-warnings.js';
import { sourceDigest } from './digest.js';
import { folderName, type ModelFolder, outputFolder } from './model-folder.js';
import type { Tell } from './progress.js';
import {
  type CalibrationOptions,
  type FormatOptions,
  type QuantizeOptions,
  quantOptions,
} from './quantizer-options.js';

/** A quantized model, ready to run. */
export interface Prepared {
  readonly artifact: Artifact;
  /** Name of the checkpoint it was made from. */
  readonly name: string;
  /** Folder for this model's results. */
  readonly output: string;
}

/** What to open or to quantize. */
export interface QuantizedRequest {
  readonly model: ModelFolder;
  readonly options: QuantizeOptions & { readonly output?: string };
  /** Of random calibration tokens; 1 when absent. */
  readonly seed?: number | undefined;
}

/** Opens the artifact, or makes one from the checkpoint first. Throws UserError for options that an artifact contradicts. */
export async function prepareQuantized(
  { model, options, seed }: QuantizedRequest,
  tell: Tell,
): Promise<Prepared> {
  if (model.kind === 'artifact') {
    const artifact = await openArtifact(model.path);
    refuseOtherFormats(artifact, options);
    refuseCalibration(artifact, options);
    remarkDeviations(artifact, tell);
    const name = artifact.manifest.model;
    return { artifact, name, output: outputFolder(name, options.output) };
  }
  const name = folderName(model.path);
  const output = outputFolder(name, options.output);
  const folder = join(output, 'quantized');
  const artifact = await quantizeCheckpoint({ path: model.path, folder, options, seed, reuses: true }, tell);
  return { artifact, name, output };
}

/** What to quantize. */
export interface CheckpointRequest {
  /** The checkpoint's folder. */
  readonly path: string;
  /** The artifact's. */
  readonly folder: string;
  readonly options: QuantizeOptions;
  readonly seed: number | undefined;
  /** Takes the artifact that is there already, where it is the same. */
  readonly reuses: boolean;
}

/** Quantizes a checkpoint and opens the artifact. */
export async function quantizeCheckpoint(
  { path, folder, options, seed, reuses }: CheckpointRequest,
  tell: Tell,
): Promise<Artifact> {
  const checkpoint = await openCheckpoint(path, options);
  try {
    const calibrationFile = findCalibration(path, options);
    const { calibrationTokens } = options;
    const chosen = quantOptions(options);
    const normGroups = normGroupsOf(checkpoint.config);
    const choices = { chosen, normGroups, calibrationTokens, seed };
    const source = await sourceDigest(path, calibrationFile, choices);
    const old = reuses && existsSync(folder) ? await openArtifact(folder).catch(() => undefined) : undefined;
    if (old?.manifest.source === source) {
      tell(`found in ${folder}`);
      remarkDeviations(old, tell);
      return old;
    }
    const { vocabSize } = checkpoint.config;
    const tokens = calibrationFile ? await readTokens(calibrationFile, vocabSize, path) : undefined;
    if (!tokens) tell('no calibration text with a tokenizer: calibrating on random tokens');
    const settings = {
      outDir: folder,
      calibrationTokens,
      seed,
      source,
      progress: telling(tell),
      remark: tell.remark,
    };
    await quantizeModel(checkpoint, tokens, chosen, settings);
    const artifact = await openArtifact(folder);
    remarkDeviations(artifact, tell);
    return artifact;
  } finally {
    await checkpoint.close();
  }
}

/** The text or the ids to calibrate on: what was asked for, else the model's own when it has a tokenizer, else none. */
export function findCalibration(path: string, { calibration }: CalibrationOptions): string | undefined {
  return calibration ?? calibrationFile(path);
}

/** Warnings about layers that are too far from float; every command that uses the artifact prints them. */
export function deviationsOf({ manifest, options }: Artifact): DeviationWarning[] {
  return deviationWarnings(manifest.deviations ?? [], options);
}

function remarkDeviations(artifact: Artifact, { remark }: Tell): void {
  if (remark) warningLines(deviationsOf(artifact)).forEach(remark);
}

function telling(tell: Tell): QuantProgress {
  return (stage, done, total) => tell(`${stage}: ${done} of ${total}`);
}

/** Throws UserError for the first option given that the artifact was not quantized with. */
export function refuseOtherFormats({ path, options, config }: Artifact, given: FormatOptions): void {
  const flags = {
    hadamard: '--hadamard',
    nau: '--nau',
    stateBits: '--state-bits',
    weightBits: '--weight-bits',
    headBits: '--head-bits',
    weightGroup: '--weight-group',
    rounding: '--rounding',
    normGroups: '--norm-groups',
  };
  const made = { ...options, normGroups: normGroupsOf(config) };
  for (const key of Object.keys(flags) as (keyof typeof flags)[]) {
    if (given[key] !== undefined && given[key] !== made[key]) {
      throw new UserError(`${flags[key]}: found ${given[key]}, but ${path} is quantized with ${made[key]}`);
    }
  }
}

function refuseCalibration({ path }: Artifact, given: CalibrationOptions): void {
  if (given.calibration ?? given.calibrationTokens)
    throw new UserError(`${path}: is quantized already, expected a checkpoint with --calibration`);
}
