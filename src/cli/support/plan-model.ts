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
import { type CommonOptions, type QuantizeOptions, quantOptions } from './options.js';
import { refuseOtherOptions } from './quantized.js';

/** A model as far as planning goes. */
export interface PlanModel {
  readonly name: string;
  readonly config: Mamba2Config;
  readonly quantized: QuantOptions;
}

/** Finds it. Throws UserError for what is neither, and for options that an artifact contradicts. */
export async function planModel(
  path: string | undefined,
  options: QuantizeOptions & CommonOptions,
): Promise<PlanModel> {
  if (path !== undefined && isPublishedSize(path) && !existsSync(path))
    return {
      name: `mamba2-${path}`,
      config: withNormGroups(publishedConfig(path), options.normGroups),
      quantized: quantOptions(options),
    };
  const model = await findModel(path, options);
  const { config } = model;
  if (model.kind === 'checkpoint')
    return { name: folderName(model.path), config, quantized: quantOptions(options) };
  const artifact = await openArtifact(model.path);
  refuseOtherOptions(artifact, options);
  return { name: artifact.manifest.model, config, quantized: artifact.options };
}
