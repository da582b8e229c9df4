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
/**
 * Multiply-accumulates that GPTQ's tokens may take through the model by default: minutes of one core. There are at least as many tokens as a layer
 * has input columns, since fewer say nothing of most directions.
 */
const ROUNDING_BUDGET_MACS = 5e11;
const MAX_ROUNDING_TOKENS = 16384;
/** Tokens of a window, each from an empty state. */
export const CALIBRATION_WINDOW = 256;
/** Seed of random calibration tokens. */
export const CALIBRATION_SEED = 1;

/** Tokens that the budget allows for a model of this size: 2,048 for small ones down to 128. */
export function calibrationTokenBudget(config: Mamba2Config): number {
  const affordable = BUDGET_MACS / macsPerToken(config);
  return Math.min(Math.max(2 ** Math.floor(Math.log2(affordable)), MIN_TOKENS), MAX_TOKENS);
}

/** Tokens that GPTQ rounds weights for: 16,384 for small models, 8,192 for the largest. */
export function roundingTokenBudget(config: Mamba2Config): number {
  const affordable = ROUNDING_BUDGET_MACS / macsPerToken(config);
  const least = 2 ** Math.ceil(Math.log2(Math.max(config.dInner, CALIBRATION_WINDOW)));
  return Math.max(Math.min(2 ** Math.floor(Math.log2(affordable)), MAX_ROUNDING_TOKENS), least);
}

/** Multiply-accumulates of all layers. */
function macsPerToken(config: Mamba2Config): number {
  const { dModel, dInner, dState, nLayers, convKernel } = config;
  return nLayers * (dModel * (dInProj(config) + dInner) + dConv(config) * convKernel + 3 * dInner * dState);
}

/** Tokens on which golden and float are compared layer by layer: an eighth of the calibration, 16 to 64. */
export function sampleTokens(calibrationTokens: number): number {
  return Math.min(Math.max(Math.floor(calibrationTokens / 8), 16), 64);
}

/** Token windows with the record of their origin. */
export interface CalibrationWindows {
  readonly source: CalibrationSource;
  /** What formats are chosen by. */
  readonly windows: readonly Int32Array[];
  /** What GPTQ rounds weights for, where it is asked to. */
  readonly roundingWindows: readonly Int32Array[];
}

/**
 * Windows from the first `count` of the tokens (random ones when there are none), spread evenly over all of them.
 * `count` defaults to the budget of each purpose.
 */
export function calibrationWindows(
  config: Mamba2Config,
  tokens: ArrayLike<number> | undefined,
  count?: number,
  seed = CALIBRATION_SEED,
): CalibrationWindows {
  const isText = tokens !== undefined && tokens.length > 0;
  const spread = (wanted: number) => windowsOf(isText ? tokens : randomTokens(config, wanted, seed), wanted);
  const windows = spread(count ?? calibrationTokenBudget(config));
  const origin = isText ? ({ kind: 'text' } as const) : ({ kind: 'random', seed } as const);
  const window = windows[0].length;
  return {
    source: { ...origin, tokens: windows.length * window, window },
    windows,
    roundingWindows: spread(count ?? roundingTokenBudget(config)),
  };
}

/** Windows of up to `count` tokens in all, spread evenly. */
function windowsOf(all: ArrayLike<number>, count: number): Int32Array[] {
  const window = Math.min(CALIBRATION_WINDOW, count, all.length);
  const available = Math.floor(all.length / window);
  const wanted = Math.min(Math.max(1, Math.floor(count / window)), available);
  return Array.from({ length: wanted }, (_, i) => {
    const start = Math.floor((i * available) / wanted) * window;
    return Int32Array.from({ length: window }, (_unused, t) => all[start + t]);
  });
}

function randomTokens(config: Mamba2Config, count: number, seed: number): Int32Array {
  const random = new Random(seed, 'calibration');
  return Int32Array.from({ length: count }, () => random.integer(0, config.vocabSize - 1));
}
