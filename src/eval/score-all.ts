/** Scores many lists of continuations with one model, on worker threads that each hold a copy of it; the scores do not depend on how many. */
import { existsSync } from 'node:fs';
import { Piscina } from 'piscina';
import { UserError } from '../errors.js';
import { packagePath } from '../util/package-path.js';
import type { ContinuationRequest, ContinuationScore } from './score.js';
import { type EvalSource, loadWindowModel } from './window-model.js';

/** What to score, and with what. */
export interface ScoreAllRequest {
  readonly source: EvalSource;
  /** A list is scored by one thread, together. */
  readonly lists: readonly (readonly ContinuationRequest[])[];
  /** Lists whose tokens share calls; 1 when left out. */
  readonly batch?: number;
  /** Worker threads; with 1 everything runs in this thread. */
  readonly threads: number;
  /** Called with the scores of list `index` as soon as they are there, in any order. An error that it throws ends the work. */
  readonly scored: (index: number, scores: readonly ContinuationScore[]) => void;
}

/** Calls `scored` for every list. Throws UserError as loading the model does, and for a token outside the vocabulary. */
export async function scoreAll(request: ScoreAllRequest): Promise<void> {
  const { lists, batch = 1, scored } = request;
  const batches = Array.from({ length: Math.ceil(lists.length / batch) }, (_, i) =>
    lists.slice(i * batch, (i + 1) * batch),
  );
  const joined: Joined = {
    ...{ source: request.source, lists: batches.map((some) => some.flat()) },
    scored: (index, scores) => {
      let at = 0;
      for (const [i, { length }] of batches[index].entries()) {
        scored(index * batch + i, scores.slice(at, at + length));
        at += length;
      }
    },
  };
  const threads = Math.min(request.threads, batches.length);
  if (threads <= 1) await inThisThread(joined);
  else await onWorkers(joined, threads);
}

/** The lists of a batch are one. */
type Joined = Pick<ScoreAllRequest, 'source' | 'lists' | 'scored'>;

async function inThisThread({ source, lists, scored }: Joined): Promise<void> {
  if (lists.length === 0) return;
  const model = await loadWindowModel(source);
  for (const [index, list] of lists.entries()) scored(index, await model.score(list));
}

async function onWorkers({ source, lists, scored }: Joined, threads: number): Promise<void> {
  const pool = new Piscina<readonly ContinuationRequest[], ContinuationScore[]>({
    filename: workerFile(),
    workerData: source,
    minThreads: threads,
    maxThreads: threads,
  });
  // An error while a list is scored rejects that list's promise. One of an idle worker is no loss, but without a listener it would end
  // this process.
  pool.on('error', () => {});
  try {
    await Promise.all(lists.map(async (list, index) => scored(index, await pool.run(list))));
  } catch (error) {
    throw restoreUserError(error);
  } finally {
    await pool.destroy();
  }
}

/** An error that crossed from a worker has lost its class. */
function restoreUserError(error: unknown): unknown {
  if (error instanceof Error && error.stack?.startsWith('UserError')) return new UserError(error.message);
  return error;
}

/** The worker's module, as the build makes it. */
function workerFile(): string {
  const built = packagePath('dist', 'eval', 'worker.js');
  if (existsSync(built)) return built;
  throw new Error(`${built} is not there: run npm run build first`);
}
