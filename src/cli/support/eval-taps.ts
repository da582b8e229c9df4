/** `fastmamba eval --taps`: where accuracy goes, tap by tap; with --engine csim or rtl also what the accelerator has at the same taps. */
import { basename } from 'node:path';
import { CheckFailed } from '../../errors.js';
import { measureTapVariants, TAP_VARIANTS } from '../../eval/tap-variants.js';
import { differentTaps, tapsReport } from '../../report/taps-report.js';
import type { TapsResult } from '../../schema/eval-taps.js';
import { chooseEngine } from '../../tools/cosim/cosim.js';
import { type RecordedTaps, recordTaps } from '../../verify/kernel-taps.js';
import { emitStep, quantizeAndPlan } from './chain.js';
import { commandLine } from './command-line.js';
import { ranOn } from './digest.js';
import type { ModelFolder } from './model-folder.js';
import type { ModelOptions } from './options.js';
import { printResult } from './output.js';
import { type PlanOptions, planFlags } from './plan-options.js';
import { type RunStep, stepRunner } from './progress.js';
import { type Prepared, prepareQuantized } from './quantized.js';
import { type QuantizeOptions, quantizeFlags, type SeedOption } from './quantizer-options.js';
import { saveResult } from './results.js';

/** Options of the measurement. */
export interface TapsOptions extends ModelOptions, QuantizeOptions, PlanOptions, SeedOption {
  /** What is compared with golden, if it is one of these. */
  readonly engine: string;
  readonly text?: string;
  readonly tapTokens: number;
  readonly window: number;
  readonly ablations?: boolean;
  readonly threads: number;
}

/** What to measure on. */
export interface TapsInput {
  /** Where the tokens are from. */
  readonly file: string;
  readonly tokens: readonly number[];
  readonly calibrationTokens: readonly number[] | undefined;
}

/** Simulations whose taps can be recorded. */
export const KERNEL_ENGINES = ['csim', 'rtl'] as const;
type KernelEngine = (typeof KERNEL_ENGINES)[number];

/** Measures the model as quantized and, with --ablations, without rotation and with 4-bit weights. */
export async function evalTaps(model: ModelFolder, input: TapsInput, options: TapsOptions): Promise<void> {
  const { window, ablations, threads, normGroups } = options;
  const step = stepRunner(options);
  const { file, tokens, calibrationTokens } = input;
  const engine = KERNEL_ENGINES.find((name) => name === options.engine);
  const { prepared, plan, kernel } = engine
    ? await runKernel(engine, model, input, options, step)
    : { prepared: await quantized(model, options, step), plan: null, kernel: undefined };
  const { artifact } = prepared;
  const variants = await step(`Measure taps on ${tokens.length} tokens`, (tell) =>
    measureTapVariants({
      ...{ checkpoint: model.path, normGroups, artifact: artifact.path, options: artifact.options },
      ...{ variants: ablations ? TAP_VARIANTS : [], tokens, window, calibrationTokens, threads, kernel },
      progress: (name, done, total) => tell(`${name}: ${done} of ${total}`),
    }),
  );
  const whole = Math.floor(tokens.length / window) * window;
  const digests = await ranOn(model.path, artifact.path, file);
  const sizes = { tokens: whole, window };
  const result: TapsResult = {
    model: model.path,
    ranOn: digests,
    ...(engine ? { engine } : {}),
    ...sizes,
    variants,
  };
  await saveResult(prepared.output, 'taps', {
    command: commandLine('eval', prepared.name, [
      ['--taps', true],
      ...quantizeFlags(options),
      ['--seed', options.seed],
      ['--text', options.text && basename(options.text)],
      ['--tap-tokens', options.tapTokens],
      ['--window', window],
      ['--ablations', ablations],
      ['--engine', engine],
      ...(engine ? planFlags(options) : []),
    ]),
    plan,
    quantized: artifact.options,
    result,
  });
  printResult(options, result, () => tapsReport(result));
  const [different] = differentTaps(result);
  const problem = different ?? kernel?.problems[0];
  if (problem !== undefined) throw new CheckFailed(`${engine} differs from the golden model: ${problem}`);
}

function quantized(model: ModelFolder, options: TapsOptions, step: RunStep): Promise<Prepared> {
  return step('Quantize', (tell) => prepareQuantized({ model, options, seed: options.seed }, tell));
}

/** Emits the accelerator and lets it run the windows. */
async function runKernel(
  engine: KernelEngine,
  model: ModelFolder,
  { tokens }: TapsInput,
  options: TapsOptions,
  step: RunStep,
): Promise<{ prepared: Prepared; plan: string; kernel: RecordedTaps }> {
  const { window } = options;
  const request = { model, options, seed: options.seed };
  const prepared = await quantizeAndPlan(request, step);
  const project = await emitStep(prepared, request, step);
  const windows = Array.from({ length: Math.floor(tokens.length / window) }, (_, i) =>
    tokens.slice(i * window, (i + 1) * window),
  );
  const simulator = engine === 'csim' ? engine : await chooseEngine();
  const kernel = await step(`Run ${windows.length} windows in ${simulator}`, (tell) =>
    recordTaps(project, { engine: simulator, windows, tell }),
  );
  return { prepared, plan: prepared.planned.plan.digest, kernel };
}
