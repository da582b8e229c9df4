/**
 * Held-out perplexity: exp of the mean surprise of the tokens of consecutive windows, each from an empty state, the first
 * token of a window given and all others predicted. Windows run on worker threads; the result does not depend on how many.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { UserError } from '../errors.js';
import { packagePath } from '../util/package-path.js';
import { type EvalSource, loadWindowModel } from './window-model.js';

export type { EvalSource } from './window-model.js';

/** Tokens a window. */
export const EVAL_WINDOW = 256;

/** What to measure. */
export interface PerplexityRequest {
  readonly source: EvalSource;
  readonly tokens: ArrayLike<number>;
  /** Tokens a window, 256 when left out; tokens after the last whole window are left out. */
  readonly window?: number | undefined;
  /** Worker threads; all cores when left out. With 1 everything runs in this thread. */
  readonly threads?: number | undefined;
  /** Called after each window: how many are done, of how many. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** The measurement. */
export interface Perplexity {
  /** exp(nats). */
  readonly perplexity: number;
  /** Mean surprise of a predicted token. */
  readonly nats: number;
  /** Tokens in the windows, predicted or given. */
  readonly tokens: number;
  readonly predicted: number;
}

/**
 * Measures. Throws UserError when there is no whole window of tokens, for a token outside the vocabulary, and as opening the
 * checkpoint or artifact does.
 */
export async function evalPerplexity(request: PerplexityRequest): Promise<Perplexity> {
  const { source, tokens, window = EVAL_WINDOW, threads = availableParallelism(), progress } = request;
  if (!(Number.isInteger(window) && window >= 2)) {
    throw new UserError(`window: found ${window}, expected an integer from 2 on`);
  }
  const count = Math.floor(tokens.length / window);
  if (count === 0) {
    throw new UserError(`text to evaluate: found ${tokens.length} tokens, expected at least ${window}`);
  }
  const windows = Array.from({ length: count }, (_, i) =>
    Int32Array.from({ length: window }, (_unused, t) => tokens[i * window + t]),
  );
  let done = 0;
  const report = () => progress?.(++done, count);
  const sums =
    threads <= 1 || count === 1
      ? await inThisThread(source, windows, report)
      : await onWorkers(source, windows, Math.min(threads, count), report);
  const predicted = count * (window - 1);
  // Summed in the order of the windows, so that threads change no bit.
  const nats = sums.reduce((total, sum) => total + sum, 0) / predicted;
  return { perplexity: Math.exp(nats), nats, tokens: count * window, predicted };
}

async function inThisThread(
  source: EvalSource,
  windows: readonly Int32Array[],
  report: () => void,
): Promise<number[]> {
  const model = await loadWindowModel(source);
  const sums: number[] = [];
  for (const window of windows) {
    sums.push(await model.nats(window));
    report();
  }
  return sums;
}

async function onWorkers(
  source: EvalSource,
  windows: readonly Int32Array[],
  threads: number,
  report: () => void,
): Promise<number[]> {
  const pool = new Piscina<Int32Array, number>({
    filename: workerFile(),
    workerData: source,
    minThreads: threads,
    maxThreads: threads,
  });
  // An error while a window is measured rejects that window's promise. One of an idle worker is no loss, but without a listener it would end
  // this process.
  pool.on('error', () => {});
  try {
    return await Promise.all(
      windows.map(async (window) => {
        const sum = await pool.run(window);
        report();
        return sum;
      }),
    );
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
