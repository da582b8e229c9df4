/**
 * The [model] of commands that look at dimensions only, not at weights: a checkpoint, a quantized artifact, or the name of a published size
 * (130m to 2.7b) for which no file is needed.
 */
import { existsSync } from 'node:fs';
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import { withNormGroups } from '../../model/config/norm-groups.js';
import { isPublishedSize, publishedConfig } from '../../model/config/published-sizes.js';
import { openArtifact } from '../../quant/artifact/artifact.js';
import type { QuantOptions } from '../../quant/types.js';
import { findModel, folderName } from './model-folder.js';
import type { CommonOptions } from './options.js';
import { refuseOtherFormats } from './quantized.js';
import { type FormatOptions, quantOptions } from './quantizer-options.js';

/** A model as far as planning goes. */
export interface PlanModel {
  readonly name: string;
  readonly config: Mamba2Config;
  /** How it is quantized, or will be. */
  readonly options: QuantOptions;
}

/** Finds it. Throws UserError for what is neither, and for options that an artifact contradicts. */
export async function findPlanModel(
  path: string | undefined,
  options: FormatOptions & CommonOptions,
): Promise<PlanModel> {
  if (path !== undefined && isPublishedSize(path) && !existsSync(path)) {
    const config = withNormGroups(publishedConfig(path), options.normGroups);
    return { name: `mamba2-${path}`, config, options: quantOptions(options) };
  }
  const model = await findModel(path, options);
  const { config } = model;
  if (model.kind === 'checkpoint')
    return { name: folderName(model.path), config, options: quantOptions(options) };
  const artifact = await openArtifact(model.path);
  refuseOtherFormats(artifact, options);
  return { name: artifact.manifest.model, config, options: artifact.options };
}
