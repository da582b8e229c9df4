/** The server as OpenAI's client sees it: texts, streams, probabilities, counts, refusals. */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Drafter } from '../../src/serve/draft/drafter.js';
import { lookupDrafter } from '../../src/serve/draft/lookup.js';
import { alone, MODEL, type TextServer, type TextSpec, textServer } from '../support/text-server.js';

let plain: TextServer;
let drafting: TextServer;
beforeAll(async () => {
  plain = await textServer();
  drafting = await textServer({ drafting: { drafter: lookupDrafter, count: 3 } });
});
afterAll(async () => {
  await plain.stop(0);
  await drafting.stop(0);
});

const spec = (seed: number, more: Partial<TextSpec> = {}): TextSpec => {
  return { prompt: 'abcabcabcab', max_tokens: 40, temperature: 0.8, seed, ...more };
};
const specs = [
  spec(1),
  spec(2, { temperature: 0, prompt: 'Who is there?' }),
  spec(3, { temperature: 2, top_p: 0.9, prompt: 'é€' }),
  spec(4, { max_tokens: 1 }),
];

/** A text with drafts and without, whole and streamed. */
async function all(given: TextSpec) {
  const made = [];
  for (const { client } of [plain, drafting]) {
    const body = { model: MODEL, ...given, logprobs: 2 };
    const whole = await client.completions.create(body);
    const [{ text, finish_reason, logprobs }] = whole.choices;
    made.push({ text, finish_reason, logprobs, usage: whole.usage });
    const stream = await client.completions.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    const joined = {
      text: '',
      finish_reason: null as string | null,
      tokens: [] as string[],
      probabilities: [] as number[],
    };
    let usage: object | null | undefined;
    for await (const chunk of stream) {
      usage = chunk.usage;
      for (const choice of chunk.choices) {
        expect(joined.finish_reason).toBe(null);
        joined.text += choice.text;
        joined.finish_reason = choice.finish_reason;
        joined.tokens.push(...(choice.logprobs?.tokens ?? []));
        joined.probabilities.push(...(choice.logprobs?.token_logprobs ?? []));
      }
    }
    expect({ ...joined, usage }).toEqual({
      ...{ text, finish_reason, usage: whole.usage },
      tokens: logprobs?.tokens,
      probabilities: logprobs?.token_logprobs,
    });
  }
  expect(made[1]).toEqual(made[0]);
  return made[0];
}

describe('a completion', () => {
  it('is the text of its sequence alone, whole and streamed, with drafts and without', async () => {
    for (const given of specs) {
      const { text, finish_reason, logprobs, usage } = await all(given);
      const expected = await alone(given);
      expect(text).toBe(expected.text);
      expect(finish_reason).toBe(expected.finishReason);
      const prompt_tokens = Buffer.byteLength(given.prompt);
      const completion_tokens = expected.ids.length;
      expect(usage).toEqual({
        prompt_tokens,
        completion_tokens,
        total_tokens: prompt_tokens + completion_tokens,
      });
      expect(logprobs?.tokens?.length).toBe(completion_tokens);
      for (const value of logprobs?.token_logprobs ?? []) expect(value).toBeLessThanOrEqual(0);
    }
  });

  it('ends before a stop string, which is nowhere in the answer', async () => {
    const whole = await alone(spec(1));
    const places = [...whole.text].length > 12 ? [3, 7] : [1];
    for (const place of places) {
      const stop = [[...whole.text].slice(place, place + 3).join('')];
      const { text, finish_reason, logprobs } = await all(spec(1, { stop }));
      expect(text).toBe(whole.text.slice(0, whole.text.indexOf(stop[0])));
      expect(finish_reason).toBe('stop');
      expect(logprobs?.text_offset?.every((offset) => offset < text.length)).toBe(true);
    }
  });

  it('gives the tail that only began like a stop string, once', async () => {
    const whole = await alone(spec(1));
    const stop = [`${[...whole.text].at(-1)}\u0001never`];
    const { text, finish_reason } = await all(spec(1, { stop }));
    expect([text, finish_reason]).toEqual([whole.text, whole.finishReason]);
  });

  it.each([false, true])(
    'ends at the stop token where the limit is reached there (drafts: %s)',
    async (isDrafting) => {
      const { ids } = await alone(spec(6));
      const prompt = spec(6).prompt.length;
      const place = ids.findIndex((id, i) => i > 2 && !ids.slice(0, i).includes(id));
      // Every draft is right: those after the stop token must not count.
      const drafter: Drafter = {
        propose: async (all) => all.map(({ text, count }) => ids.slice(text.length - prompt).slice(0, count)),
        async clear() {},
        async close() {},
      };
      const stopIds = new Set([ids[place]]);
      const server = await textServer({
        stopIds,
        ...(isDrafting ? { drafting: { drafter, count: 4 } } : {}),
      });
      const before = await alone(spec(6, { max_tokens: place }));
      for (const max_tokens of [place, place + 1, place + 2]) {
        const body = { model: MODEL, ...spec(6, { max_tokens }), logprobs: 1 };
        const { choices, usage } = await server.client.completions.create(body);
        const finish_reason = max_tokens === place ? 'length' : 'stop';
        expect(choices[0]).toMatchObject({ text: before.text, finish_reason });
        expect(choices[0].logprobs?.tokens?.length).toBe(place);
        expect(usage?.completion_tokens).toBe(place);
      }
      await server.stop(0);
    },
  );

  it('has n choices with seeds of their own, and several prompts', async () => {
    const { client } = plain;
    const given = spec(20);
    const { prompt, ...rest } = given;
    const { choices, usage } = await client.completions.create({
      model: MODEL,
      ...rest,
      prompt: [prompt, 'x'],
      n: 2,
    });
    const expected = await Promise.all(
      [given, spec(21), spec(20, { prompt: 'x' }), spec(21, { prompt: 'x' })].map(alone),
    );
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(choices.map(({ text }) => text)).toEqual(expected.map(({ text }) => text));
    expect(usage?.prompt_tokens).toBe(prompt.length + 1);
    const ids = await client.completions.create({ model: MODEL, ...rest, prompt: [...Buffer.from(prompt)] });
    expect(ids.choices[0].text).toBe(expected[0].text);
  });
});

describe('a chat', () => {
  it('is the completion of its template, whole and streamed, with probabilities of bytes', async () => {
    const { client } = plain;
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      { role: 'user' as const, content: [{ type: 'text' as const, text: 'Who?' }] },
    ];
    const prompt = 'System: Be brief.\n\nUser: Who?\n\nAssistant:';
    const { prompt: _, ...rest } = spec(5);
    const expected = await alone({ ...rest, prompt, stop: ['\nUser:'] });
    const body = { model: MODEL, messages, ...rest, logprobs: true, top_logprobs: 1 };
    const { choices } = await client.chat.completions.create(body);
    expect(choices[0].message).toMatchObject({ role: 'assistant', content: expected.text });
    const content = choices[0].logprobs!.content!;
    expect(Buffer.from(content.flatMap(({ bytes }) => bytes!)).toString()).toBe(expected.text);
    expect(content.map(({ top_logprobs }) => top_logprobs.length)).toEqual(content.map(() => 1));
    const stream = await client.chat.completions.create({ ...body, stream: true });
    const deltas = [];
    for await (const chunk of stream) deltas.push(chunk.choices[0].delta);
    expect(deltas[0].role).toBe('assistant');
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe(expected.text);
  });
});

describe('a request that is not as it should be', () => {
  const completion = (body: object) =>
    plain.client.completions.create({ model: MODEL, prompt: 'a', ...body } as never);
  it.each([
    ['another model', { model: 'gpt' }, 404, 'model_not_found'],
    ['no prompt', { prompt: '' }, 400, 'prompt: found no text, expected at least one token'],
    ['a long prompt', { prompt: 'a'.repeat(201) }, 400, 'prompt: found 201 tokens, expected at most 200'],
    ['an id that there is not', { prompt: [1, 256] }, 400, 'prompt: found id 256, expected 0 to 255'],
    ['too many tokens', { max_tokens: 65 }, 400, 'max_tokens: found 65, expected at most 64'],
    ['too hot', { temperature: 3 }, 400, 'temperature: '],
    ['an empty stop string', { stop: '' }, 400, 'stop: '],
    ['what we do not have', { presence_penalty: 1 }, 400, 'presence_penalty: '],
    ['too many choices', { n: 69 }, 400, 'n: found 69 texts in all, expected at most 68'],
    ['a large body', { prompt: 'a'.repeat(20_000) }, 413, 'The body is larger than 20000 bytes'],
  ])('%s', async (_, body, status, message) => {
    const error = await completion(body).then(
      () => undefined,
      (error: unknown) => error as InstanceType<typeof OpenAI.APIError>,
    );
    expect(error?.status).toBe(status);
    expect(`${error?.message} ${error?.code}`).toContain(message);
  });

  it('is answered in words where it is not even JSON, or asks for another route', async () => {
    const post = (body: string) => fetch(`${plain.url}/v1/completions`, { method: 'POST', body });
    expect(await (await post('{')).json()).toMatchObject({
      error: { message: 'The body is not valid JSON' },
    });
    expect((await post('[]')).status).toBe(400);
    expect((await fetch(`${plain.url}/v2`)).status).toBe(404);
    // In pieces, without a length in front.
    const body = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 30; i++) controller.enqueue(Buffer.alloc(1000, 'a'));
        controller.close();
      },
    });
    const pieces = await fetch(`${plain.url}/v1/completions`, {
      method: 'POST',
      body,
      duplex: 'half',
    } as never);
    expect(pieces.status).toBe(413);
  });

  it('needs the key where there is one', async () => {
    const closed = await textServer({ apiKey: 'secret' });
    const stranger = new OpenAI({ baseURL: `${closed.url}/v1`, apiKey: 'guess', maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    expect((await closed.client.models.list()).data.map(({ id }) => id)).toEqual([MODEL]);
    expect((await fetch(`${closed.url}/health`)).status).toBe(200);
    await closed.stop(0);
  });
});

it('tells Prometheus what it has done', async () => {
  const text = await (await fetch(`${plain.url}/metrics`)).text();
  expect(text).toMatch(/^fastmamba_requests_total\{endpoint="\/v1\/completions",status="200"\} [1-9]/m);
  expect(text).toMatch(/^fastmamba_requests_total\{endpoint="\/v1\/completions",status="400"\} [1-9]/m);
  expect(text).toMatch(/^fastmamba_texts_running 0$/m);
  expect(text).toMatch(/^fastmamba_completion_tokens_total [1-9]/m);
  expect(text).toMatch(/^process_resident_memory_bytes /m);
  const drafts = await (await fetch(`${drafting.url}/metrics`)).text();
  expect(drafts).toMatch(/^fastmamba_drafts_accepted_total [1-9]/m);
});
