/** An engine in a thread of its own: the same texts, and the server answers while it computes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { openCheckpoint } from '../../src/model/checkpoint/checkpoint.js';
import { quantizeModel } from '../../src/quant/artifact/artifact.js';
import { openComputed } from '../../src/serve/engine/computed.js';
import { draftModelInThread, engineInThread, engineOf } from '../../src/serve/in-thread.js';
import { packagePath } from '../../src/util/package-path.js';
import { Thread } from '../../src/util/thread.js';
import { aloneOn, MODEL, type TextSpec, textServer } from '../support/text-server.js';

const root = mkdtempSync(join(tmpdir(), 'in-thread-'));
const artifact = join(root, 'quantized');
beforeAll(async () => {
  const checkpoint = await openCheckpoint(packagePath('models', 'tiny-mamba2'));
  await quantizeModel(checkpoint, undefined, {}, { outDir: artifact, calibrationTokens: 64, threads: 1 });
  await checkpoint.close();
});
afterAll(() => rmSync(root, { recursive: true }));

const golden = (slots: number) => ({ engine: 'golden', artifact, slots, resident: true }) as const;

it('makes the texts of the engine in this thread, with drafts of a model in another', async () => {
  const drafter = draftModelInThread({ artifact, slots: 2 });
  const engine = await engineInThread(golden(2));
  const { client, stop } = await textServer({ engine, drafting: { drafter, count: 3 } });
  const specs = ['ROMEO:', 'To be', 'A'].map((prompt, seed): TextSpec => {
    return { prompt, max_tokens: 12, temperature: seed / 2, seed };
  });
  const answers = await Promise.all(
    specs.map((spec) => client.completions.create({ model: MODEL, ...spec })),
  );
  const here = await openComputed(golden(1));
  for (const [i, { choices }] of answers.entries())
    expect(choices[0].text).toBe((await aloneOn(here, specs[i])).text);
  await stop(5);
  await drafter.close();
});

/** An engine whose call takes until it is told to end: nothing else happens in its thread. It draws the token that ends texts. */
const BLOCKED = `import { parentPort, workerData } from 'node:worker_threads';
const methods = {
  limits: () => ({ slots: 1, maxTokens: 48, vocabSize: 256, paddedVocabSize: 256 }),
  clear: () => undefined,
  call(parts, wanted) {
    Atomics.add(workerData, 0, 1);
    Atomics.wait(workerData, 1, 0);
    return new Float64Array(wanted.length * 256);
  },
};
parentPort.on('message', ({ id, method, args }) => parentPort.postMessage({ id, value: methods[method](...args) }));`;

it('answers and notices who hangs up while a call computes', async () => {
  const file = join(root, 'blocked.mjs');
  writeFileSync(file, BLOCKED);
  const [calls, isFree] = [0, 1];
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const engine = await engineOf(new Thread(file, shared));
  const { client, url, stop } = await textServer({ engine });
  const isSoon = async (line: string) => {
    while (!(await (await fetch(`${url}/metrics`)).text()).includes(`\nfastmamba_${line}\n`));
  };
  const body = { model: MODEL, max_tokens: 1, temperature: 0 };
  const atWork = client.completions.create({ ...body, prompt: 'x' });
  await isSoon('texts_running 1');
  const gone = new AbortController();
  const waiting = client.completions.create({ ...body, prompt: 'y' }, { signal: gone.signal });
  await isSoon('texts_queued 1');
  expect((await fetch(`${url}/health`)).status).toBe(200);
  gone.abort();
  await expect(waiting).rejects.toThrow();
  await isSoon('texts_queued 0');
  expect(Atomics.load(shared, calls)).toBe(1);
  Atomics.store(shared, isFree, 1);
  Atomics.notify(shared, isFree);
  expect((await atWork).choices[0].finish_reason).toBe('stop');
  await stop(0);
});

it('says what is wrong with the model', async () => {
  const missing = engineInThread({ ...golden(1), artifact: join(root, 'nowhere') });
  await expect(missing).rejects.toThrow(UserError);
});
