/** Engines and draft models in worker threads of their own: whoever serves answers requests while they compute. */
import { existsSync } from 'node:fs';
import { packagePath } from '../util/package-path.js';
import { Thread } from '../util/thread.js';
import type { Drafter } from './draft/drafter.js';
import type { DraftModelSource } from './draft/model.js';
import type { ComputedSource } from './engine/computed.js';
import type { Engine } from './engine/engine.js';

/** What a worker is started with. */
export type WorkerSource =
  | ({ readonly holds: 'engine' } & ComputedSource)
  | ({ readonly holds: 'drafter' } & DraftModelSource);

/** What an engine says of itself. */
export type EngineLimits = Pick<Engine, 'slots' | 'maxTokens' | 'vocabSize' | 'paddedVocabSize'>;

/** Rejects as `openComputed` does. */
export async function engineInThread(source: ComputedSource): Promise<Engine> {
  const thread = startWorker({ holds: 'engine', ...source });
  return engineOf(thread).catch(async (error: unknown) => {
    await thread.close();
    throw error;
  });
}

/** The engine that a thread holds; closed with it. */
export async function engineOf(thread: Thread): Promise<Engine> {
  const limits = await thread.call<EngineLimits>('limits');
  return {
    ...limits,
    call: (parts, wanted) => thread.call('call', parts, wanted),
    clear: (slot) => thread.call('clear', slot),
    close: () => thread.close(),
  };
}

/** The thread starts with the first draft, so that nothing has to be closed before. */
export function draftModelInThread(source: DraftModelSource): Drafter {
  let thread: Thread | undefined;
  const started = () => (thread ??= startWorker({ holds: 'drafter', ...source }));
  return {
    clear: async (slot) => thread?.call('clear', slot),
    propose: (requests) => started().call('propose', requests),
    close: async () => thread?.close(),
  };
}

function startWorker(source: WorkerSource): Thread {
  const built = packagePath('dist', 'serve', 'worker.js');
  if (!existsSync(built)) throw new Error(`${built} is not there: run npm run build first`);
  return new Thread(built, source);
}
