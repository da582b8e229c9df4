/** The engines that this host computes itself, opened from their folders: what a worker thread can be told. */
import { type CheckpointOptions, openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import { openArtifact } from '../../quant/artifact/artifact.js';
import type { Engine } from './engine.js';
import { floatEngine } from './float.js';
import { integerEngine } from './integers.js';

/** Which engine, of which folder: plain data. */
export type ComputedSource = { readonly slots: number } & (
  | { readonly engine: 'golden' | 'fast'; readonly artifact: string; readonly resident: boolean }
  | { readonly engine: 'float'; readonly checkpoint: string; readonly options: CheckpointOptions }
);

/** Throws UserError as opening a checkpoint or an artifact does. */
export async function openComputed(source: ComputedSource): Promise<Engine> {
  const { engine, slots } = source;
  if (engine === 'float') return floatEngine(await openCheckpoint(source.checkpoint, source.options), slots);
  const { resident } = source;
  return integerEngine(await openArtifact(source.artifact), { name: engine, slots, resident });
}
