/** Opens the engine that --engine names for the [model] argument. */
import { type ComputedSource, openComputed } from '../../serve/engine/computed.js';
import type { Engine } from '../../serve/engine/engine.js';
import { engineInThread } from '../../serve/in-thread.js';
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
  /** Leaves this thread free while the engine computes. */
  readonly inThread?: boolean;
}

/** Throws UserError as opening the model does. */
export async function openEngine(request: EngineRequest, tell: Tell): Promise<Engine> {
  const { engine } = request;
  // The others compute in fastmamba-host, a process of its own.
  if (engine !== 'float' && engine !== 'golden' && engine !== 'fast')
    return openHostEngine(engine, request, tell);
  const source = await sourceOf(engine, request, tell);
  return request.inThread ? engineInThread(source) : openComputed(source);
}

async function sourceOf(
  engine: ComputedSource['engine'],
  request: EngineRequest,
  tell: Tell,
): Promise<ComputedSource> {
  const { model, options, generates, slots = 1 } = request;
  if (engine === 'float') {
    requireFloat(model, '--engine float');
    return { engine, slots, checkpoint: model.path, options: { normGroups: options.normGroups } };
  }
  const { artifact } = await prepareQuantized(request, tell);
  return { engine, slots, artifact: artifact.path, resident: generates };
}
