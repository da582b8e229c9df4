/** Taps of a model as it is quantized and, for comparison, with one choice changed: what rotation, narrow weights and finer scales do, tap by tap. */
import { openCheckpoint } from '../model/checkpoint/checkpoint.js';
import { openArtifact } from '../quant/artifact/artifact.js';
import { calibrate } from '../quant/calibrate/calibrate.js';
import { calibrationWindows } from '../quant/calibrate/tokens.js';
import { startWorkers } from '../quant/gptq/workers.js';
import { modelOfParts, quantizeToParts } from '../quant/quantize/in-memory.js';
import type { QuantizedModel, QuantOptions } from '../quant/types.js';
import type { TapsVariant } from '../schema/eval-taps.js';
import { ABLATION_VARIANTS, type AblationVariant } from './ablations.js';
import { headFormats } from './head-formats.js';
import { type KernelTaps, measureTaps, type TapsRequest } from './taps.js';

/** Tokens that taps are measured on unless told otherwise. */
export const TAP_TOKENS = 512;

const COMPARED = ['no rotation', 'weights 4 bits', 'weights 4 bits, no rotation'];
/** What is set beside the model as quantized. */
export const TAP_VARIANTS = ABLATION_VARIANTS.filter(({ name }) => COMPARED.includes(name));

/** The experiment of head-formats.ts, on the model as quantized. */
const X_BY_HEADS = 'as quantized, x scaled by heads';

/** What to measure. */
export interface TapVariantsRequest {
  /** Checkpoint folder, and parts that its gated norm runs over. */
  readonly checkpoint: string;
  readonly normGroups?: number | undefined;
  /** Artifact folder of the model as quantized, and the choices it was made with. */
  readonly artifact: string;
  readonly options: QuantOptions;
  /** What an accelerator of that model has at its taps, to be compared. */
  readonly kernel?: KernelTaps | undefined;
  readonly variants: readonly AblationVariant[];
  readonly tokens: ArrayLike<number>;
  readonly window: number;
  /** Tokens to calibrate the variants on; seeded random ones when left out. */
  readonly calibrationTokens?: ArrayLike<number> | undefined;
  readonly threads: number;
  readonly progress: (name: string, done: number, total: number) => void;
}

/** The model as quantized, then, where there are variants, with x scaled by heads, and each variant. Throws UserError as its parts do. */
export async function measureTapVariants(request: TapVariantsRequest): Promise<TapsVariant[]> {
  const { tokens, window, progress } = request;
  const checkpoint = await openCheckpoint(request.checkpoint, { normGroups: request.normGroups });
  const workers = startWorkers(request.threads);
  try {
    const measure = async (
      name: string,
      model: QuantizedModel,
      more: Pick<TapsRequest, 'kernel' | 'heads'> = {},
    ): Promise<TapsVariant> => {
      const told = (done: number, total: number) => progress(name, done, total);
      const taps = await measureTaps({ checkpoint, model, tokens, window, progress: told, ...more });
      return { name, quantized: model.options, taps };
    };
    const { kernel } = request;
    const artifact = await openArtifact(request.artifact);
    const found = [await measure('as quantized', artifact, { kernel })];
    if (request.variants.length === 0) return found;
    const windows = calibrationWindows(checkpoint.config, request.calibrationTokens);
    const calibration = await calibrate(checkpoint, windows, (_stage, done, total) =>
      progress('calibration', done, total),
    );
    found.push(await measure(X_BY_HEADS, artifact, { heads: headFormats(calibration) }));
    for (const { name, options } of request.variants) {
      const parts = await quantizeToParts(checkpoint, calibration, {
        options: { ...request.options, ...options },
        workers,
        progress: (_stage, done, total) => progress(`${name}: quantization`, done, total),
      });
      found.push(await measure(name, modelOfParts(parts)));
    }
    return found;
  } finally {
    await workers.close();
    await checkpoint.close();
  }
}
