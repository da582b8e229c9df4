/** Opens the engine that --engine names for the [model] argument. */
import { UserError } from '../../errors.js';
import type { Tell } from '../progress.js';
import type { Engine, EngineName } from './engine.js';
import { floatEngine } from './engine-float.js';
import { goldenEngine } from './engine-golden.js';
import { type ModelFolder, openFloat } from './model-folder.js';
import type { ModelOptions, QuantizeOptions } from './options.js';
import { prepareQuantized } from './quantized.js';

/** `generates`: for one token after another rather than for all logits of a list. Throws UserError as opening the model does. */
export async function openEngine(
  name: EngineName,
  model: ModelFolder,
  options: ModelOptions & QuantizeOptions,
  generates: boolean,
  tell: Tell,
): Promise<Engine> {
  if (name === 'float') return floatEngine(await openFloat(model, '--engine float'));
  const { artifact } = await prepareQuantized(model, options, tell);
  if (name === 'golden') return goldenEngine(artifact, generates);
  throw new UserError('--engine: found csim, expected float or golden');
}
