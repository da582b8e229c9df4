/** The [model] argument: a checkpoint folder in either layout, or a quantized artifact, told apart by what lies in it. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { type Checkpoint, openCheckpoint } from '../../model/checkpoint.js';
import type { Mamba2Config } from '../../model/config.js';
import { openArtifact } from '../../quant/artifact.js';
import { packagePath } from '../../util/package-path.js';

/** A model folder as given. */
export interface ModelFolder {
  readonly kind: 'checkpoint' | 'artifact';
  /** As the user wrote it, for messages. */
  readonly path: string;
}

/** Finds out what `path` (the package's own model when left out) is. Throws UserError when it is neither kind. */
export async function findModel(path = packagePath('models', 'tiny-mamba2')): Promise<ModelFolder> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new UserError(`${path}: found ${found ? 'a file' : 'nothing'}, expected a model folder`);
  }
  if (existsSync(join(path, 'config.json'))) return { kind: 'checkpoint', path };
  if (existsSync(join(path, 'manifest.json'))) return { kind: 'artifact', path };
  throw new UserError(
    `${path}: found neither config.json nor manifest.json, expected a checkpoint or a quantized model`,
  );
}

/** Opens the checkpoint for a command that needs float weights; `what` says for what. Throws UserError for an artifact. */
export async function openFloat({ kind, path }: ModelFolder, what: string): Promise<Checkpoint> {
  if (kind === 'artifact') {
    throw new UserError(
      `${path}: found a quantized model, expected a checkpoint: ${what} needs float weights`,
    );
  }
  return openCheckpoint(path);
}

/** The model's dimensions, for checking input before any long work. */
export async function readConfig({ kind, path }: ModelFolder): Promise<Mamba2Config> {
  if (kind === 'artifact') return (await openArtifact(path)).config;
  const checkpoint = await openCheckpoint(path);
  await checkpoint.close();
  return checkpoint.config;
}

/** Where results go by default: build/<model> under the current folder. */
export function outputFolder(modelName: string, output: string | undefined): string {
  return output ?? join('build', modelName);
}

/** Name of a model: its folder's. */
export function folderName(path: string): string {
  return basename(resolve(path));
}
