/**
 * The effect of each choice of the quantizer: the golden model's perplexity with one choice changed at a time, against the float
 * model on the same tokens. All rows share one calibration.
 */
import { availableParallelism } from 'node:os';
import { UserError } from '../errors.js';
import { openCheckpoint } from '../model/checkpoint/checkpoint.js';
import { calibrate } from '../quant/calibrate/calibrate.js';
import { calibrationWindows } from '../quant/calibrate/tokens.js';
import { startWorkers } from '../quant/gptq/workers.js';
import { quantizeToParts } from '../quant/quantize/in-memory.js';
import type { QuantOptions } from '../quant/types.js';
import type { Ablation, Evaluation } from '../schema/eval.js';
import { evalPerplexity } from './perplexity.js';
import type { IntegerEngine } from './window-model.js';

/** Tokens that ablations are measured on by default; the main figures use all that are given. */
export const ABLATION_TOKENS = 4096;

/** A row: what differs from the default. */
export interface AblationVariant {
  readonly name: string;
  readonly options: Partial<QuantOptions>;
}

/** Narrow weights, all choices said: 4 bits by GPTQ in groups of 128, the head in 8 bits, where nothing else is. */
function narrow(changed: Partial<QuantOptions>): Partial<QuantOptions> {
  return { weightBits: 4, headBits: 8, weightGroup: 128, rounding: 'gptq', ...changed };
}

/** The rows of the table, in order. */
export const ABLATION_VARIANTS: readonly AblationVariant[] = [
  { name: 'Hadamard folded (default)', options: {} },
  { name: 'Hadamard online', options: { hadamard: 'online' } },
  { name: 'SmoothQuant scaling, alpha 0.5', options: { hadamard: 'smooth' } },
  { name: 'no rotation', options: { hadamard: 'none' } },
  { name: "paper's NAU", options: { nau: 'paper' } },
  { name: 'state 20 bits', options: { stateBits: 20 } },
  { name: 'state 16 bits', options: { stateBits: 16 } },
  { name: 'weights 4 bits', options: narrow({}) },
  { name: 'weights 4 bits, nearest', options: narrow({ rounding: 'nearest' }) },
  { name: 'weights 4 bits, no groups', options: narrow({ weightGroup: 0 }) },
  { name: 'weights 4 bits, nearest, no groups', options: narrow({ rounding: 'nearest', weightGroup: 0 }) },
  { name: 'weights 4 bits, groups of 64', options: narrow({ weightGroup: 64 }) },
  { name: 'weights 4 bits, groups of 32', options: narrow({ weightGroup: 32 }) },
  { name: 'weights 4 bits, head too', options: narrow({ headBits: 4 }) },
  { name: 'weights 4 bits, head too, nearest', options: narrow({ headBits: 4, rounding: 'nearest' }) },
  { name: 'weights 4 bits, no rotation', options: narrow({ hadamard: 'none' }) },
  { name: 'weights 2 bits', options: narrow({ weightBits: 2 }) },
];

/** What to evaluate. */
export interface EvaluationRequest {
  /** Checkpoint folder. */
  readonly checkpoint: string;
  /** Parts that its gated norm runs over; the model's groups when left out. */
  readonly normGroups?: number | undefined;
  /** Artifact folder for the golden figure; quantized in memory with `options` when left out. */
  readonly artifact?: string | undefined;
  /** What the golden model without an artifact, and the ablations' unchanged choices, are quantized with. */
  readonly options?: Partial<QuantOptions> | undefined;
  /** Held-out tokens. */
  readonly tokens: ArrayLike<number>;
  /** Tokens to calibrate on; seeded random ones when left out. */
  readonly calibrationTokens?: ArrayLike<number> | undefined;
  /** Rows to measure; none when left out. */
  readonly ablations?: readonly AblationVariant[] | undefined;
  /** Tokens of the ablations: the first so many, 4,096 when left out. */
  readonly ablationTokens?: number | undefined;
  readonly window?: number | undefined;
  /** What computes: `fast`, also when left out, or the golden model beside the float model in float64. */
  readonly engine?: IntegerEngine | undefined;
  readonly threads?: number | undefined;
  /** Called as work goes on: which row, how many parts are done, of how many. */
  readonly progress?: ((name: string, done: number, total: number) => void) | undefined;
}

/** Measures float, golden and the ablations; one that no integers can hold is a row without a perplexity. Throws UserError as its parts do. */
export async function evaluate(request: EvaluationRequest): Promise<Evaluation> {
  const { tokens, window, threads, progress, artifact, normGroups, options = {}, ablations = [] } = request;
  const { engine = 'fast' } = request;
  const single = engine === 'fast';
  const floatSource = { engine: 'float', checkpoint: request.checkpoint, normGroups, single } as const;
  const measure = (
    name: string,
    source: Parameters<typeof evalPerplexity>[0]['source'],
    some: ArrayLike<number>,
  ) =>
    evalPerplexity({
      source,
      tokens: some,
      window,
      threads,
      progress: (done, total) => progress?.(name, done, total),
    });

  const checkpoint = await openCheckpoint(request.checkpoint, { normGroups });
  const workers = startWorkers(threads ?? availableParallelism());
  try {
    const float = await measure('float', floatSource, tokens);
    // One calibration for all rows; none is needed for an artifact alone.
    const calibration =
      artifact && ablations.length === 0
        ? undefined
        : await calibrate(
            checkpoint,
            calibrationWindows(checkpoint.config, request.calibrationTokens),
            (_stage, done, total) => progress?.('calibration', done, total),
          );
    const partsOf = async (chosen: Partial<QuantOptions>) => ({
      engine,
      parts: await quantizeToParts(checkpoint, calibration!, {
        options: { ...options, ...chosen },
        workers,
        progress: (_stage, done, total) => progress?.('quantization', done, total),
      }),
    });
    const source = artifact ? { engine, artifact } : await partsOf({});
    const golden = await measure('golden', source, tokens);

    const subset = Array.prototype.slice.call(tokens, 0, request.ablationTokens ?? ABLATION_TOKENS);
    const rows: Ablation[] = [];
    let ablationFloat: { perplexity: number } | undefined;
    if (ablations.length > 0) {
      const isAll = subset.length >= float.tokens;
      const again = isAll ? float : await measure('float, tokens of the ablations', floatSource, subset);
      ablationFloat = { perplexity: again.perplexity };
    }
    for (const { name, options: changed } of ablations) {
      const changedSource = await partsOf(changed).catch(problemOf);
      if (typeof changedSource === 'string') rows.push({ name, perplexity: null, problem: changedSource });
      else rows.push({ name, perplexity: (await measure(name, changedSource, subset)).perplexity });
    }
    return {
      tokens: float.tokens,
      float: { perplexity: float.perplexity },
      golden: { perplexity: golden.perplexity },
      ablationTokens: ablations.length > 0 ? subset.length : 0,
      ablationFloat,
      ablations: rows,
    };
  } finally {
    await workers.close();
    await checkpoint.close();
  }
}

/** What is wrong with an ablation: formats that cannot hold the model are a finding, no failure. */
function problemOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  throw error;
}
