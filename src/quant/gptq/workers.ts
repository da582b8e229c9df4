/** Worker threads for the quantizer. With one thread everything runs in the caller's. */
import { existsSync } from 'node:fs';
import { Piscina } from 'piscina';
import { packagePath } from '../../util/package-path.js';
import { WORK, type Work } from './work.js';

/** What a worker is sent. */
export interface WorkRequest {
  readonly name: keyof Work;
  readonly args: readonly unknown[];
}

/** Runs parts of the work, as many at once as there are threads. */
export interface Workers {
  readonly threads: number;
  run<Name extends keyof Work>(name: Name, ...args: Parameters<Work[Name]>): Promise<ReturnType<Work[Name]>>;
  close(): Promise<void>;
}

/** The caller's own thread. */
export const THIS_THREAD: Workers = {
  threads: 1,
  run: async (name, ...args) => (WORK[name] as (...all: unknown[]) => never)(...args),
  close: async () => {},
};

/** Threads that start with the first work; to be closed. */
export function startWorkers(threads: number): Workers {
  if (threads <= 1) return THIS_THREAD;
  let pool: Piscina<WorkRequest, never> | undefined;
  return {
    threads,
    run: (name, ...args) => {
      pool ??= poolOf(threads);
      return pool.run({ name, args });
    },
    close: async () => pool?.destroy(),
  };
}

function poolOf(threads: number): Piscina<WorkRequest, never> {
  const filename = packagePath('dist', 'quant', 'worker.js');
  if (!existsSync(filename)) throw new Error(`${filename} is not there: run npm run build first`);
  const pool = new Piscina<WorkRequest, never>({ filename, minThreads: threads, maxThreads: threads });
  // An error at work rejects that work's promise. One of an idle worker is no loss, but without a listener it would end this process.
  pool.on('error', () => {});
  return pool;
}
