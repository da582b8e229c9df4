/**
 * What commands that measure have left in build/<model>/results/<command>.json, read back for the page. A file that is not there means that
 * the step did not run; a damaged one is an error, never a missing step.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { readJson } from '../../model/file/text-file.js';
import type { QuantOptions } from '../../quant/types.js';

const MAX_RESULT_BYTES = 256 << 20;

/** Commands that leave a result. */
export const RESULT_NAMES = ['hls', 'eval', 'csim', 'cosim', 'synth'] as const;
export type ResultName = (typeof RESULT_NAMES)[number];

/** A result as it lies in its file. */
export interface ResultFile<Result = unknown> {
  /** The command line that makes it again. */
  readonly command: string;
  /** Digest of the plan it speaks of; null where it depends on none. */
  readonly plan: string | null;
  readonly quantized: QuantOptions;
  /** The process that ran alone; null for the whole accelerator. */
  readonly kernel: string | null;
  /** Name and version of the program that ran, where the result does not say it. */
  readonly tool: string | null;
  readonly result: Result;
}

const amount = z.number().nonnegative();
const perplexity = z.object({ perplexity: z.number().positive() });
const compared = z.object({ words: amount, mismatches: amount, seconds: amount });
const area = { lut: amount, ff: amount, dsp: amount, bram36: amount };

const results = {
  hls: z.object({ csim: compared }),
  eval: z.object({
    tokens: amount,
    float: perplexity,
    golden: perplexity,
    ablationTokens: amount.optional(),
    ablationFloat: perplexity.optional(),
    ablations: z.array(z.object({ name: z.string(), ...perplexity.shape })),
  }),
  csim: compared,
  cosim: z.object({
    ...compared.shape,
    engine: z.string(),
    kernel: z.string(),
    cycles: amount,
    plannedCycles: amount,
    seed: z.number(),
    stalls: z.boolean(),
    memory: z.string(),
    processes: z.array(
      z.object({ name: z.string(), busy: amount, starved: amount, blocked: amount, waiting: amount }),
    ),
    channels: z.array(z.object({ name: z.string(), depth: amount, highest: amount })),
    problems: z.array(z.string()),
  }),
  synth: z.object({
    tool: z.string(),
    version: z.string(),
    preset: z.string(),
    units: z.array(
      z.object({
        name: z.string(),
        count: amount,
        ...area,
        ns: amount.nullable(),
        budgetNs: amount,
        planned: z.object(area).nullable(),
      }),
    ),
    total: z.object(area),
  }),
} as const;

/** All results that are there, by command. */
export type Results = { readonly [N in ResultName]?: ResultFile<z.infer<(typeof results)[N]>> };

const envelope = z.object({
  command: z.string(),
  plan: z.string().nullable(),
  quantized: z.object({
    hadamard: z.enum(['folded', 'online', 'none', 'smooth']),
    nau: z.enum(['ours', 'paper']),
    stateBits: z.number(),
    weightBits: z.number(),
  }),
  tool: z.string().nullable(),
  kernel: z.string().nullable(),
});

/** Reads what lies in `folder`. Throws UserError naming file and field for what is damaged. */
export async function readResults(folder: string): Promise<Results> {
  const found: Partial<Record<ResultName, ResultFile>> = {};
  for (const name of RESULT_NAMES) {
    const path = join(folder, `${name}.json`);
    if (existsSync(path)) found[name] = await readResult(name, path);
  }
  return found as Results;
}

async function readResult(name: ResultName, path: string): Promise<ResultFile> {
  const value = await readJson(path, MAX_RESULT_BYTES).catch((error: unknown) => {
    throw error instanceof UserError ? new UserError(`${error.message}; run fastmamba ${name} again`) : error;
  });
  const parsed = envelope.extend({ result: results[name] }).safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: field, message } = parsed.error.issues[0]!;
  throw new UserError(`${path}: ${field.join('.') || 'the whole'}: ${message}; run fastmamba ${name} again`);
}
