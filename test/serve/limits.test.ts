/** Limits of the server, clients that hang up, and its end. */
import { afterEach, expect, it } from 'vitest';
import { lookupDrafter } from '../../src/serve/draft/lookup.js';
import {
  alone,
  MODEL,
  type TextServer,
  type TextServerOptions,
  type TextSpec,
  textServer,
} from '../support/text-server.js';

let server: TextServer | undefined;
afterEach(() => server?.stop(0));

/** Calls of the engine wait until they are let through. */
async function gated(options: Omit<TextServerOptions, 'beforeCall'> = {}) {
  const open: (() => void)[] = [];
  let [isFree, calls] = [false, 0];
  const beforeCall = () => {
    calls++;
    return isFree ? undefined : new Promise<void>((resolve) => open.push(resolve));
  };
  server = await textServer({ slots: 1, ...options, beforeCall });
  const metric = async (name: string) => {
    const text = await (await fetch(`${server!.url}/metrics`)).text();
    return Number(new RegExp(`^fastmamba_${name} (\\S+)`, 'm').exec(text)?.[1]);
  };
  return {
    server,
    client: server.client,
    calls: () => calls,
    running: () => metric('texts_running'),
    queued: () => metric('texts_queued'),
    /** Lets one call through. */
    step: () => open.shift()?.(),
    free() {
      isFree = true;
      for (const go of open.splice(0)) go();
    },
  };
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
}

const spec: TextSpec = { prompt: 'abc', max_tokens: 30, temperature: 0, seed: 0 };
const body = { model: MODEL, ...spec };

it('answers 429 with Retry-After when the queue is full, and the others as if nothing had been', async () => {
  const { client, queued, free } = await gated({ limits: { queue: 1 } });
  const first = client.completions.create(body);
  const second = client.completions.create(body);
  await until(async () => (await queued()) === 1);
  const { status, headers, code } = await client.completions.create(body).catch((error) => error);
  expect([status, code]).toEqual([429, 'queue_full']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  free();
  const { text } = await alone(spec);
  for (const answer of [first, second]) expect((await answer).choices[0].text).toBe(text);
});

it.each([
  ['in decode', spec.prompt, 3, true, {}],
  ['in decode, not streamed', spec.prompt, 3, false, {}],
  ['in decode with drafts', spec.prompt, 3, true, { drafting: { drafter: lookupDrafter, count: 2 } }],
  ['in its prompt', 'x'.repeat(150), 1, true, {}],
])('frees the slot of a client that hangs up %s', async (_, prompt, steps, isStreamed, options) => {
  const { client, calls, step, running, free } = await gated(options);
  const gone = new AbortController();
  const asked = client.completions.create({ ...body, prompt, stream: isStreamed }, { signal: gone.signal });
  const left = asked.then(
    async (stream) => {
      for await (const _ of stream as AsyncIterable<unknown>);
    },
    () => {},
  );
  left.catch(() => {});
  for (let i = 1; i <= steps; i++) {
    await until(() => calls() === i);
    step();
  }
  await until(() => calls() === steps + 1);
  gone.abort();
  await left.catch(() => {});
  // Whoever comes next has the slot after the present call.
  const next = client.completions.create({ ...body, max_tokens: 1 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await running()).toBe(1);
  step();
  await until(() => calls() === steps + 2);
  step();
  expect((await next).choices[0].text).toBe((await alone({ ...spec, max_tokens: 1 })).text);
  expect(await running()).toBe(0);
  free();
});

it('takes a client that hangs up out of the queue', async () => {
  const { client, queued, calls, free } = await gated();
  const first = client.completions.create(body);
  await until(() => calls() === 1);
  const gone = new AbortController();
  const second = client.completions.create(body, { signal: gone.signal }).catch(() => 'gone');
  await until(async () => (await queued()) === 1);
  gone.abort();
  await until(async () => (await queued()) === 0);
  free();
  expect(await second).toBe('gone');
  const { ids, text } = await alone(spec);
  expect((await first).choices[0].text).toBe(text);
  // The prompt's last call draws the first token; nothing else has run.
  expect(calls()).toBe(ids.length);
});

it('ends a request that takes too long, at work and in the queue', async () => {
  const { client, free, queued } = await gated({ limits: { requestSeconds: 0.3 } });
  const both = [client.completions.create(body), client.completions.create(body)];
  await until(async () => (await queued()) === 1);
  const answers = Promise.allSettled(both);
  await until(async () => (await queued()) === 0);
  free();
  for (const { status, reason } of (await answers) as PromiseRejectedResult[]) {
    expect(status).toBe('rejected');
    expect(reason).toMatchObject({ status: 504, message: expect.stringContaining('longer than 0.3 s') });
  }
});

it('lets what is at work end when it is told to stop, and takes nothing more', async () => {
  const { client, server, calls, free } = await gated();
  const first = client.completions.create(body);
  await until(() => calls() === 1);
  const stopped = server.stop(60);
  expect((await fetch(`${server.url}/health`)).status).toBe(503);
  await expect(client.completions.create(body)).rejects.toMatchObject({ status: 503 });
  free();
  expect((await first).choices[0].text).toBe((await alone(spec)).text);
  await stopped;
  await expect(fetch(`${server.url}/health`)).rejects.toThrow();
});

it('ends what is still at work after the time of grace, in words', async () => {
  const { client, server, calls, free } = await gated();
  const first = client.completions.create({ ...body, stream: true });
  await until(() => calls() === 1);
  const stopped = server.stop(0.05);
  setTimeout(free, 150);
  const read = async () => {
    for await (const _ of await first);
  };
  await expect(read()).rejects.toThrow('The server is stopping');
  await stopped;
});

it('says that the engine has failed, to clients and to whoever runs it', async () => {
  server = await textServer({ beforeCall: () => Promise.reject(new Error('no power')) });
  const { client, service } = server;
  await expect(client.completions.create(body)).rejects.toMatchObject({ status: 500 });
  await expect(service.failed).rejects.toThrow('no power');
});
