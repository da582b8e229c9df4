/** Opens the engine that --engine names for the [model] argument. */
import { openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import type { Engine } from '../../serve/engine/engine.js';
import { floatEngine } from '../../serve/engine/float.js';
import { integerEngine } from '../../serve/engine/integers.js';
import type { ChainRequest } from './chain.js';
import { openHostEngine } from './engine-host.js';
import { requireFloat } from './model-folder.js';
import type { Tell } from './progress.js';
import { prepareQuantized } from './quantized.js';

/** Names of the engines, as --engine takes them. */
export const ENGINES = ['float', 'golden', 'fast', 'csim', 'rtl', 'board'] as const;
export type EngineName = (typeof ENGINES)[number];

/** Which engine, for which model. */
export interface EngineRequest extends ChainRequest {
  readonly engine: EngineName;
  /** Computes one token after another rather than all logits of a list. */
  readonly generates: boolean;
  /** Sequences at once; 1 when absent. */
  readonly slots?: number;
}

/** Throws UserError as opening the model does. */
export async function openEngine(request: EngineRequest, tell: Tell): Promise<Engine> {
  const { engine, model, options, generates, slots = 1 } = request;
  if (engine === 'golden' || engine === 'fast') {
    const { artifact } = await prepareQuantized(request, tell);
    return integerEngine(artifact, { name: engine, slots, resident: generates });
  }
  if (engine !== 'float') return openHostEngine(engine, request, tell);
  requireFloat(model, '--engine float');
  return floatEngine(await openCheckpoint(model.path, options), slots);
}
