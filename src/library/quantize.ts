/** From a checkpoint to a quantized model, on disk or in memory. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import { readTokens } from '../model/tokenizer/token-file.js';
import { type Artifact, openArtifact, quantizeModel } from '../quant/artifact/artifact.js';
import { calibrate, type QuantProgress } from '../quant/calibrate/calibrate.js';
import { calibrationWindows } from '../quant/calibrate/tokens.js';
import { startWorkers } from '../quant/gptq/workers.js';
import { type QuantizedParts, quantizeToParts } from '../quant/quantize/in-memory.js';
import { completeOptions } from '../quant/quantize/quantize.js';
import type { QuantOptions } from '../quant/types.js';

/** How to quantize; what is left out has its default. */
export interface QuantizeRequest extends Partial<QuantOptions> {
  /** Token ids to calibrate on; the checkpoint's own `calibration.txt` when absent, seeded random ones where there is none. */
  readonly calibration?: ArrayLike<number>;
  /** At most so many of them; by default the size of the model decides. */
  readonly calibrationTokens?: number;
  /** Of random tokens; 1 when absent. */
  readonly seed?: number;
  readonly progress?: QuantProgress;
}

/**
 * Quantizes a checkpoint into `folder`, a layer at a time, and opens the result. Throws UserError for bad options or tokens, for a folder that
 * is no quantized model, and where no format can hold the model.
 */
export async function quantize(
  checkpoint: Checkpoint,
  folder: string,
  request: QuantizeRequest = {},
): Promise<Artifact> {
  const { calibration, calibrationTokens, seed, progress, ...options } = request;
  const tokens = calibration ?? (await ownCalibration(checkpoint));
  await quantizeModel(checkpoint, tokens, options, { outDir: folder, calibrationTokens, seed, progress });
  return openArtifact(folder);
}

/**
 * Quantizes into memory: all parts of the model as plain data, to look at and to change (`modelOfParts` makes a model of them). For small
 * models: all of it is held at once. Throws UserError as `quantize` does.
 */
export async function quantizeInMemory(
  checkpoint: Checkpoint,
  request: QuantizeRequest = {},
): Promise<QuantizedParts> {
  const { calibration, calibrationTokens, seed, progress, ...options } = request;
  const chosen = completeOptions(options);
  const tokens = calibration ?? (await ownCalibration(checkpoint));
  const windows = calibrationWindows(checkpoint.config, tokens, calibrationTokens, seed);
  const workers = startWorkers(availableParallelism());
  try {
    const calibration = await calibrate(checkpoint, windows, progress);
    return await quantizeToParts(checkpoint, calibration, { options: chosen, progress, workers });
  } finally {
    await workers.close();
  }
}

/** The model's own calibration text, where it has one and a tokenizer to read it with. */
export function calibrationFile(folder: string): string | undefined {
  const own = join(folder, 'calibration.txt');
  return existsSync(own) && existsSync(join(folder, 'tokenizer.json')) ? own : undefined;
}

async function ownCalibration({ path, config }: Checkpoint): Promise<number[] | undefined> {
  const file = calibrationFile(path);
  return file ? readTokens(file, config.vocabSize, path) : undefined;
}
