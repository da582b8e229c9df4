/** `fastmamba run`: continues a prompt, token by token, on the engine of choice; the most likely token or a seeded draw. */
import { randomInt } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { UserError } from '../errors.js';
import { loadTokenizer, type Tokenizer } from '../model/tokenizer/tokenizer.js';
import type { KernelSpeed, RunResult } from '../schema/run.js';
import { Random } from '../util/random.js';
import type { ChainOptions } from './support/chain.js';
import { ENGINES, type Engine, type EngineName } from './support/engine.js';
import { findModel } from './support/model-folder.js';
import { openEngine } from './support/open-engine.js';
import { addModelOptions, integer, notNegative } from './support/options.js';
import { note, writeOut } from './support/output.js';
import { addPlanOptions } from './support/plan-options.js';
import { stepRunner } from './support/progress.js';
import { addQuantizeOptions, type SeedOption } from './support/quantizer-options.js';
import { type Sampling, sample } from './support/sample.js';
import { stopTokens } from './support/stop-tokens.js';

interface RunOptions extends ChainOptions, SeedOption {
  readonly prompt: string;
  readonly maxTokens: number;
  readonly engine: EngineName;
  readonly temperature?: number;
  readonly topK?: number;
  readonly tokenizer?: string;
}

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .description('continue a prompt; the text goes to stdout as it comes');
  addPlanOptions(addQuantizeOptions(addModelOptions(command)))
    .requiredOption('-p, --prompt <text>', 'what to continue')
    .option('--tokens, --max-tokens <n>', 'tokens to generate at most', integer(1), 128)
    .addOption(new Option('--engine <name>', 'what computes').choices(ENGINES).default('golden'))
    .option('--temperature <t>', 'draw at this temperature (default: take the most likely)', notNegative)
    .option('--top-k <n>', 'draw among the n most likely tokens', integer(1))
    .option('--seed <n>', 'seed of what is drawn (default: a new one, printed)', integer(0))
    .option('--tokenizer <folder>', 'folder of tokenizer.json (default: the model)')
    .action(run);
}

async function run(path: string | undefined, options: RunOptions): Promise<void> {
  const model = await findModel(path, options);
  const folder = options.tokenizer ?? model.path;
  const tokenizer = await loadTokenizer(folder);
  const prompt = encodePrompt(tokenizer, options.prompt, model.config.vocabSize);
  const stop = await stopTokens(model.path, folder, tokenizer, model.config.vocabSize);
  const { sampling, seed } = chooseSampling(options);
  // The seed is for drawing tokens here: calibration has the default one.
  const request = { model, options, engine: options.engine, generates: true };
  const engine = await stepRunner(options)('Open the model', (tell) => openEngine(request, tell));
  try {
    if (seed !== undefined) note(options, `seed ${seed}`);
    const start = performance.now();
    const { maxTokens, json = false } = options;
    const made = await generate({ engine, tokenizer, prompt, sampling, stop, maxTokens, json });
    const seconds = (performance.now() - start) / 1000;
    const rate = made.tokens / seconds;
    note(options, `${made.tokens} tokens in ${seconds.toFixed(1)} s, ${rate.toFixed(1)} a second`);
    const kernel = engine.kernel ? kernelSpeed(engine.kernel) : undefined;
    if (kernel) note(options, kernelNote(kernel));
    if (!options.json) return;
    const result: RunResult = {
      model: model.path,
      engine: options.engine,
      prompt: options.prompt,
      seed,
      ...made,
      seconds,
      ...(kernel ? { kernel } : {}),
    };
    writeOut(`${JSON.stringify(result)}\n`);
  } finally {
    await engine.close();
  }
}

/** Greedy unless a temperature or a number of candidates is given; then with the seed given, or one drawn now. */
function chooseSampling({ temperature, topK, seed }: RunOptions): { sampling: Sampling; seed?: number } {
  const chosen = temperature ?? (topK === undefined ? 0 : 1);
  if (chosen === 0) return { sampling: { temperature: 0, random: new Random(0) } };
  const used = seed ?? randomInt(2 ** 32);
  return { sampling: { temperature: chosen, topK, random: new Random(used, 'sampling') }, seed: used };
}

function encodePrompt(tokenizer: Tokenizer, prompt: string, vocabSize: number): number[] {
  const ids = tokenizer.encode(prompt);
  if (ids.length === 0) throw new UserError('--prompt: found no text, expected at least one token');
  const outside = ids.find((id) => id >= vocabSize);
  if (outside !== undefined) {
    throw new UserError(`tokenizer.json: gives id ${outside}, expected 0 to ${vocabSize - 1}`);
  }
  return ids;
}

/** What the kernel took for the prompt, then for each token. */
function kernelSpeed({ clockMHz, calls }: NonNullable<Engine['kernel']>): KernelSpeed {
  const [prompt, ...others] = calls;
  const cycles = others.reduce((sum, call) => sum + call.cycles, 0);
  const cyclesPerToken = others.length > 0 ? cycles / others.length : null;
  return {
    clockMHz,
    promptTokens: prompt.tokens,
    promptCycles: prompt.cycles,
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

/** What to generate. */
interface Generation {
  readonly engine: Engine;
  readonly tokenizer: Tokenizer;
  readonly prompt: readonly number[];
  readonly sampling: Sampling;
  readonly stop: ReadonlySet<number>;
  readonly maxTokens: number;
  /** Keeps ids and text instead of printing. */
  readonly json: boolean;
}

/** What was generated; ids and text are kept for --json alone. */
interface Generated {
  readonly tokens: number;
  readonly ids: number[];
  readonly text: string;
}

/** Generates and, without --json, prints, until the reader closes the pipe. */
async function generate(request: Generation): Promise<Generated> {
  const { engine, tokenizer, prompt, sampling, stop, maxTokens: limit, json } = request;
  const decoder = tokenizer.stream();
  const ids: number[] = [];
  const pieces: string[] = [];
  let tokens = 0;
  const isRead = (piece: string): boolean => {
    if (!json) return writeOut(piece);
    pieces.push(piece);
    return true;
  };
  const made = () => ({ tokens, ids, text: pieces.join('') });
  let logits = await engine.last(prompt);
  while (tokens < limit) {
    const id = sample(logits.subarray(0, engine.vocabSize), sampling);
    if (stop.has(id)) break;
    tokens++;
    if (json) ids.push(id);
    if (!isRead(decoder.push(id))) return made();
    if (tokens === limit) break;
    logits = await engine.last([id]);
    // Signals, and memory to be freed, wait for a turn of the event loop.
    await setImmediate();
  }
  isRead(decoder.end());
  if (!json) writeOut('\n');
  return made();
}
