/**
 * Many clients, some of whom leave: nobody gets another's text, nobody is lost, slots come free. SERVE_SECONDS is how long 64 clients ask; with 30 or
 * more, memory must stay as it is.
 */
import { expect, it } from 'vitest';
import { lookupDrafter } from '../../src/serve/draft/lookup.js';
import { Random } from '../../src/util/random.js';
import { alone, MODEL, type TextSpec, textServer } from '../support/text-server.js';

const SECONDS = Number(process.env.SERVE_SECONDS ?? 2);
const CLIENTS = 64;
const LONG = 30;

/** Texts that clients ask for; few, so that what each must be is worked out once. */
const texts = Array.from({ length: 24 }, (_, i): TextSpec => {
  const random = new Random(i, 'texts');
  return {
    prompt: 'To be, or not to be, that is the question: '.repeat(4).slice(0, random.integer(1, 150)),
    max_tokens: random.integer(1, 40),
    temperature: [0, 0.7, 1.5][i % 3],
    seed: i,
    ...(i % 4 === 3 ? { stop: ['e', ' t'] } : {}),
  };
});

it('answers 64 clients at once, each with its own text, while others hang up', async () => {
  const drafting = { drafter: lookupDrafter };
  const { client, url, service, stop } = await textServer({ slots: 8, limits: { queue: 200 }, drafting });
  const expected = await Promise.all(texts.map(alone));
  const end = performance.now() + SECONDS * 1000;
  const count = { answered: 0, hungUp: 0, wrong: 0 };
  const memory: number[] = [];

  const ask = async (random: Random): Promise<void> => {
    const i = random.integer(0, texts.length - 1);
    const body = { model: MODEL, ...texts[i] };
    const leaves = random.integer(0, 5) === 0;
    if (leaves) {
      const gone = new AbortController();
      setTimeout(() => gone.abort(), random.integer(0, 60));
      const asked = client.completions.create({ ...body, stream: true }, { signal: gone.signal });
      await asked
        .then(async (stream) => {
          for await (const _ of stream);
        })
        .catch(() => {});
      count.hungUp++;
      return;
    }
    let text = '';
    let reason: string | null = null;
    if (random.integer(0, 1) === 0) {
      const { choices } = await client.completions.create(body);
      ({ text, finish_reason: reason } = choices[0]);
    } else {
      for await (const { choices } of await client.completions.create({ ...body, stream: true })) {
        text += choices[0].text;
        reason = choices[0].finish_reason;
      }
    }
    count.answered++;
    if (text !== expected[i].text || reason !== expected[i].finishReason) count.wrong++;
  };
  const measured = setInterval(
    async () => {
      memory.push(await residentMegabytes(url));
    },
    Math.max(1000, SECONDS * 50),
  );
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, i) => {
      const random = new Random(i, 'client');
      do await ask(random);
      while (performance.now() < end);
    }),
  );
  clearInterval(measured);
  // Those who left are gone from the slots, too.
  while (/^fastmamba_texts_(running|queued) [1-9]/m.test(await service.metrics.text()))
    await new Promise((resolve) => setTimeout(resolve, 20));
  await stop(5);
  console.info(
    `${count.answered} answers, ${count.hungUp} hung up, ${count.wrong} wrong; resident MB: ${memory.join(' ')}`,
  );
  expect(count.wrong).toBe(0);
  expect(count.answered).toBeGreaterThan(CLIENTS / 2);
  if (SECONDS < LONG) return;
  const third = Math.floor(memory.length / 3);
  expect(Math.max(...memory.slice(-third))).toBeLessThan(1.15 * Math.max(...memory.slice(third, 2 * third)));
});

async function residentMegabytes(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Math.round(Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]) / 2 ** 20);
}
