/**
 * Which tokens a calibration runs on: windows of the given text within a compute budget, or seeded random tokens for a
 * checkpoint that comes without a tokenizer or a text.
 */
import { dConv, dInProj, type Mamba2Config } from '../../model/config/mamba2-config.js';
import { Random } from '../../util/random.js';
import type { CalibrationSource } from './types.js';

/** Multiply-accumulates that calibration may take by default: about half a minute of one core. */
const BUDGET_MACS = 3e10;
const MIN_TOKENS = 128;
const MAX_TOKENS = 2048;
/** Tokens of a window, each from an empty state. */
export const CALIBRATION_WINDOW = 256;
/** Seed of random calibration tokens. */
export const CALIBRATION_SEED = 1;

/** Tokens that the budget allows for a model of this size: 2,048 for small ones down to 128. */
export function calibrationTokenBudget(config: Mamba2Config): number {
  const { dModel, dInner, dState, nLayers, convKernel } = config;
  const layer = dModel * (dInProj(config) + dInner) + dConv(config) * convKernel + 3 * dInner * dState;
  const affordable = BUDGET_MACS / (nLayers * layer);
  return Math.min(Math.max(2 ** Math.floor(Math.log2(affordable)), MIN_TOKENS), MAX_TOKENS);
}

/** Tokens on which golden and float are compared layer by layer: an eighth of the calibration, 16 to 64. */
export function sampleTokens(calibrationTokens: number): number {
  return Math.min(Math.max(Math.floor(calibrationTokens / 8), 16), 64);
}

/** Token windows with the record of their origin. */
export interface CalibrationWindows {
  readonly source: CalibrationSource;
  readonly windows: readonly Int32Array[];
}

/**
 * Windows from the first `count` of the tokens (random ones when there are none), spread evenly over all of them.
 * `count` defaults to the budget.
 */
export function calibrationWindows(
  config: Mamba2Config,
  tokens: ArrayLike<number> | undefined,
  count = calibrationTokenBudget(config),
  seed = CALIBRATION_SEED,
): CalibrationWindows {
  const isText = tokens !== undefined && tokens.length > 0;
  const all = isText ? tokens : randomTokens(config, count, seed);
  const window = Math.min(CALIBRATION_WINDOW, count, all.length);
  const available = Math.floor(all.length / window);
  const wanted = Math.min(Math.max(1, Math.floor(count / window)), available);
  const windows = Array.from({ length: wanted }, (_, i) => {
    const start = Math.floor((i * available) / wanted) * window;
    return Int32Array.from({ length: window }, (_, t) => all[start + t]);
  });
  const origin = isText ? ({ kind: 'text' } as const) : ({ kind: 'random', seed } as const);
  return { windows, source: { ...origin, tokens: wanted * window, window } };
}

function randomTokens(config: Mamba2Config, count: number, seed: number): Int32Array {
  const random = new Random(seed, 'calibration');
  return Int32Array.from({ length: count }, () => random.integer(0, config.vocabSize - 1));
}
