/** A worker thread of `serve`: holds an engine or a drafter. */
import { workerData } from 'node:worker_threads';
import { expose } from '../util/thread.js';
import { openDraftModel } from './draft/model.js';
import { openComputed } from './engine/computed.js';
import type { EngineLimits, WorkerSource } from './in-thread.js';

async function open(source: WorkerSource): Promise<object> {
  if (source.holds === 'drafter') return openDraftModel(source);
  const engine = await openComputed(source);
  const { slots, maxTokens, vocabSize, paddedVocabSize } = engine;
  const limits: EngineLimits = { slots, maxTokens, vocabSize, paddedVocabSize };
  return { ...engine, limits: () => limits };
}

expose(() => open(workerData as WorkerSource));
