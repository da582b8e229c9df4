/** `fastmamba serve`: OpenAI's API over HTTP, many requests at once on one engine, until a signal. */
import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { UserError } from '../errors.js';
import type { ServeResult } from '../schema/serve.js';
import { readTextFile } from '../util/text-file.js';
import { folderName } from './support/model-folder.js';
import { ENGINES, type EngineName, openEngine } from './support/open-engine.js';
import { addModelOptions, integer } from './support/options.js';
import { note, printResult } from './support/output.js';
import { addPlanOptions } from './support/plan-options.js';
import { stepRunner } from './support/progress.js';
import { addQuantizeOptions } from './support/quantizer-options.js';
import {
  addTextModelOptions,
  openDrafting,
  openTextModel,
  type TextModelOptions,
} from './support/text-model.js';

interface ServeOptions extends TextModelOptions {
  readonly engine: EngineName;
  readonly host: string;
  readonly port: number;
  readonly slots: number;
  readonly queue: number;
  readonly maxTokens: number;
  readonly maxPrompt: number;
  readonly maxBody: number;
  readonly timeLimit: number;
  readonly grace: number;
  readonly apiKeyFile?: string;
}

/** The key where no file is named. */
const KEY_VARIABLE = 'FASTMAMBA_API_KEY';
const MAX_KEY_BYTES = 4096;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description("answer OpenAI's completions and chat completions over HTTP, until Ctrl-C or SIGTERM");
  addTextModelOptions(addPlanOptions(addQuantizeOptions(addModelOptions(command))))
    .addOption(new Option('--engine <name>', 'what computes').choices(ENGINES).default('fast'))
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <n>', 'port; 0 takes any that is free', integer(0, 65535), 8080)
    .option('--slots <n>', 'texts at a time', integer(1, 256), 8)
    .option('--queue <n>', 'texts that wait for a slot; beyond, the answer is 429', integer(0, 1_000_000), 64)
    .option('--max-tokens <n>', 'tokens of a text at most', integer(1), 2048)
    .option('--max-prompt <n>', 'tokens of a prompt at most', integer(1), 16_384)
    .option('--max-body <bytes>', 'bytes of a request at most', integer(1), 1 << 20)
    .option('--time-limit <seconds>', 'for a request, the queue included', integer(1, 1 << 20), 600)
    .option(
      '--grace <seconds>',
      'for what is at work when the server is told to stop',
      integer(0, 1 << 20),
      30,
    )
    .option('--api-key-file <file>', `the key that clients must name (default: $${KEY_VARIABLE}, if set)`)
    .action(serve);
}

async function serve(path: string | undefined, options: ServeOptions): Promise<void> {
  const apiKey = await readKey(options);
  const text = await openTextModel(path, options);
  const step = stepRunner(options);
  const { model, tokenizer, stopIds } = text;
  const { engine: engineName, slots, host, port, grace } = options;
  const drafting = await openDrafting(text, options, step, { slots, inThread: true });
  const request = { model, options, engine: engineName, generates: true, slots, inThread: true };
  const engine = await step('Open the model', (tell) => openEngine(request, tell));
  try {
    const name = folderName(model.path);
    const limits = {
      queue: options.queue,
      maxTokens: options.maxTokens,
      promptTokens: options.maxPrompt,
      bodyBytes: options.maxBody,
      requestSeconds: options.timeLimit,
    };
    const served = { name, engine, tokenizer, stopIds, drafting };
    // No other command has to load what a server needs.
    const { startServer } = await import('../serve/http/server.js');
    const server = await startServer({ model: served, limits, host, port, apiKey });
    // Whoever reads that we listen may tell us to stop at once.
    const told = signalled();
    const result: ServeResult = { url: server.url, model: name, engine: engineName, slots };
    printResult(
      options,
      result,
      () => `${name} at ${server.url}/v1 (${engineName}, ${slots} texts at a time)`,
    );
    if (!LOOPBACK.test(host) && apiKey === undefined)
      note(options, `${host} can be reached from elsewhere and no API key is asked for`);
    await Promise.race([told, server.service.failed]);
    note(options, `stopping; what is at work has ${grace} s`);
    await server.stop(grace);
  } finally {
    await drafting?.drafter.close();
    await engine.close();
  }
}

/** Until SIGTERM or SIGINT; a second one of either ends the process as usual. */
async function signalled(): Promise<void> {
  const first = new AbortController();
  const { signal } = first;
  await Promise.race([once(process, 'SIGTERM', { signal }), once(process, 'SIGINT', { signal })]);
  first.abort();
}

async function readKey({ apiKeyFile }: ServeOptions): Promise<string | undefined> {
  const key =
    apiKeyFile === undefined
      ? process.env[KEY_VARIABLE]
      : (await readTextFile(apiKeyFile, MAX_KEY_BYTES)).trim();
  if (key === '' && apiKeyFile !== undefined) throw new UserError(`${apiKeyFile}: found no key`);
  return key === '' ? undefined : key;
}
