/** A thread as the one who calls it sees it; the worker here speaks the protocol by hand. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { UserError } from '../errors.js';
import { Thread } from './thread.js';

const folder = mkdtempSync(join(tmpdir(), 'thread-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'worker.mjs');
writeFileSync(
  file,
  `import { parentPort, workerData } from 'node:worker_threads';
parentPort.on('message', ({ id, method, args }) => {
  if (method === 'end') process.exit(3);
  if (method === 'throw') throw new Error('thrown');
  if (method === 'refuse') parentPort.postMessage({ id, error: { isUserError: args[0], message: 'refused' } });
  if (method === 'add') parentPort.postMessage({ id, value: workerData + args[0] + args[1] });
});`,
);

it('gives results, and errors with their class', async () => {
  const thread = new Thread(file, 100);
  expect(await Promise.all([thread.call('add', 1, 2), thread.call('add', 3, 4)])).toEqual([103, 107]);
  const [mistake, defect] = await Promise.allSettled([
    thread.call('refuse', true),
    thread.call('refuse', false),
  ]);
  expect(mistake).toMatchObject({ reason: { message: 'refused' } });
  expect((mistake as PromiseRejectedResult).reason).toBeInstanceOf(UserError);
  expect((defect as PromiseRejectedResult).reason).not.toBeInstanceOf(UserError);
  await thread.close();
});

it.each([
  ['end', 'the worker thread has ended'],
  ['throw', 'thrown'],
])('refuses every call after its worker has failed (%s)', async (method, message) => {
  const thread = new Thread(file, 0);
  const waiting = thread.call('wait');
  const last = thread.call(method);
  // It must not hang, nor begin anew without what it held.
  await expect(waiting).rejects.toThrow(message);
  await expect(last).rejects.toThrow(message);
  await expect(thread.call('add', 1, 2)).rejects.toThrow(message);
  await thread.close();
});
