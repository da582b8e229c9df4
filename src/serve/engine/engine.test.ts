/** The engines over calls of parts: behind a host program, and the float model. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tinyConfig, tinyTensors, writeCheckpoint } from '../../../test/support/checkpoint-writer.js';
import type { Part } from '../../model/call.js';
import { openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import { FloatModel } from '../../model/float/model.js';
import { GoldenModel } from '../../quant/golden/model.js';
import { randomModel } from '../../quant/synthetic/random-model.js';
import { Random } from '../../util/random.js';
import type { HostPart, HostSession } from '../../verify/host-session.js';
import { allLogits, type Engine } from './engine.js';
import { floatEngine } from './float.js';
import { hostEngine } from './host.js';
import { integerEngine } from './integers.js';

const folder = mkdtempSync(join(tmpdir(), 'engines-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SLOTS = 3;
const model = randomModel({ dModel: 8, nHeads: 2, headDim: 4, dState: 4 }, 2);
const { config } = model;

/** What passes for fastmamba-host: a golden model behind the session's methods. */
function session(maxParts: number): HostSession {
  const golden = new GoldenModel(model, { slots: SLOTS });
  const run = async (parts: readonly HostPart[]) => {
    let first = 0;
    const wanted: number[] = [];
    for (const { ids, rows } of parts) {
      wanted.push(...rows.map((row) => first + row));
      first += ids.length;
    }
    const asParts = parts.map(({ slot, ids, gives }): Part => ({ slot, tokens: ids, gives }));
    return { logits: await golden.call(asParts, wanted), cycles: first, calls: 1 };
  };
  const made: Partial<HostSession> = {
    ...{ slots: SLOTS, maxTokens: 32, maxParts, clockMHz: 250, countsCycles: true },
    call: run,
    reset: async (slot = 0) => golden.reset(slot),
    close: async () => {},
  };
  return made as HostSession;
}

const hostOf = (maxParts: number) =>
  hostEngine({ session: session(maxParts), config, logitFracBits: model.headNow().logitFracBits });

/** Random calls to both, with drafts; slots are emptied now and then. */
async function compare(one: Engine, other: Engine): Promise<void> {
  const random = new Random(4, 'calls');
  for (let call = 0; call < 60; call++) {
    const parts: Part[] = [];
    const wanted: number[] = [];
    let first = 0;
    for (let slot = 0; slot < one.slots; slot++) {
      if (random.integer(0, 5) === 0) for (const engine of [one, other]) await engine.clear(slot);
      if (random.integer(0, 2) === 0) continue;
      const tokens = Array.from({ length: random.integer(1, 6) }, () =>
        random.integer(0, config.vocabSize - 1),
      );
      const gives = random.integer(0, tokens.length);
      parts.push({ slot, tokens, gives });
      wanted.push(...tokens.flatMap((_, t) => (random.integer(0, 1) === 0 ? [first + t] : [])));
      first += tokens.length;
    }
    if (parts.length === 0) continue;
    expect(await other.call(parts, wanted)).toEqual(await one.call(parts, wanted));
  }
}

it('behind a host program, the call of the golden model', async () => {
  const host = hostOf(16);
  await compare(await integerEngine(model, { slots: SLOTS }), host);
  expect(host.kernel?.calls.every(({ tokens, cycles }) => tokens === cycles && tokens > 0)).toBe(true);
});

it('takes no more sequences than fit in a call', () => {
  expect(hostOf(2).slots).toBe(2);
});

it('of the float model, each sequence as by itself', async () => {
  const path = join(folder, 'model');
  await writeCheckpoint(path, tinyConfig('huggingface'), tinyTensors(tinyConfig('huggingface')));
  const engine = floatEngine(await openCheckpoint(path), 2);
  const alone = await FloatModel.load(await openCheckpoint(path));
  const width = engine.paddedVocabSize;
  const ids = (seed: number, count: number) => {
    const random = new Random(seed, 'ids');
    return Array.from({ length: count }, () => random.integer(0, engine.vocabSize - 1));
  };
  const [a, b] = [ids(1, 9), ids(2, 5)];
  const last = (tokens: number[]) => alone.forward(tokens).slice(-width);
  // Of a two tokens count and two are drafts; then come the others that count.
  const drafts = [...a.slice(0, 2), 3, 4];
  const first = await engine.call(
    [
      { slot: 0, tokens: drafts, gives: 2 },
      { slot: 1, tokens: b.slice(0, 3), gives: 3 },
    ],
    [1, 3],
  );
  expect(first).toEqual(Float64Array.of(...last(a.slice(0, 2)), ...last(drafts)));
  const second = await engine.call(
    [
      { slot: 1, tokens: b.slice(3), gives: 2 },
      { slot: 0, tokens: a.slice(2), gives: 0 },
    ],
    [1, 8],
  );
  expect(second).toEqual(Float64Array.of(...last(b), ...last(a)));
  expect((await allLogits(engine, a)).slice(-width)).toEqual(last(a));
  await engine.close();
});
