/**
 * Checkpoint in, artifact on disk out: calibrate, quantize, write.
 */
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.js';
import { calibrate, type QuantProgress } from '../calibrate/calibrate.js';
import { calibrationWindows } from '../calibrate/tokens.js';
import type { CalibrationSource } from '../calibrate/types.js';
import { startWorkers } from '../gptq/workers.js';
import { completeOptions, quantizeInto } from '../quantize/quantize.js';
import type { QuantOptions } from '../types.js';
import { writeArtifact } from './write.js';

export { Artifact, openArtifact } from './read.js';

/** How to quantize, beside the options that are part of the result. */
export interface QuantizeSettings {
  /** The artifact's folder; replaced when it is an artifact. */
  readonly outDir: string;
  /** Tokens to calibrate on, at most; by default a compute budget decides (`calibrationTokenBudget`). */
  readonly calibrationTokens?: number | undefined;
  /** Seed of random tokens, used when there is no text. */
  readonly seed?: number | undefined;
  /** Kept in the manifest as it is, for callers that ask later whether the artifact is still current. */
  readonly source?: string | undefined;
  readonly progress?: QuantProgress | undefined;
  /** Called with what the user should know. */
  readonly remark?: ((line: string) => void) | undefined;
  /** Threads for GPTQ; all cores when left out. */
  readonly threads?: number | undefined;
}

/**
 * Quantizes a checkpoint, calibrated on `tokens` (seeded random ones when undefined or empty), into `outDir`; returns the
 * calibration record of the manifest. Throws UserError for bad options, tokens or checkpoint, and when no format can hold
 * the model.
 */
export async function quantizeModel(
  checkpoint: Checkpoint,
  tokens: ArrayLike<number> | undefined,
  options: Partial<QuantOptions>,
  { outDir, calibrationTokens, seed, source, progress, remark, threads }: QuantizeSettings,
): Promise<CalibrationSource> {
  const complete = completeOptions(options);
  const windows = calibrationWindows(checkpoint.config, tokens, calibrationTokens, seed);
  const model = basename(resolve(checkpoint.path));
  const usesGptq = complete.rounding === 'gptq';
  const roundingTokens = windows.roundingWindows.reduce((sum, window) => sum + window.length, 0);
  const record = { ...windows.source, ...(usesGptq && { roundingTokens }) };
  const origin = { model, checkpoint: checkpoint.path, source, calibration: record };
  const workers = startWorkers(threads ?? availableParallelism());
  try {
    await writeArtifact(outDir, origin, async (sink) => {
      const calibration = await calibrate(checkpoint, windows, progress);
      await quantizeInto(sink, checkpoint, calibration, { options: complete, progress, remark, workers });
    });
  } finally {
    await workers.close();
  }
  return record;
}
