/**
 * `fastmamba run`: continues a prompt, token by token, on the engine of choice; the most likely token or a seeded draw. With --batch many prompts at
 * once, each as it would be alone; with --speculate several tokens a call, and the same text.
 */
import { randomInt } from 'node:crypto';
import { type Command, Option } from 'commander';
import { UserError } from '../errors.js';
import type { BatchLine, KernelSpeed, RunResult } from '../schema/run.js';
import { runBatch } from '../serve/batch.js';
import type { Engine } from '../serve/engine/engine.js';
import type { Sampling } from '../serve/sample.js';
import { type CallRecord, Scheduler } from '../serve/scheduler.js';
import { Continuation, type ContinuationRequest } from '../serve/text/continuation.js';
import { Random } from '../util/random.js';
import { readTextFile } from '../util/text-file.js';
import { ENGINES, type EngineName, openEngine } from './support/open-engine.js';
import { addModelOptions, integer, notNegative } from './support/options.js';
import { note, writeOut } from './support/output.js';
import { addPlanOptions } from './support/plan-options.js';
import { stepRunner } from './support/progress.js';
import { addQuantizeOptions, type SeedOption } from './support/quantizer-options.js';
import { speculationNote, speculationOf } from './support/speculation.js';
import {
  addTextModelOptions,
  encodePrompt,
  openDrafting,
  openTextModel,
  type TextModel,
  type TextModelOptions,
} from './support/text-model.js';

interface RunOptions extends TextModelOptions, SeedOption {
  readonly prompt?: string;
  readonly batch?: string;
  readonly slots?: number;
  readonly maxTokens: number;
  readonly engine: EngineName;
  readonly temperature?: number;
  readonly topK?: number;
}

/** Prompts of a batch that run at the same time, and bytes of its file. */
const BATCH_SLOTS = 8;
const MAX_BATCH_BYTES = 1 << 28;

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .description('continue a prompt; the text goes to stdout as it comes');
  addTextModelOptions(addPlanOptions(addQuantizeOptions(addModelOptions(command))))
    .option('-p, --prompt <text>', 'what to continue')
    .addOption(
      new Option('--batch <file>', 'prompts to continue, one a line; a line of JSON for each').conflicts([
        'prompt',
        'json',
      ]),
    )
    .option('--slots <n>', `prompts of a batch at a time (default: ${BATCH_SLOTS})`, integer(1, 256))
    .option('--tokens, --max-tokens <n>', 'tokens to generate at most, for each prompt', integer(1), 128)
    .addOption(new Option('--engine <name>', 'what computes').choices(ENGINES).default('golden'))
    .option('--temperature <t>', 'draw at this temperature (default: take the most likely)', notNegative)
    .option('--top-k <n>', 'draw among the n most likely tokens', integer(1))
    .option('--seed <n>', 'seed of what is drawn, for each prompt (default: a new one, printed)', integer(0))
    .action(run);
}

async function run(path: string | undefined, options: RunOptions): Promise<void> {
  const { prompt, batch } = options;
  if (prompt === undefined && batch === undefined)
    throw new UserError('run: expected --prompt <text> or --batch <file>');
  if (options.slots !== undefined && batch === undefined)
    throw new UserError('--slots: expected --batch beside it');
  const text = await openTextModel(path, options);
  const prompts = batch === undefined ? [] : await readPrompts(text, batch);
  const ids = prompt === undefined ? [] : encodePrompt(text, prompt, '--prompt');
  const { seed, newSampling } = chooseSampling(options);
  const step = stepRunner(options);
  const slots = batch === undefined ? 1 : Math.min(options.slots ?? BATCH_SLOTS, prompts.length);
  const drafting = await openDrafting(text, options, step, { slots });
  // The seed is for drawing tokens here: calibration has the default one.
  const request = { model: text.model, options, engine: options.engine, generates: true, slots };
  const engine = await step('Open the model', (tell) => openEngine(request, tell));
  try {
    if (seed !== undefined) note(options, `seed ${seed}`);
    const calls: CallRecord[] = [];
    const scheduler = new Scheduler(engine, { drafting, onCall: (call) => calls.push(call) });
    const { tokenizer, stopIds } = text;
    const { maxTokens } = options;
    const requestOf = (prompt: readonly number[]): ContinuationRequest => {
      return { prompt, tokenizer, stopIds, maxTokens, sampling: newSampling() };
    };
    const session: Session = { text, options, engine, scheduler, calls, seed };
    if (batch === undefined) await runOne(session, requestOf(ids));
    else await runMany(session, prompts, ({ ids }) => requestOf(ids));
  } finally {
    await engine.close();
  }
}

/** What both ways of running need. */
interface Session {
  readonly text: TextModel;
  readonly options: RunOptions;
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  /** Of the scheduler, as they are made. */
  readonly calls: readonly CallRecord[];
  readonly seed: number | undefined;
}

/** One prompt: its text is printed as it comes, or one object at the end. */
async function runOne(session: Session, request: ContinuationRequest): Promise<void> {
  const { text, options, engine, scheduler, calls, seed } = session;
  const { json = false } = options;
  const start = performance.now();
  const isRead = (piece: string) => json || writeOut(piece);
  const made = new Continuation({ ...request, onText: isRead });
  await scheduler.add(made).ended;
  if (!json && made.finishReason !== 'cancelled') writeOut('\n');
  const seconds = (performance.now() - start) / 1000;
  const { ids } = made;
  note(
    options,
    `${ids.length} tokens in ${seconds.toFixed(1)} s, ${(ids.length / seconds).toFixed(1)} a second`,
  );
  const kernel = engine.kernel ? kernelSpeed(engine.kernel, calls) : undefined;
  if (kernel) note(options, kernelNote(kernel));
  const speculation =
    options.speculate === undefined ? undefined : await speculationOf(text.model, options, calls);
  if (speculation) note(options, speculationNote(speculation));
  if (!json) return;
  const result: RunResult = {
    model: text.model.path,
    engine: options.engine,
    prompt: options.prompt!,
    seed,
    ...{ tokens: ids.length, ids, text: made.text, seconds },
    ...(kernel ? { kernel } : {}),
    ...(speculation ? { speculation } : {}),
  };
  writeOut(`${JSON.stringify(result)}\n`);
}

/** A prompt of a batch. */
interface BatchPrompt {
  /** Its line, from 1. */
  readonly line: number;
  readonly prompt: string;
  readonly ids: readonly number[];
}

/** Lines that hold nothing are left out. */
async function readPrompts(text: TextModel, file: string): Promise<BatchPrompt[]> {
  const lines = (await readTextFile(file, MAX_BATCH_BYTES)).split(/\r?\n/);
  const prompts = lines.flatMap((prompt, i): BatchPrompt[] => {
    const line = i + 1;
    return prompt === '' ? [] : [{ line, prompt, ids: encodePrompt(text, prompt, `${file}: line ${line}`) }];
  });
  if (prompts.length === 0) throw new UserError(`${file}: found no prompt, expected one a line`);
  return prompts;
}

/** A batch: a line for each prompt, in the order of the file. */
async function runMany(
  { options, scheduler, calls }: Session,
  prompts: readonly BatchPrompt[],
  requestOf: (prompt: BatchPrompt) => ContinuationRequest,
): Promise<void> {
  const start = performance.now();
  let tokens = 0;
  await runBatch(scheduler, prompts.map(requestOf), ({ index, continuation }) => {
    const { ids, text, finishReason } = continuation;
    const { line, prompt } = prompts[index];
    tokens += ids.length;
    const result: BatchLine = { id: line, prompt, text, tokens: ids.length, finishReason };
    return writeOut(`${JSON.stringify(result)}\n`);
  });
  const seconds = (performance.now() - start) / 1000;
  const sum = (of: 'drawn' | 'drafts' | 'accepted') => calls.reduce((total, call) => total + call[of], 0);
  const rate = `${(tokens / seconds).toFixed(1)} a second`;
  const share = `${(sum('drawn') / calls.length).toFixed(2)} a call`;
  note(
    options,
    `${prompts.length} texts, ${tokens} tokens in ${seconds.toFixed(1)} s, ${rate}; ${calls.length} calls, ${share}`,
  );
  if (options.speculate !== undefined)
    note(options, `speculation: ${sum('accepted')} of ${sum('drafts')} drafts accepted`);
}

/** Greedy unless a temperature or a number of candidates is given; then with the seed given, or one drawn now. Every text has its own numbers. */
function chooseSampling({ temperature, topK, seed }: RunOptions): { newSampling(): Sampling; seed?: number } {
  const chosen = temperature ?? (topK === undefined ? 0 : 1);
  if (chosen === 0) return { newSampling: () => ({ temperature: 0, random: new Random(0) }) };
  const used = seed ?? randomInt(2 ** 32);
  const newSampling = () => ({ temperature: chosen, topK, random: new Random(used, 'sampling') });
  return { newSampling, seed: used };
}

/** What the kernel took for the prompt, then for each token. */
function kernelSpeed(
  { clockMHz, calls }: NonNullable<Engine['kernel']>,
  made: readonly CallRecord[],
): KernelSpeed {
  const first = made.findIndex(({ drawn }) => drawn > 0) + 1;
  const [prompt, others] = [calls.slice(0, first), calls.slice(first)];
  const sum = (some: typeof calls, of: 'cycles' | 'tokens') =>
    some.reduce((total, call) => total + call[of], 0);
  const tokens = made.slice(first).reduce((total, { drawn }) => total + drawn, 0);
  const cyclesPerToken = tokens > 0 ? sum(others, 'cycles') / tokens : null;
  return {
    clockMHz,
    promptTokens: sum(prompt, 'tokens'),
    promptCycles: sum(prompt, 'cycles'),
    cyclesPerToken,
    tokensPerSecond: cyclesPerToken === null ? null : (clockMHz * 1e6) / cyclesPerToken,
  };
}

function kernelNote(speed: KernelSpeed): string {
  const { clockMHz, promptTokens, promptCycles, cyclesPerToken, tokensPerSecond } = speed;
  const prompt = `kernel: ${promptCycles} cycles for the prompt of ${promptTokens} tokens`;
  if (cyclesPerToken === null || tokensPerSecond === null) return prompt;
  return `${prompt}, then ${Math.round(cyclesPerToken)} a token: ${tokensPerSecond.toFixed(1)} tokens a second at ${clockMHz} MHz`;
}
