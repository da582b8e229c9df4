/** Opens the engine that --engine names for the [model] argument. */
import { openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import type { ChainOptions } from './chain.js';
import type { Engine, EngineName } from './engine.js';
import { csimEngine } from './engine-csim.js';
import { floatEngine } from './engine-float.js';
import { goldenEngine } from './engine-golden.js';
import { type ModelFolder, requireFloat } from './model-folder.js';
import type { Tell } from './progress.js';
import { prepareQuantized } from './quantized.js';

/** `generates`: for one token after another rather than for all logits of a list. Throws UserError as opening the model does. */
export async function openEngine(
  name: EngineName,
  model: ModelFolder,
  options: ChainOptions,
  generates: boolean,
  tell: Tell,
): Promise<Engine> {
  if (name === 'float') {
    requireFloat(model, '--engine float');
    return floatEngine(await openCheckpoint(model.path, options));
  }
  if (name === 'golden') {
    const { artifact } = await prepareQuantized(model, options, tell);
    return goldenEngine(artifact, generates);
  }
  return csimEngine(model, options, tell);
}
