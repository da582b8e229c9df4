/** `fastmamba eval --taps`: where accuracy goes, tap by tap. */
import { basename } from 'node:path';
import { measureTapVariants, TAP_VARIANTS } from '../../eval/tap-variants.js';
import { tapsReport } from '../../report/taps-report.js';
import type { TapsResult } from '../../schema/eval-taps.js';
import { commandLine } from './command-line.js';
import { ranOn } from './digest.js';
import type { ModelFolder } from './model-folder.js';
import type { ModelOptions } from './options.js';
import { printResult } from './output.js';
import { stepRunner } from './progress.js';
import { prepareQuantized } from './quantized.js';
import { type QuantizeOptions, quantizeFlags, type SeedOption } from './quantizer-options.js';
import { saveResult } from './results.js';

/** Options of the measurement. */
export interface TapsOptions extends ModelOptions, QuantizeOptions, SeedOption {
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

/** Measures the model as quantized and, with --ablations, without rotation and with 4-bit weights. */
export async function evalTaps(
  model: ModelFolder,
  { file, tokens, calibrationTokens }: TapsInput,
  options: TapsOptions,
): Promise<void> {
  const { window, ablations, threads, normGroups } = options;
  const step = stepRunner(options);
  const prepared = await step('Quantize', (tell) =>
    prepareQuantized({ model, options, seed: options.seed }, tell),
  );
  const { artifact } = prepared;
  const variants = await step(`Measure taps on ${tokens.length} tokens`, (tell) =>
    measureTapVariants({
      ...{ checkpoint: model.path, normGroups, artifact: artifact.path, options: artifact.options },
      ...{ variants: ablations ? TAP_VARIANTS : [], tokens, window, calibrationTokens, threads },
      progress: (name, done, total) => tell(`${name}: ${done} of ${total}`),
    }),
  );
  const whole = Math.floor(tokens.length / window) * window;
  const digests = await ranOn(model.path, artifact.path, file);
  const result: TapsResult = { model: model.path, ranOn: digests, tokens: whole, window, variants };
  await saveResult(prepared.output, 'taps', {
    command: commandLine('eval', prepared.name, [
      ['--taps', true],
      ...quantizeFlags(options),
      ['--seed', options.seed],
      ['--text', options.text && basename(options.text)],
      ['--tap-tokens', options.tapTokens],
      ['--window', window],
      ['--ablations', ablations],
    ]),
    plan: null,
    quantized: artifact.options,
    result,
  });
  printResult(options, result, () => tapsReport(result));
}
