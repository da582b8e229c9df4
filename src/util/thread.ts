/** An object in a worker thread: its methods are called from here, one after the other, and this thread does other things meanwhile. */
import { parentPort, Worker } from 'node:worker_threads';
import { UserError } from '../errors.js';

interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

type Answer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly error: { readonly isUserError: boolean; readonly message: string; readonly stack?: string } }
);

interface Waiting {
  readonly settle: (value: unknown) => void;
  readonly fail: (error: unknown) => void;
}

/** A worker thread with one object. What it holds is lost when the thread fails: every call is refused from then on. */
export class Thread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private failure: { readonly error: unknown } | undefined;
  private calls = 0;

  /** `file` is the worker's module, which calls `expose`; `workerData` what it makes the object of. */
  constructor(file: string, workerData: unknown) {
    this.worker = new Worker(file, { workerData });
    this.worker.on('message', (answer: Answer) => {
      const { settle, fail } = this.waiting.get(answer.id)!;
      this.waiting.delete(answer.id);
      if ('value' in answer) settle(answer.value);
      else fail(restored(answer.error));
    });
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(new Error('the worker thread has ended')));
  }

  /** Calls a method. Arguments and result are copied. Rejects with the method's error, and when the thread has failed. */
  call<Result>(method: string, ...args: readonly unknown[]): Promise<Result> {
    if (this.failure) return Promise.reject(this.failure.error);
    const id = this.calls++;
    return new Promise((settle, fail) => {
      this.waiting.set(id, { settle: settle as Waiting['settle'], fail });
      this.worker.postMessage({ id, method, args } satisfies Call);
    });
  }

  /** Ends the thread, at once. */
  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private end(error: unknown): void {
    this.failure ??= { error };
    for (const { fail } of this.waiting.values()) fail(error);
    this.waiting.clear();
  }
}

/** In the worker's module: makes the object at the first call and answers calls of its methods. */
export function expose(make: () => object | Promise<object>): void {
  const port = parentPort!;
  let object: Promise<object> | undefined;
  let last: Promise<void> = Promise.resolve();
  const answer = async ({ id, method, args }: Call): Promise<void> => {
    try {
      object ??= Promise.resolve(make());
      const methods = (await object) as Record<string, (...all: readonly unknown[]) => unknown>;
      const value = await methods[method](...args);
      port.postMessage({ id, value } satisfies Answer, isMovable(value) ? [value.buffer as ArrayBuffer] : []);
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      const isUserError = error instanceof UserError;
      port.postMessage({ id, error: { isUserError, message, ...(stack ? { stack } : {}) } } satisfies Answer);
    }
  };
  port.on('message', (call: Call) => {
    last = last.then(() => answer(call));
  });
}

/** A large result need not be copied where nothing else lies in its memory. */
function isMovable(value: unknown): value is Float64Array {
  return value instanceof Float64Array && value.byteLength === value.buffer.byteLength;
}

/** An error that crossed between threads has lost its class. */
function restored({ isUserError, message, stack }: Extract<Answer, { error: unknown }>['error']): Error {
  if (isUserError) return new UserError(message);
  return Object.assign(new Error(message), stack === undefined ? {} : { stack });
}
