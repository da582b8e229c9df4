/** The [model] argument: a checkpoint folder in either layout, or a quantized artifact; the files in it tell which. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { type CheckpointOptions, openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import { normNotes } from '../../model/config/norm-groups.js';
import { openArtifact } from '../../quant/artifact/artifact.js';
import { packagePath } from '../../util/package-path.js';
import type { CommonOptions } from './options.js';
import { note } from './output.js';

/** A model folder as given. */
export interface ModelFolder {
  readonly kind: 'checkpoint' | 'artifact';
  /** As the user wrote it, for messages. */
  readonly path: string;
  /** Dimensions, for checking input before any long work. */
  readonly config: Mamba2Config;
}

/** What a command's options say of a model's folder. */
export type FolderOptions = CommonOptions & CheckpointOptions;

/**
 * Finds out what `path` (the package's own model when left out) is, and notes on stderr what is unusual in how it is read. Throws UserError
 * when it is neither kind or damaged.
 */
export async function findModel(
  path = packagePath('models', 'tiny-mamba2'),
  options: FolderOptions = {},
): Promise<ModelFolder> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new UserError(`${path}: found ${found ? 'a file' : 'nothing'}, expected a model folder`);
  }
  if (existsSync(join(path, 'config.json'))) return findCheckpoint(path, options);
  if (existsSync(join(path, 'manifest.json'))) {
    const { config } = await openArtifact(path);
    for (const line of normNotes(config)) note(options, line);
    return { kind: 'artifact', path, config };
  }
  throw new UserError(
    `${path}: found neither config.json nor manifest.json, expected a checkpoint or a quantized model`,
  );
}

async function findCheckpoint(path: string, options: FolderOptions): Promise<ModelFolder> {
  const checkpoint = await openCheckpoint(path, options);
  await checkpoint.close();
  for (const line of checkpoint.notes) note(options, line);
  return { kind: 'checkpoint', path, config: checkpoint.config };
}

/** Throws UserError for an artifact where a command needs float weights; `what` says for what. */
export function requireFloat({ kind, path }: ModelFolder, what: string): void {
  if (kind === 'artifact') {
    throw new UserError(
      `${path}: found a quantized model, expected a checkpoint: ${what} needs float weights`,
    );
  }
}

/** Where results go by default: build/<model> under the current folder. */
export function outputFolder(modelName: string, output: string | undefined): string {
  return output ?? join('build', modelName);
}

/** Name of a model: its folder's. */
export function folderName(path: string): string {
  return basename(resolve(path));
}
