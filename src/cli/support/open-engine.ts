/** Opens the engine that --engine names for the [model] argument. */
import { openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import type { ChainRequest } from './chain.js';
import type { Engine, EngineName } from './engine.js';
import { floatEngine } from './engine-float.js';
import { goldenEngine } from './engine-golden.js';
import { hostEngine } from './engine-host.js';
import { requireFloat } from './model-folder.js';
import type { Tell } from './progress.js';
import { prepareQuantized } from './quantized.js';

/** Which engine, for which model. */
export interface EngineRequest extends ChainRequest {
  readonly engine: EngineName;
  /** Computes one token after another rather than all logits of a list. */
  readonly generates: boolean;
}

/** Throws UserError as opening the model does. */
export async function openEngine(request: EngineRequest, tell: Tell): Promise<Engine> {
  const { engine, model, options, generates } = request;
  if (engine === 'golden' || engine === 'fast') {
    return goldenEngine((await prepareQuantized(request, tell)).artifact, generates, engine);
  }
  if (engine !== 'float') return hostEngine(engine, request, tell);
  requireFloat(model, '--engine float');
  return floatEngine(await openCheckpoint(model.path, options));
}
