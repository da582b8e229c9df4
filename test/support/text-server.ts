/** A server on a small random model whose tokens are bytes, and what each of its texts must be: that of its sequence run alone. */
import OpenAI from 'openai';
import { loadTokenizer } from '../../src/model/tokenizer/tokenizer.js';
import { randomModel } from '../../src/quant/synthetic/random-model.js';
import type { Drafting } from '../../src/serve/draft/drafter.js';
import type { Engine } from '../../src/serve/engine/engine.js';
import { integerEngine } from '../../src/serve/engine/integers.js';
import { type RunningServer, startServer } from '../../src/serve/http/server.js';
import type { ServiceLimits } from '../../src/serve/http/service.js';
import { Scheduler } from '../../src/serve/scheduler.js';
import { Continuation } from '../../src/serve/text/continuation.js';
import { packagePath } from '../../src/util/package-path.js';
import { Random } from '../../src/util/random.js';

export const MODEL = 'small';
/** A token that ends texts; random texts meet it now and then. */
const STOP_ID = 0;
const limits: ServiceLimits = {
  queue: 64,
  maxTokens: 64,
  promptTokens: 200,
  bodyBytes: 20_000,
  requestSeconds: 60,
};

const dimensions = { nLayers: 1, dModel: 8, nHeads: 2, headDim: 4, dState: 4, convKernel: 4, vocabSize: 256 };
const model = randomModel(dimensions, 11);
const tokenizer = await loadTokenizer(packagePath('models', 'tiny-mamba2'));
const stopIds = new Set([STOP_ID]);

export interface TextServerOptions {
  readonly slots?: number;
  readonly limits?: Partial<ServiceLimits>;
  readonly drafting?: Drafting;
  readonly apiKey?: string;
  /** Before each call of the engine. */
  readonly beforeCall?: () => Promise<void> | void;
}

export interface TextServer extends RunningServer {
  readonly client: OpenAI;
}

export async function textServer(options: TextServerOptions = {}): Promise<TextServer> {
  const golden = await integerEngine(model, { slots: options.slots ?? 4 });
  const engine: Engine = {
    ...golden,
    maxTokens: 48,
    async call(parts, wanted) {
      await options.beforeCall?.();
      return golden.call(parts, wanted);
    },
  };
  const server = await startServer({
    model: { name: MODEL, engine, tokenizer, stopIds, drafting: options.drafting },
    limits: { ...limits, ...options.limits },
    host: '127.0.0.1',
    port: 0,
    apiKey: options.apiKey,
  });
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: options.apiKey ?? 'none', maxRetries: 0 });
  return { ...server, client };
}

/** What decides a text. */
export interface TextSpec {
  readonly prompt: string;
  readonly max_tokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly top_p?: number;
  readonly stop?: string[];
}

const known = new Map<string, Promise<Continuation>>();

/** The text by itself: one slot, no drafts, nobody beside it. */
export function alone(spec: TextSpec): Promise<Continuation> {
  const key = JSON.stringify(spec);
  const made = known.get(key) ?? makeAlone(spec);
  known.set(key, made);
  return made;
}

async function makeAlone({
  prompt,
  max_tokens,
  temperature,
  seed,
  top_p,
  stop,
}: TextSpec): Promise<Continuation> {
  const continuation = new Continuation({
    ...{ prompt: tokenizer.encode(prompt), tokenizer, stopIds, maxTokens: max_tokens },
    ...{ stopStrings: stop, likeliest: 1 },
    sampling: { temperature, topP: top_p, random: new Random(seed, 'sampling') },
  });
  await new Scheduler(await integerEngine(model)).add(continuation).ended;
  return continuation;
}
