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
  /** Another engine than the golden model in this thread; ids beyond its vocabulary must not come. Closed with the server. */
  readonly engine?: Engine;
  readonly slots?: number;
  readonly limits?: Partial<ServiceLimits>;
  readonly drafting?: Drafting;
  /** Tokens that end texts, in place of one. */
  readonly stopIds?: ReadonlySet<number>;
  readonly apiKey?: string;
  /** Before each call of the engine. */
  readonly beforeCall?: () => Promise<void> | void;
}

export interface TextServer extends RunningServer {
  readonly client: OpenAI;
}

export async function textServer(options: TextServerOptions = {}): Promise<TextServer> {
  const own = options.engine ?? (await integerEngine(model, { slots: options.slots ?? 4 }));
  const engine: Engine = {
    ...own,
    maxTokens: 48,
    async call(parts, wanted) {
      await options.beforeCall?.();
      return own.call(parts, wanted);
    },
  };
  const server = await startServer({
    model: {
      name: MODEL,
      engine,
      tokenizer,
      stopIds: options.stopIds ?? stopIds,
      drafting: options.drafting,
    },
    limits: { ...limits, ...options.limits },
    host: '127.0.0.1',
    port: 0,
    apiKey: options.apiKey,
  });
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: options.apiKey ?? 'none', maxRetries: 0 });
  const stop = async (graceSeconds: number) => {
    await server.stop(graceSeconds);
    await own.close();
  };
  return { ...server, stop, client };
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
  const made = known.get(key) ?? integerEngine(model).then((engine) => aloneOn(engine, spec));
  known.set(key, made);
  return made;
}

/** The same on an engine that nobody else uses. */
export async function aloneOn(engine: Engine, spec: TextSpec): Promise<Continuation> {
  const { prompt, max_tokens, temperature, seed, top_p, stop } = spec;
  const continuation = new Continuation({
    ...{ prompt: tokenizer.encode(prompt), tokenizer, stopIds, maxTokens: max_tokens },
    ...{ stopStrings: stop, likeliest: 1 },
    sampling: { temperature, topP: top_p, random: new Random(seed, 'sampling') },
  });
  await new Scheduler(engine).add(continuation).ended;
  return continuation;
}
